"""What a rule finds at one pair of types, before it becomes a finding: the engine wraps its datum outwards from there
and has other engines confirm it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum as Enumeration
from functools import cached_property
from typing import Any, Final, NamedTuple

from llmreg.formats.avro.datum import Branch
from llmreg.formats.avro.graph import Choice, Edge, Graph, Pair
from llmreg.formats.avro.judge import Judge
from llmreg.formats.avro.matching import branches, choose, may_read, missing_symbols, same_structure
from llmreg.formats.avro.minimal import UNINHABITED, Minimal, scalar
from llmreg.formats.avro.paths import Ways
from llmreg.formats.avro.types import PRIMITIVES, Enum, Field, Type, Union

NOTHING: Final = object()
CHEAPEST: Final = object()


class Expect(Enumeration):
    """What a reader makes of the datum."""

    REFUSED = "refused"  # it fails
    DIFFERS = "differs"  # it yields another value than the writer meant
    APART = "apart"  # the same bytes mean another value under each schema's own logical type
    DROPPED = "dropped"  # it yields no value for the field
    BRANCH = "branch"  # readers by the specification and Java's take different branches
    JAVA = "java"  # Apache Avro's Java reader fails


class Leaf(NamedTuple):
    """The pair by itself, names made equal and everything else left out: one finding cannot hide another there."""

    writer: Any
    reader: Any
    data: bytes


class Clue(NamedTuple):
    """`writer` and `reader` are the places, `datum` what the writer's type of this pair writes (CHEAPEST: its
    cheapest datum; NOTHING: there is no finite one), `field` the field's name when the finding is about a field of
    this pair. `leaf` is built when needed; None: the pair as it is. `model` is a smaller pair with its datum, for
    findings that only a model of a reader confirms. `claim` says why no datum can prove it."""

    message: str
    writer: Type | Field
    reader: Type | Field
    datum: Any = CHEAPEST
    expect: Expect = Expect.REFUSED
    expected: str = "the reader refuses it"
    field: str = ""
    leaf: Callable[[], Leaf] | None = None
    model: Callable[[], tuple[Pair, Any]] | None = None
    claim: str | None = None


class Context:
    """What rules may ask about the two schemas as a whole."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._judge = Judge(graph.root, graph.clock) if graph.failing and graph.rivals else None
        self._equal: set[Pair] = set()

    def by_number(self, writer: Type, reader: Type) -> bool:
        """Whether Java's reader takes the branches of the reader's union by the numbers of the writer's."""
        return isinstance(writer, Union) and same_structure(writer, reader, self._equal)

    @cached_property
    def minimal(self) -> Minimal:
        """The cheapest data of the writer's types."""
        return Minimal(self.graph.root[0])

    @cached_property
    def ways(self) -> Ways:
        """The cheapest ways into the data that pass no unreadable branch which another one would save."""
        return Ways(self.graph, self.minimal, self.graph.root, lambda edge: not self.shadowed(edge))

    def quiet(self, pair: Pair) -> bool:
        """Whether the pair is one of unions that read each other branch by branch, with nothing that fails behind."""
        return self._judge is None and pair in self.graph.straight

    def reached(self, pair: Pair) -> bool:
        """Whether such a way leads to the pair."""
        return self._judge is None or pair in self.ways

    def datum(self, type_: Type) -> Any:
        """The cheapest datum of a writer's type, or NOTHING."""
        if type_.kind in PRIMITIVES:
            return scalar(type_)
        return NOTHING if self.minimal.cost(type_) == UNINHABITED else self.minimal.datum(type_)

    def shadowed(self, edge: Edge) -> bool:
        """Whether the branch that was taken is not readable while another one is: by Apache's rules this is no
        failure, and what fails beyond belongs to the choice."""
        return edge.choice is not None and self.rescue(edge.choice) is not None

    def rescue(self, choice: Choice) -> Type | None:
        """The fully readable branch that a reader misses by taking the first that matches."""
        if self._judge is None or self._judge.reads(choice.writer, choice.union.branches[choice.taken]):
            return None
        options = (branch for branch in choice.union.branches if may_read(choice.writer, branch))
        reads = (branch for branch in options if self._judge.reads(choice.writer, branch))
        return next(reads, None)

    def taken(self, writer: Type, reader: Union) -> Iterator[tuple[int | None, Type, int]]:
        """Each type that the writer writes at a reader's union, with its number in the writer's own union, and the
        branch that is taken for it where there is one and nothing hides behind it."""
        for index, branch in branches(writer):
            taken = choose(branch, reader)
            if taken is not None and self.rescue(Choice(branch, reader, taken)) is None:
                yield index, branch, taken

    def in_branch(self, index: int | None, datum: Any) -> Any:
        """The datum inside the writer's union, where there is one."""
        return datum if index is None or datum is NOTHING else Branch(index, datum)

    def shadows(self, writer: Type, reader: Union) -> Iterator[tuple[Edge, Choice, Type]]:
        """The edges of a pair that lead into an unreadable branch though another one is readable, where no other way
        leads to the failures behind them."""
        for edge in self.graph.edges[writer, reader]:
            rescue = self.rescue(edge.choice) if edge.choice else None
            if edge.choice and rescue and self._hides(edge.to):
                yield edge, edge.choice, rescue

    def failure(self, start: Pair) -> Any:
        """The cheapest datum of `start`'s writer that fails at a pair behind it, or NOTHING."""
        ways = Ways(self.graph, self.minimal, start, lambda _: True)
        known = [pair for pair in self.graph.failing if pair in ways]
        for pair in sorted(known, key=lambda pair: ways.cost(pair) + self.minimal.cost(pair[0])):
            datum = self.failing_datum(*pair)
            if datum is not NOTHING and ways.cost(pair) != UNINHABITED:
                return ways.wrap(pair, datum)
        return NOTHING

    def failing_datum(self, writer: Type, reader: Type) -> Any:
        """The cheapest datum that a failing pair refuses by itself, or NOTHING."""
        if isinstance(reader, Union):
            unread = [(index, each) for index, each in branches(writer) if choose(each, reader) is None]
            index, branch = min(unread, key=lambda pair: self.minimal.cost(pair[1]))
            return self.in_branch(index, self.datum(branch))
        if isinstance(writer, Enum) and isinstance(reader, Enum) and reader.default is None:
            return next(iter(missing_symbols(writer, reader)), self.datum(writer))
        return self.datum(writer)

    def _hides(self, start: Pair) -> bool:
        ways = Ways(self.graph, self.minimal, start, lambda _: True)
        return any(pair in ways and pair not in self.ways for pair in self.graph.failing)
