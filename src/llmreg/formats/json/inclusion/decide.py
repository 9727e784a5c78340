"""Runs the inclusion pipeline: the only module of the engine that the rest of llmreg calls."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from llmreg.errors import SchemaError
from llmreg.formats.json.budget import Budget, BudgetError, no_collection
from llmreg.formats.json.inclusion.answers import (
    Answer,
    Contained,
    Counterexample,
    Demand,
    JsonValue,
    Reason,
    Resource,
    Side,
    Step,
    Unknown,
)
from llmreg.formats.json.inclusion.atoms import Atoms
from llmreg.formats.json.inclusion.closed import TooManyLocationsError, close
from llmreg.formats.json.inclusion.dialect import Reader
from llmreg.formats.json.inclusion.evaluate import conjunction, evaluate
from llmreg.formats.json.inclusion.inplace import InPlaceError
from llmreg.formats.json.inclusion.merge import in_place_cycle, merge
from llmreg.formats.json.inclusion.nodes import Node
from llmreg.formats.json.inclusion.numerals import written
from llmreg.formats.json.inclusion.outcome import EMPTY
from llmreg.formats.json.inclusion.reading import MalformedKeywordError, value_of
from llmreg.formats.json.inclusion.sides import Sides, remember, remembered, remembered_document
from llmreg.formats.json.inclusion.sight import Sight
from llmreg.formats.json.inclusion.tableau import Caps, Solver
from llmreg.model.record import replace

if TYPE_CHECKING:
    from llmreg.formats.json.inclusion.demands import Walk

__all__ = [
    "Answer",
    "Caps",
    "Contained",
    "Counterexample",
    "Demand",
    "JsonValue",
    "Question",
    "Resource",
    "Side",
    "Step",
    "Unknown",
    "closed_document",
    "equivalent_closed",
]

DEFAULT_STEPS: Final = 400_000
_STACK: Final = 6_000
_TOO_DEEP: Final = Unknown("recursion", "the schemas are nested too deeply for this engine")


@contextmanager
def _deep_stack() -> Iterator[None]:
    """Room for nested schemas. Python's own frames do not use the C stack, so the usual limit is needlessly low."""
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(max(usual, _STACK))
    try:
        yield
    finally:
        sys.setrecursionlimit(usual)


class Question:
    """Both sides built once in one node table; many questions answered from it."""

    def __init__(
        self, writer: Side, reader: Side, *, deadline: float, steps: int = DEFAULT_STEPS, caps: Caps | None = None
    ) -> None:
        self._budget = Budget(deadline, steps)
        self._sides = Sides(writer, reader, self._budget)
        self._table = self._sides.table
        self._sight = Sight(self._table, self._budget)
        self._solver = Solver(self._table, self._budget, caps or Caps(), self._sight)
        self._closed = writer.closed
        self._failure: Unknown | None = None
        self.complete = True  # whether `demands` gave all that there are
        self._walk: Walk | None = None
        self._reader = self._writer = self._unclosed = self._table.true
        try:
            with _deep_stack(), no_collection():
                self._build()
        except RecursionError:
            self._failure = _TOO_DEEP
        except BudgetError as spent:
            self._failure = Unknown("budget", str(spent))
        except InPlaceError as refused:
            self._failure = Unknown(refused.reason, f"the writer cannot be closed: {refused}")
        except TooManyLocationsError as refused:
            self._failure = Unknown("cap", f"the writer cannot be closed: {refused}")
        except MalformedKeywordError as refused:
            self._failure = Unknown("unsupported-keyword", f"the writer cannot be closed: {refused}")

    def _build(self) -> None:
        wanted = (0, self._closed), (1, False), (0, False)
        roots = tuple(self._sides.root(number, closed=closed) for number, closed in wanted)
        cycle = in_place_cycle(self._table)
        if cycle is not None:
            side, (_, pointer) = cycle
            self._failure = Unknown("recursion", f"a reference of the {side} leads back to itself in place", pointer)
        else:
            self._writer, self._reader, self._unclosed = merge(self._table, roots, self._budget)
            remember(self._sides)

    @property
    def obstacles(self) -> tuple[Unknown, ...]:
        """What the engine had to leave out on either side; why a tainted candidate may fail its check."""
        out: dict[Unknown, None] = {}
        for reason, message, at in self._table.obstacles.values():
            out[Unknown(_REASONS[reason], message, at)] = None
        return tuple(out)

    def decide(self) -> Answer:
        """Is every document of the writer accepted by the reader?"""
        answer = self._refusing(self._reader)
        if self._closed and isinstance(answer, Contained) and self._writes_nothing():
            return Unknown("empty-writer", "closed, the writer can write no document at all")
        return answer

    def _writes_nothing(self) -> bool:
        try:
            if self._solver.solve((self._writer,)) is not EMPTY:
                return False
            return self._solver.solve((self._unclosed,)) is not EMPTY
        except (BudgetError, RecursionError):
            return False

    def next_counterexample(self, exclude: Sequence[JsonValue]) -> Answer:
        """Another candidate, none of `exclude`."""
        refused = [self._table.negate(self._table.constant(value_of(value))) for value in exclude]
        return self._answer(self._table.negate(self._reader), *refused)

    def demands(self) -> Iterator[Demand]:
        """Every conjunct of the reader, in document order; not `complete` when the budget ends first."""
        if self._failure is not None:
            return
        from llmreg.formats.json.inclusion.demands import Walk

        writer, reader = self._sides.readers
        self._walk = Walk(reader, writer)
        try:
            yield from self._walk.demands()
        except (BudgetError, RecursionError):
            self.complete = False

    @property
    def work(self) -> int:
        """What was done for this question so far, in steps."""
        return self._budget.work

    def ask(self, demand: Demand) -> Answer:
        """Does a document of the writer break this conjunct? Only for demands of this question."""
        if self._walk is None:
            raise ValueError("ask() takes a demand of this question")
        return self._refusing(self._walk.lifted[demand.node])

    def _refusing(self, wanted: Node) -> Answer:
        """A document of the writer that does not satisfy `wanted`."""
        try:
            with _deep_stack():
                if self._failure is None:
                    wanted = self._sight.rest(self._writer, wanted)
        except RecursionError:
            return _TOO_DEEP
        except BudgetError as spent:
            return Unknown("budget", str(spent))
        return self._answer(self._table.negate(wanted))

    def _answer(self, *nodes: Node) -> Answer:
        if self._failure is not None:
            return self._failure
        wanted = (self._writer, *nodes)
        try:
            with _deep_stack(), no_collection():
                return _searched(self._solver, wanted)
        except BudgetError as spent:
            return Unknown("budget", str(spent))
        except RecursionError:
            return _TOO_DEEP


def _searched(solver: Solver, wanted: Sequence[Node]) -> Answer:
    """A document that satisfies all of `wanted`, if there is one."""
    outcome = solver.search(wanted)
    if outcome.kind == "empty":
        return Contained()
    if outcome.kind == "unknown":
        return Unknown("cap", "the search reached one of its bounds")
    truth = conjunction(evaluate(solver.table, node, outcome.value) for node in wanted)
    return Counterexample(written(outcome.value), outcome.tainted or truth is not True)


_REASONS: Final[dict[str, Reason]] = {
    "remote-ref": "remote-ref",
    "unsupported-keyword": "unsupported-keyword",
    "unsupported-pattern": "unsupported-pattern",
}


def equivalent_closed(first: Side, second: Side, *, deadline: float) -> bool | None:
    """Are the same documents written (both closed) and accepted (both open)? None if not decided."""
    sides = remembered(first, second) or Sides(first, second, Budget(deadline, DEFAULT_STEPS))
    sides.budget.deadline = deadline
    remember(None)  # a reading that is cut short here must not be taken up again
    verdict: bool | None = True
    try:
        with _deep_stack(), no_collection():
            for closed in (False, True):
                same = _equal(sides, deadline, closed=closed)
                if same is False:
                    return False
                verdict = verdict and same
    except (BudgetError, RecursionError, InPlaceError, TooManyLocationsError, MalformedKeywordError):
        return None
    return verdict


def _equal(sides: Sides, deadline: float, *, closed: bool) -> bool | None:
    table = sides.table
    roots = tuple(sides.root(number, closed=closed) for number in (0, 1))
    if in_place_cycle(table) is not None:
        return None
    old, new = merge(table, roots, sides.budget)
    if old is new:
        return True
    verdict: bool | None = True
    # A new version that breaks nothing most often accepts or writes more, so that direction is asked first.
    sight = Sight(table, sides.budget)
    for left, right in ((new, old), (old, new)):
        solver = Solver(table, Budget(deadline, DEFAULT_STEPS), Caps(), sight)
        answer = _searched(solver, (left, table.negate(sight.rest(left, right))))
        if isinstance(answer, Counterexample) and not answer.tainted:
            return False
        if not isinstance(answer, Contained):
            verdict = None
    return verdict


def closed_document(side: Side, *, deadline: float = math.inf) -> JsonValue:
    """The closed form of a writer as an ordinary document of its own draft, for validators.

    The document holds the writer's unchanged, so a value that it accepts is accepted by the open writer too.
    Raises SchemaError when it cannot be made, or not before the deadline.
    """
    known = remembered_document(side)
    if known is not None:
        return known
    try:
        with _deep_stack(), no_collection():
            return close(Reader(Atoms(), replace(side, closed=False), "writer", Budget(deadline, DEFAULT_STEPS)))
    except (BudgetError, RecursionError, InPlaceError, TooManyLocationsError, MalformedKeywordError) as refused:
        raise SchemaError(f"the schema cannot be closed: {refused}") from refused
