"""The pairs of types that meet when a reader reads: a graph whose paths are the ways into the data.

At a reader's union the graph follows the branch that a reader by the specification takes. Pairs of equal plain
primitives are left out: nothing can be found there.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from llmreg.formats.avro.matching import branches, choose, pair_fields, readable
from llmreg.formats.avro.types import Array, Field, Map, Primitive, Record, Type, Union

Pair = tuple[Type, Type]
_CLOCK_EVERY = 256


class Step(NamedTuple):
    """One step down into a datum. `kind` is field, branch, item, value or same (a union was chosen, nothing else)."""

    kind: str
    writer: Field | None = None
    reader: Field | None = None
    branch: int = 0


class Choice(NamedTuple):
    """A writer's type that met a reader's union, and the branch that was taken."""

    writer: Type
    union: Union
    taken: int


class Edge(NamedTuple):
    """From one pair to the next; `choice` where a union of the reader lies between them."""

    step: Step
    to: Pair
    choice: Choice | None = None


class OutOfTimeError(Exception):
    """The deadline passed before every pair was seen."""


class Clock:
    """Looks at the time every now and then."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self._ticks = 0

    def tick(self) -> None:
        """Raise OutOfTimeError once the deadline has passed."""
        if self._ticks % _CLOCK_EVERY == 0 and self.passed():
            raise OutOfTimeError
        self._ticks += 1

    def passed(self) -> bool:
        return time.monotonic() > self.deadline


_ITEM, _VALUE, _SAME = Step("item"), Step("value"), Step("same")


class Graph:
    """Every pair that is reachable from the two roots. `failing` are those at which Apache's rules fail by
    themselves; `chosen` tells whether a union of the reader was met at all."""

    def __init__(self, writer: Type, reader: Type, deadline: float = float("inf")) -> None:
        self.root: Pair = (writer, reader)
        self.clock = Clock(deadline)
        self.edges: dict[Pair, list[Edge]] = {}
        self.failing: dict[Pair, None] = {}  # in the order of the walk
        self.chosen = False
        stack = [self.root]
        while stack:
            pair = stack.pop()
            if pair in self.edges:
                continue
            self.clock.tick()
            edges = self._edges(*pair)
            self.edges[pair] = edges
            stack.extend(edge.to for edge in reversed(edges))

    def _edges(self, writer: Type, reader: Type) -> list[Edge]:
        if isinstance(reader, Union):
            return self._into_union(writer, reader)
        if isinstance(writer, Union):
            steps = ((Step("branch", branch=at), branch, reader) for at, branch in enumerate(writer.branches))
            return _told(steps)
        if not readable(writer, reader):
            self.failing[writer, reader] = None
        return _told(descend(writer, reader))

    def _into_union(self, writer: Type, reader: Union) -> list[Edge]:
        self.chosen = True
        edges = []
        for index, branch in branches(writer):
            self.clock.tick()
            taken = choose(branch, reader)
            if taken is None:
                self.failing[writer, reader] = None
                continue
            to = (branch, reader.branches[taken])
            if not _plain(*to):
                step = _SAME if index is None else Step("branch", branch=index)
                edges.append(Edge(step, to, Choice(branch, reader, taken)))
        return edges


def descend(writer: Type, reader: Type) -> Iterator[tuple[Step, Type, Type]]:
    """The parts that meet inside a pair of which neither side is a union."""
    if isinstance(writer, Record) and isinstance(reader, Record):
        for field, sources in pair_fields(writer, reader):
            if sources:
                yield Step("field", sources[0], field), sources[0].type, field.type
    elif isinstance(writer, Array) and isinstance(reader, Array):
        yield _ITEM, writer.items, reader.items
    elif isinstance(writer, Map) and isinstance(reader, Map):
        yield _VALUE, writer.values, reader.values


def _told(steps: Iterable[tuple[Step, Type, Type]]) -> list[Edge]:
    return [Edge(step, (writer, reader)) for step, writer, reader in steps if not _plain(writer, reader)]


def _plain(writer: Type, reader: Type) -> bool:
    same = writer.kind == reader.kind and isinstance(writer, Primitive)
    return same and writer.logical is None and reader.logical is None
