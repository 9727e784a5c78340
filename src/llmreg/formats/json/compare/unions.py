"""Finds the causes that a union hides, by asking about one pair of branches at a time.

What such a question finds counts only when the whole schemas confirm it, so cutting a schema down is always sound.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from llmreg.formats.json.explain.explainer import Explainer, Leaf
from llmreg.formats.json.explain.unions import Cut, Pair, Union, cut_down
from llmreg.formats.json.inclusion.answers import Contained, Counterexample, JsonValue, Side
from llmreg.formats.json.inclusion.decide import Question
from llmreg.formats.json.sight.alike import DEFINITIONS, definitions

_MAX_QUESTIONS = 64
_MAX_WORK = 40_000  # steps, about a second: the causes that nothing hides come before those that are hidden


class BehindUnions:
    """Asks each pair of branches once, the inner unions within the pair of the outer ones; not `complete` when there
    were too many pairs, or too much to do for them. `plain`: both sides refer to nothing but their own definitions."""

    def __init__(self, writer: Side, reader: Side, explainer: Explainer, deadline: float, *, plain: bool) -> None:
        self._cutters = tuple(_Cutter(side, plain=plain) for side in (writer, reader))
        self._explainer = explainer
        self._deadline = deadline
        self._questions_left = _MAX_QUESTIONS
        self._work_left = _MAX_WORK
        self.complete = True
        self._asked: set[tuple[object, ...]] = set()

    def look_behind(self, leaves: Sequence[Leaf]) -> None:
        """Add the findings that the unions on the way to these causes hide; the outer unions come first."""
        todo = deque(self._questions(leaves))
        while todo:
            pairs = todo.popleft()
            self._questions_left -= 1
            if self._questions_left < 0 or self._work_left < 0:
                self.complete = False
                break
            for document in self._documents(pairs):
                todo.extend(self._questions(self._explainer.show(document)))

    def _questions(self, leaves: Sequence[Leaf]) -> Iterator[tuple[Pair, ...]]:
        """The pairs of branches to ask about that were not asked about yet, each after the outer ones. A union that
        refuses what the writer leaves free hides nothing: the cause is that it is free."""
        for leaf in leaves:
            outer: tuple[Pair, ...] = ()
            for depth, union in enumerate(leaf.unions):
                if not union.in_pinned_document:
                    if not union.free and not union.is_within(outer):
                        yield from self._not_asked(union, outer)
                    outer = (*outer, *leaf.entered[depth : depth + 1])

    def _not_asked(self, union: Union, outer: tuple[Pair, ...]) -> Iterator[tuple[Pair, ...]]:
        for pair in union.cuts():
            if (union.key, pair) not in self._asked:
                self._asked.add((union.key, pair))
                yield *outer, pair

    def _documents(self, pairs: Sequence[Pair]) -> Iterator[JsonValue]:
        writer, reader = (cutter.cut([pair[at] for pair in pairs]) for at, cutter in enumerate(self._cutters))
        question = Question(writer, reader, deadline=self._deadline, steps=max(0, self._work_left))
        answer = question.decide()
        if not isinstance(answer, Contained):
            for demand in question.demands() if pairs[-1][1] else ():
                found = question.ask(demand)
                if isinstance(found, Counterexample):
                    yield found.document
            if isinstance(answer, Counterexample):
                yield answer.document
        self._work_left -= question.work
        self.complete = self.complete and question.complete


class _Cutter:
    """Cuts one side down. What a branch does not refer to would be read for nothing: its definitions are left out."""

    def __init__(self, side: Side, *, plain: bool) -> None:
        self._side = side
        self._definitions = definitions(side.document) if plain else {}
        self._named: dict[str, frozenset[str]] = {}

    def cut(self, cuts: Sequence[Cut | None]) -> Side:
        side = self._side
        document = cut_down(side.document, [cut for cut in cuts if cut is not None])
        return Side(self._pruned(document), side.draft, side.closed, side.resources)

    def _pruned(self, document: Any) -> Any:
        if not self._definitions or not isinstance(document, dict):
            return document
        body = {name: value for name, value in document.items() if name not in DEFINITIONS}
        mine = definitions(document)
        needed: set[str] = set()
        todo = [_references(body)]
        while todo:
            new = todo.pop() - needed
            needed |= new
            todo += [self._names(text, mine[text]) for text in new if text in mine and text != "#"]
        for keyword in DEFINITIONS:
            members = document.get(keyword)
            if isinstance(members, dict):
                body[keyword] = {name: one for name, one in members.items() if f"#/{keyword}/{name}" in needed}
        return {name: body.get(name, value) for name, value in document.items()}

    def _names(self, text: str, schema: Any) -> frozenset[str]:
        """The references in a definition: in most cuts it is the one of the whole side."""
        if self._definitions.get(text) is not schema:
            return _references(schema)
        if text not in self._named:
            self._named[text] = _references(schema)
        return self._named[text]


def _references(schema: Any) -> frozenset[str]:
    """Every text that may be a reference in a schema."""
    found: set[str] = set()
    stack = [schema]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            text = value.get("$ref")
            found.update([text] if isinstance(text, str) else ())
            stack += value.values()
        elif isinstance(value, list):
            stack += value
    return frozenset(found)
