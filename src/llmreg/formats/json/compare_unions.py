"""Finds the causes that a union hides, by asking about one pair of branches at a time.

What such a question finds counts only when the whole schemas confirm it, so cutting a schema down is always sound.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from llmreg.formats.json.explain import Explainer, Leaf
from llmreg.formats.json.explain_unions import Cut, Pair, Union, cut_down
from llmreg.formats.json.inclusion.answers import Contained, Counterexample, JsonValue, Side
from llmreg.formats.json.inclusion.decide import Question

_MAX_QUESTIONS = 64
_MAX_WORK = 40_000  # steps, about a second: the causes that nothing hides come before those that are hidden


class BehindUnions:
    """Asks each pair of branches once, the inner unions within the pair of the outer ones; not `complete` when there
    were too many pairs, or too much to do for them."""

    def __init__(self, writer: Side, reader: Side, explainer: Explainer, deadline: float) -> None:
        self._sides = writer, reader
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
        writer = _cut(self._sides[0], [pair[0] for pair in pairs])
        reader = _cut(self._sides[1], [pair[1] for pair in pairs])
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


def _cut(side: Side, cuts: Sequence[Cut | None]) -> Side:
    kept = [cut for cut in cuts if cut is not None]
    return Side(cut_down(side.document, kept), side.draft, side.closed, side.resources)
