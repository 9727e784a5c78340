"""Arrays: what must exist is placed on positions, then every position is solved."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from llmreg.formats.json.inclusion import nodes as n
from llmreg.formats.json.inclusion.nodes import Node, Value, identity
from llmreg.formats.json.inclusion.outcome import EMPTY, UNKNOWN, Best, Outcome, found
from llmreg.formats.json.inclusion.theories.distinct import distinct_values

if TYPE_CHECKING:
    from llmreg.formats.json.inclusion.theories.context import Context


class _Demand(NamedTuple):
    """Something must stand at `first`, or at `first` or later; two demands of one group need two positions."""

    first: int
    fixed: bool
    node: Node
    group: int


class _Layout(NamedTuple):
    """Demands on positions; `pair` are two positions that hold the same value."""

    placed: dict[int, tuple[Node, ...]]
    pair: tuple[int, int] | None


class _Atoms:
    def __init__(self, solver: Context, atoms: tuple[Node, ...]) -> None:
        self.negate = solver.table.negate
        self.low = 0
        self.high: int | None = None
        self.unique = self.repeated = False
        self.item: list[tuple[int, Node]] = []
        self.items: list[tuple[int, Node]] = []
        self.most: list[tuple[int, Node]] = []
        self.demands: list[_Demand] = []
        self.prefix = 0
        self.demanded = 0
        for group, atom in enumerate(atoms):
            self._add(atom, group, solver.caps.positions)

    def _add(self, atom: Node, group: int, cap: int) -> None:
        inner = atom.kids[0] if atom.op == n.NOT else atom
        if inner.op == n.UNIQUE:
            self.unique |= atom is inner
            self.repeated |= atom is not inner
            return
        size = inner.args[0]
        if inner.op == n.MIN_ITEMS:
            self.low = max(self.low, size)
        elif inner.op == n.MAX_ITEMS:
            self.high = size if self.high is None else min(self.high, size)
        elif inner.op == n.AT_LEAST:
            self.demanded += size
            self.demands += [_Demand(0, False, inner.kids[0], group)] * min(size, cap + 1)
        elif inner.op == n.AT_MOST:
            self.most.append((size, inner.kids[0]))
        else:
            self._positional(inner, atom is inner, group)

    def _positional(self, inner: Node, positive: bool, group: int) -> None:
        index, fixed = inner.args[0], inner.op == n.ITEM
        self.prefix = max(self.prefix, index + 1 if fixed else index)
        if positive:
            (self.item if fixed else self.items).append((index, inner.kids[0]))
        else:
            self.demands.append(_Demand(index, fixed, self.negate(inner.kids[0]), group))

    def base(self, position: int) -> tuple[Node, ...]:
        """What every value at this position must satisfy."""
        fixed = [node for index, node in self.item if index == position]
        return tuple(fixed + [node for start, node in self.items if start <= position])


def solve_array(solver: Context, atoms: tuple[Node, ...]) -> Outcome:
    wanted = _Atoms(solver, atoms)
    if wanted.unique and wanted.repeated:
        return EMPTY
    if wanted.high is not None and wanted.low > wanted.high:
        return EMPTY
    if wanted.demanded > solver.caps.positions or wanted.prefix > solver.caps.length:
        return UNKNOWN
    best = Best()
    for count, layout in enumerate(_layouts(wanted)):
        solver.budget.spend()
        if count >= solver.caps.placements:
            best.add(UNKNOWN)
            break
        if best.add(_Filling(solver, wanted, layout).outcome()):
            break
    return best.outcome


def _layouts(wanted: _Atoms) -> Iterator[_Layout]:
    for placed in _placements(wanted, 0, {}, {}):
        if not wanted.repeated:
            yield _Layout(placed, None)
            continue
        # Tail positions are interchangeable: those in use and two fresh ones are enough.
        end = max([wanted.prefix, *(position + 1 for position in placed)]) + 2
        for pair in combinations(range(end), 2):
            shared = tuple({*placed.get(pair[0], ()), *placed.get(pair[1], ()), *wanted.base(pair[0])})
            yield _Layout({**placed, pair[0]: shared + wanted.base(pair[1]), pair[1]: shared}, pair)


def _placements(
    wanted: _Atoms, index: int, placed: dict[int, tuple[Node, ...]], taken: dict[int, frozenset[int]]
) -> Iterator[dict[int, tuple[Node, ...]]]:
    """Every way to put the demands on positions, up to renaming of tail positions."""
    if index == len(wanted.demands):
        yield placed
        return
    demand = wanted.demands[index]
    fresh = max([wanted.prefix, *(position + 1 for position in placed)])
    last = demand.first if demand.fixed else fresh
    for position in range(demand.first, last + 1):
        if wanted.high is not None and position >= wanted.high:
            return
        groups = taken.get(position, frozenset())
        if demand.group not in groups:
            nodes = (*placed.get(position, ()), demand.node)
            yield from _placements(
                wanted, index + 1, {**placed, position: nodes}, {**taken, position: groups | {demand.group}}
            )


class _Filling:
    """One layout: choose which elements count for `maxContains`, and solve each position."""

    def __init__(self, solver: Context, wanted: _Atoms, layout: _Layout) -> None:
        self.solver = solver
        self.wanted = wanted
        self.layout = layout
        self.length = max([wanted.low, *(position + 1 for position in layout.placed)])
        self.values: list[Value] = []
        self.constraints: list[frozenset[Node]] = []
        self.counted: list[tuple[int, ...]] = []
        self.tainted = False
        # Set where an "empty" further on would be no proof.
        self.unsure = False

    def outcome(self) -> Outcome:
        wanted, caps = self.wanted, self.solver.caps
        if wanted.high is not None and self.length > wanted.high:
            return EMPTY
        if self.length > caps.length or ((wanted.most or wanted.unique) and self.length > caps.positions):
            return UNKNOWN
        if not (self._fill([limit for limit, _ in wanted.most]) if wanted.most else self._fill_each()):
            return UNKNOWN if self.unsure else EMPTY
        if wanted.unique and len({identity(value) for value in self.values}) < self.length:
            return self._separate()
        return found(self.values, tainted=self.tainted)

    def _fill_each(self) -> bool:
        """No `maxContains` ties positions together, so an array may be as long as it likes."""
        for position in range(self.length):
            self.solver.budget.spend()
            pair = self.layout.pair
            if pair is not None and position == pair[1]:
                value, constraint = self.values[pair[0]], self.constraints[pair[0]]
            else:
                base = (*self.wanted.base(position), *self.layout.placed.get(position, ()))
                outcome = self.solver.solve(base)
                self.unsure |= outcome.kind == "unknown"
                if outcome.kind != "found":
                    return False
                self.tainted |= outcome.tainted
                value, constraint = outcome.value, frozenset(base)
            self.values.append(value)
            self.constraints.append(constraint)
        return True

    def _fill(self, left: list[int]) -> bool:
        position = len(self.values)
        if position == self.length:
            return True
        self.solver.budget.spend()
        pair = self.layout.pair
        if pair is not None and position == pair[1]:
            first = pair[0]
            return self._take(self.values[first], self.constraints[first], self.counted[first], left)
        base = (*self.wanted.base(position), *self.layout.placed.get(position, ()))
        feasible: list[tuple[int, ...]] = []
        for counted in self._subsets():
            if any(set(smaller) <= set(counted) for smaller in feasible):
                continue
            limited = enumerate(self.wanted.most)
            refused = [self.wanted.negate(node) for index, (_, node) in limited if index not in counted]
            outcome = self.solver.solve((*base, *refused))
            if outcome.kind == "unknown":
                self.unsure = True
            elif outcome.kind == "found":
                feasible.append(counted)
                self.tainted |= outcome.tainted
                if self._take(outcome.value, frozenset((*base, *refused)), counted, left):
                    return True
        return False

    def _subsets(self) -> Iterator[tuple[int, ...]]:
        """Which `maxContains` an element counts for; none first."""
        indices = range(len(self.wanted.most))
        for size in range(len(indices) + 1):
            yield from combinations(indices, size)

    def _take(self, value: Value, constraint: frozenset[Node], counted: tuple[int, ...], left: list[int]) -> bool:
        remaining = [count - (index in counted) for index, count in enumerate(left)]
        if any(count < 0 for count in remaining):
            return False
        self.values.append(value)
        self.constraints.append(constraint)
        self.counted.append(counted)
        if self._fill(remaining):
            return True
        self.values.pop()
        self.constraints.pop()
        self.counted.pop()
        return False

    def _separate(self) -> Outcome:
        """`uniqueItems`: other values for positions that came out equal."""
        outcome = distinct_values(self.solver, self.constraints)
        if outcome.kind == "found":
            return found(outcome.value, tainted=self.tainted or outcome.tainted)
        # Which elements count was chosen without regard to distinctness.
        return UNKNOWN if self.wanted.most or self.unsure else outcome
