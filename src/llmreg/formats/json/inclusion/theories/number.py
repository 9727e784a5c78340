"""Numbers: exact bounds, multiples, and values to avoid."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor, gcd, lcm
from typing import TYPE_CHECKING, Final

from llmreg.formats.json.inclusion import nodes as n
from llmreg.formats.json.inclusion.evaluate import conjunction, evaluate
from llmreg.formats.json.inclusion.nodes import Node, Number, Pointed
from llmreg.formats.json.inclusion.outcome import EMPTY, UNKNOWN, Best, Outcome, found

if TYPE_CHECKING:
    from llmreg.formats.json.inclusion.theories.context import Context

_TRIES: Final = 400


class _Demands:
    """The atoms of one branch, sorted by what they say."""

    def __init__(self, atoms: tuple[Node, ...]) -> None:
        self.low: tuple[Number, bool] | None = None
        self.high: tuple[Number, bool] | None = None
        self.step: Fraction | None = None
        self.not_multiples: list[Fraction] = []
        self.excluded: set[Number] = set()
        self.listed: frozenset[Number] | None = None
        self.spelled = self.not_spelled = False
        for atom in atoms:
            self._add(atom)

    def _add(self, atom: Node) -> None:
        inner = atom.kids[0] if atom.op == n.NOT else atom
        if inner.op == n.ENUM:
            values = frozenset(value for _, value in inner.args[0])
            if atom is inner:
                self.listed = values if self.listed is None else self.listed & values
            else:
                self.excluded |= values
        elif inner.op == n.MULTIPLE:
            if atom is inner:
                self.divide(inner.args[0])
            else:
                self.not_multiples.append(Fraction(inner.args[0]))
        elif inner.op == n.SPELLED:
            if atom is inner:
                self.spelled = True
                self.divide(1)
            else:
                self.not_spelled = True
        else:
            self._bound(inner)

    def _bound(self, atom: Node) -> None:
        limit, strict = atom.args
        if atom.op == n.MIN:
            if self.low is None or (limit, strict) > self.low:
                self.low = (limit, strict)
        elif self.high is None or (limit, not strict) < (self.high[0], not self.high[1]):
            self.high = (limit, strict)

    def divide(self, value: Number) -> None:
        self.step = Fraction(value) if self.step is None else rational_lcm(self.step, Fraction(value))

    def empty_interval(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low[0] > self.high[0] or (self.low[0] == self.high[0] and (self.low[1] or self.high[1]))

    def inside(self, value: Number) -> bool:
        if self.low is not None and (value < self.low[0] or (value == self.low[0] and self.low[1])):
            return False
        return self.high is None or value < self.high[0] or (value == self.high[0] and not self.high[1])

    def accepts(self, value: Number) -> bool:
        return (
            self.inside(value)
            and value not in self.excluded
            and all(value % multiple != 0 for multiple in self.not_multiples)
        )


def rational_lcm(left: Fraction, right: Fraction) -> Fraction:
    return Fraction(lcm(left.numerator, right.numerator), gcd(left.denominator, right.denominator))


def solve_number(solver: Context, atoms: tuple[Node, ...]) -> Outcome:
    demands = _Demands(atoms)
    if demands.listed is not None:
        return _listed(solver, demands, atoms)
    if demands.empty_interval() or (demands.spelled and demands.not_spelled):
        return EMPTY
    if not demands.not_spelled:
        return _plain(solver, demands)
    best = Best()
    fractional = _Demands(atoms)
    fractional.not_multiples.append(Fraction(1))
    if best.add(_plain(solver, fractional)):
        return best.outcome
    demands.divide(1)
    outcome = _plain(solver, demands)
    if outcome.kind == "found" and isinstance(outcome.value, int):
        outcome = found(Pointed(outcome.value))
    best.add(outcome)
    return best.outcome


def _listed(solver: Context, demands: _Demands, atoms: tuple[Node, ...]) -> Outcome:
    best = Best()
    for value in sorted(demands.listed or (), key=_magnitude):
        spelling = Pointed(value) if demands.not_spelled and isinstance(value, int) else value
        truth = conjunction(evaluate(solver.table, atom, spelling) for atom in atoms)
        if truth is not False and best.add(found(spelling, tainted=truth is None)):
            break
    return best.outcome


def _magnitude(value: Number) -> Number:
    return value if value >= 0 else -value


def _plain(solver: Context, demands: _Demands) -> Outcome:
    if demands.step is not None:
        return _multiples(solver, demands, demands.step)
    for value in _candidates(demands):
        solver.budget.spend()
        if demands.accepts(value):
            return found(_simple(value))
    point = demands.low is not None and demands.high is not None and demands.low[0] == demands.high[0]
    return EMPTY if point else UNKNOWN


def _simple(value: Number) -> Number:
    return int(value) if value.denominator == 1 else value


def _multiples(solver: Context, demands: _Demands, step: Fraction) -> Outcome:
    """Every multiple of `step` inside the bounds, over enough periods to be a complete answer."""
    first = None if demands.low is None else ceil(demands.low[0] / step)
    last = None if demands.high is None else floor(demands.high[0] / step)
    period = 1
    for multiple in demands.not_multiples:
        factor = rational_lcm(step, multiple) / step
        if factor == 1:
            return EMPTY
        period = lcm(period, int(factor))
    # Two more for the bounds, which may be strict.
    window = period * (len(demands.excluded) + 1) + 2
    start = max(first, 0) if first is not None else (min(last, 0) if last is not None else 0)
    if last is not None and start > last:
        start = last
    for scanned, count in enumerate(_outward(start, first, last)):
        if scanned > 2 * window:
            return EMPTY
        if scanned > solver.caps.scan:
            return UNKNOWN
        if scanned % 64 == 63:
            solver.budget.spend(8)
        if demands.accepts(count * step):
            return found(_simple(count * step))
    return EMPTY


def _outward(start: int, first: int | None, last: int | None) -> Iterator[int]:
    """Integers of a range by distance from `start`."""
    if (first is None or start >= first) and (last is None or start <= last):
        yield start
    distance = 1
    while True:
        up, down = start + distance, start - distance
        more = False
        if last is None or up <= last:
            more = True
            yield up
        if first is None or down >= first:
            more = True
            yield down
        if not more:
            return
        distance += 1


def _candidates(demands: _Demands) -> Iterator[Number]:
    """Exact decimals, readable ones first. Infinitely many satisfy any open interval; a few tries are enough."""
    low = None if demands.low is None else demands.low[0]
    high = None if demands.high is None else demands.high[0]
    yield 0
    for bound, direction in ((low, 1), (high, -1)):
        if bound is not None:
            yield bound
            yield floor(bound) + direction if direction > 0 else ceil(bound) + direction
    for multiple in demands.not_multiples:
        # Half a step beside a multiple is the readable number that is none.
        for near in (low if low is not None else 0, high if high is not None else 0):
            yield from (multiple * (floor(near / multiple) + Fraction(part, 2)) for part in (1, 3, -1))
    if low is None:
        low = (high if high is not None else 0) - 1000
    if high is None:
        high = low + 1000
    for parts in (2, 10, 100, 1000, 10**6, 10**12):
        for index in range(1, min(parts, _TRIES)):
            yield low + Fraction(high - low) * Fraction(index, parts)
    for index in range(1, 2 + 2 * len(demands.excluded)):
        yield index
