"""The pairs of types that meet when a reader reads: a graph whose paths are the ways into the data.

At a reader's union the graph follows the branch that a reader by the specification takes. Pairs of equal plain
primitives, nullable or not, are left out: nothing can be found there.
"""

from __future__ import annotations

import time
from typing import NamedTuple

from llmreg.formats.avro.matching import branches, choose, fields_readable, may_read, pair_fields, readable
from llmreg.formats.avro.types import PRIMITIVES, Array, Field, Map, Named, Record, Type, Union

Pair = tuple[Type, Type]
Fields = tuple[Field, Field]
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
        self._left = 0

    def tick(self, steps: int = 1) -> None:
        """Raise OutOfTimeError once the deadline has passed; `steps` of work come next."""
        self._left -= steps
        if self._left < 0:
            self._left = _CLOCK_EVERY
            if self.passed():
                raise OutOfTimeError

    def passed(self) -> bool:
        return time.monotonic() > self.deadline


_SAME = Step("same")
_NULLABLE = 2  # branches: null and a type


class Graph:
    """Every pair that is reachable from the two roots. `failing` are those at which Apache's rules fail by
    themselves; `rivals` tells whether at any union of the reader another branch has the name too; `straight` are the
    pairs of unions in which every branch of the writer meets the reader's of the same place, kind and full name,
    whoever reads; `crossed` tells whether there are others."""

    def __init__(self, writer: Type, reader: Type, deadline: float = float("inf")) -> None:
        self.root: Pair = (writer, reader)
        self.clock = Clock(deadline)
        self.edges: dict[Pair, list[Edge]] = {}
        self.failing: dict[Pair, None] = {}  # in the order of the walk
        self.rivals = False
        self.crossed = False
        self.straight: set[Pair] = set()
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
            pairs = [(at, (branch, reader)) for at, branch in enumerate(writer.branches)]
            return [Edge(Step("branch", branch=at), to) for at, to in pairs if not _plain(*to)]
        if isinstance(writer, Record) and isinstance(reader, Record):
            return self._fields(writer, reader)
        if not readable(writer, reader):
            self.failing[writer, reader] = None
        return [Edge(Step(kind), to) for kind, _, to in descend(writer, reader) if not _plain(*to)]

    def _fields(self, writer: Record, reader: Record) -> list[Edge]:
        pairs = pair_fields(writer, reader)
        if not fields_readable(writer, reader, pairs):
            self.failing[writer, reader] = None
        return [
            Edge(Step("field", sources[0], field), (sources[0].type, field.type))
            for field, sources in pairs
            if sources and not _plain(sources[0].type, field.type)
        ]

    def _into_union(self, writer: Type, reader: Union) -> list[Edge]:
        edges = []
        straight = isinstance(writer, Union)
        for index, branch in branches(writer):
            self.clock.tick(len(reader.branches))
            taken = choose(branch, reader)
            if taken is None:
                self.failing[writer, reader] = None
                straight = False
                continue
            to = (branch, reader.branches[taken])
            straight = straight and taken == index and branch.label() == to[1].label()
            if (
                isinstance(branch, Named) and not self.rivals
            ):  # the others fail by themselves nowhere, or have one place
                self.rivals = sum([may_read(branch, each) for each in reader.branches]) > 1
            if not _plain(*to):
                step = _SAME if index is None else Step("branch", branch=index)
                edges.append(Edge(step, to, Choice(branch, reader, taken)))
        if straight:
            self.straight.add((writer, reader))
        self.crossed = self.crossed or not straight
        return edges


def descend(writer: Type, reader: Type) -> list[tuple[str, Fields | None, Pair]]:
    """The parts that meet inside a pair of which neither side is a union: the kind of step, the two fields where it
    leads through fields, and the types."""
    if isinstance(writer, Record) and isinstance(reader, Record):
        met = [(sources[0], field) for field, sources in pair_fields(writer, reader) if sources]
        return [("field", fields, (fields[0].type, fields[1].type)) for fields in met]
    if isinstance(writer, Array) and isinstance(reader, Array):
        return [("item", None, (writer.items, reader.items))]
    if isinstance(writer, Map) and isinstance(reader, Map):
        return [("value", None, (writer.values, reader.values))]
    return []


def _plain(writer: Type, reader: Type) -> bool:
    """Whether there is nothing to find: one primitive type without logical types, or two unions of it and null."""
    if writer.kind != reader.kind:
        return False
    if writer.kind in PRIMITIVES:
        return writer.logical is None and reader.logical is None
    if not (isinstance(writer, Union) and isinstance(reader, Union)):
        return False
    if not len(writer.branches) == len(reader.branches) == _NULLABLE:
        return False
    (first, second), (other_first, other_second) = writer.branches, reader.branches
    nullable = first.kind == "null" or second.kind == "null"
    return nullable and _plain(first, other_first) and _plain(second, other_second)
