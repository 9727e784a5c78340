"""Walks the reader: one demand per conjunct and place, each lifted to a node about the whole document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from llmreg.formats.json.inclusion.answers import Demand, Step
from llmreg.formats.json.inclusion.dialect import Reader
from llmreg.formats.json.inclusion.nodes import TRUE, Node
from llmreg.formats.json.inclusion.places import Place
from llmreg.formats.json.inclusion.reading import Assertion

_VISITS: Final = 3
_DEPTH: Final = 40

Lift = Callable[[Node], Node]


class Walk:
    """`visits` bounds how often one schema object of the reader is entered, so that recursion ends."""

    def __init__(self, reader: Reader, writer: Reader) -> None:
        self.reader = reader
        self.writer = writer
        self.lifted: list[Node] = []
        self._steps: dict[tuple[str, str], tuple[dict[Step, list[Place]], list[Place]]] = {}
        self._visits: Counter[tuple[str, str]] = Counter()

    def demands(self) -> Iterator[Demand]:
        root = self.reader.references.root()
        yield from self._walk(root, (), [self.writer.references.root()], _same)

    def _walk(self, place: Place, path: tuple[Step, ...], writers: list[Place], lift: Lift) -> Iterator[Demand]:
        if place.value is False:
            yield self._demand(place, Assertion("false", "", self.reader.table.false), path, (writers, lift))
        self._visits[place.key] += 1
        if self._visits[place.key] > _VISITS or len(path) > _DEPTH:
            if isinstance(place.value, dict):
                yield self._demand(place, Assertion("", "", self.reader.node(place)), path, (writers, lift))
            return
        for assertion in self.reader.assertions(place):
            if assertion.node.op == TRUE:
                continue
            below = assertion.below
            if below is None or below.place.value is False:
                yield self._demand(place, assertion, path, (writers, lift))
            elif below.step is None:
                yield from self._walk(below.place, path, writers, _chain(lift, below.lift))
            else:
                deeper = self._writers(writers, below.step)
                yield from self._walk(below.place, (*path, below.step), deeper, _chain(lift, below.lift))

    def _demand(
        self, place: Place, assertion: Assertion, path: tuple[Step, ...], context: tuple[list[Place], Lift]
    ) -> Demand:
        writers, lift = context
        self.lifted.append(lift(assertion.node))
        return Demand(
            pointer=place.pointer,
            keyword=assertion.keyword,
            detail=assertion.detail,
            path=path,
            writer_pointer=writers[0].pointer if writers and not writers[0].uri else "",
            resource=place.uri,
            node=len(self.lifted) - 1,
        )

    def _writers(self, writers: list[Place], step: Step) -> list[Place]:
        """The writer's schemas one step down; those above if it says nothing there."""
        found = [below for writer in writers for below in self._step(writer, step, depth=0)]
        return found or writers

    def _step(self, place: Place, step: Step, depth: int) -> Iterator[Place]:
        if depth > _DEPTH:
            return
        steps, in_place = self._below(place)
        for below in in_place:
            yield from self._step(below, step, depth + 1)
        exact = steps.get(step)
        if exact is not None:
            yield from exact
        else:
            yield from (below for kind in _CATCH_ALL.get(step.kind, ()) for below in steps.get(Step(kind), ()))

    def _below(self, place: Place) -> tuple[dict[Step, list[Place]], list[Place]]:
        """The writer's schemas one step below a place, and those in place."""
        known = self._steps.get(place.key)
        if known is None:
            known = self._steps[place.key] = {}, []
            for below in (assertion.below for assertion in self.writer.assertions(place)):
                if below is not None and below.step is None:
                    known[1].append(below.place)
                elif below is not None and below.step is not None:
                    known[0].setdefault(below.step, []).append(below.place)
        return known


_CATCH_ALL: Final = {"property": ("additional",), "item": ("items",), "pattern": ("additional",)}


def _same(node: Node) -> Node:
    return node


def _chain(outer: Lift, inner: Lift) -> Lift:
    return lambda node: outer(inner(node))
