"""Finds the causes that a union hides, by asking about one pair of branches at a time.

What such a question finds counts only when the whole schemas confirm it, so cutting a schema down is always sound.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from llmreg.formats.json.explain import Explainer, Leaf
from llmreg.formats.json.explain_unions import Cut, Pair, Union, cut_down
from llmreg.formats.json.inclusion.answers import Contained, Counterexample, JsonValue, Side
from llmreg.formats.json.inclusion.decide import Question

_MAX_QUESTIONS = 64


class BehindUnions:
    """Asks each pair of branches once, the inner unions within the pair of the outer ones; not `complete` when there
    were too many pairs, or too little time."""

    def __init__(self, writer: Side, reader: Side, explainer: Explainer, deadline: float) -> None:
        self._sides = writer, reader
        self._explainer = explainer
        self._deadline = deadline
        self._left = _MAX_QUESTIONS
        self.complete = True
        self._seen: set[tuple[object, ...]] = set()

    def look_behind(self, leaves: Sequence[Leaf]) -> None:
        """Add the findings that the unions on the way to these causes hide."""
        for leaf in leaves:
            for depth, union in enumerate(leaf.unions):
                self._ask_all(union, leaf.entered[:depth])

    def _ask_all(self, union: Union, outer: tuple[Pair, ...]) -> None:
        entered = {cut.pointer for pair in outer for cut in pair if cut is not None}
        if (outer, union.key) in self._seen or union.in_pinned_document or entered & set(union.key):
            return  # a recursive union was already cut down
        self._seen.add((outer, union.key))
        for pair in union.cuts():
            self._left -= 1
            if self._left < 0 or time.monotonic() >= self._deadline:
                self.complete = False
                return
            for document in self._documents((*outer, pair)):
                self.look_behind(self._explainer.show(document))

    def _documents(self, pairs: Sequence[Pair]) -> list[JsonValue]:
        writer = _cut(self._sides[0], [pair[0] for pair in pairs])
        reader = _cut(self._sides[1], [pair[1] for pair in pairs])
        question = Question(writer, reader, deadline=self._deadline)
        answer = question.decide()
        if isinstance(answer, Contained):
            return []
        found = [question.ask(demand) for demand in question.demands()] if pairs[-1][1] else []
        return [one.document for one in (*found, answer) if isinstance(one, Counterexample)]


def _cut(side: Side, cuts: Sequence[Cut | None]) -> Side:
    kept = [cut for cut in cuts if cut is not None]
    return Side(cut_down(side.document, kept), side.draft, side.closed, side.resources)
