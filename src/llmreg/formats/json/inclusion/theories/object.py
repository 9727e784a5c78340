"""Objects: required keys first, then what must exist somewhere, then enough keys to fill the object."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, NamedTuple

from llmreg.formats.json.inclusion.nodes import Node, Value
from llmreg.formats.json.inclusion.outcome import EMPTY, UNKNOWN, Best, Outcome, found
from llmreg.formats.json.inclusion.theories.members import Demand, Members

if TYPE_CHECKING:
    from llmreg.formats.json.inclusion.theories.context import Context
    from llmreg.formats.json.inclusion.theories.fresh import FreshKey


class _Plan(NamedTuple):
    """Which keys are present with what extra constraints, and which demands share which fresh key."""

    present: dict[str, tuple[Node, ...]]
    fresh: tuple[tuple[Demand, ...], ...]


def solve_object(solver: Context, atoms: tuple[Node, ...]) -> Outcome:
    members = Members(solver.table, atoms)
    if members.high is not None and max(members.low, len(members.present)) > members.high:
        return EMPTY
    builder = _Builder(solver, members)
    for key, extra in members.present.items():
        if builder.solve_key(key, extra).kind == "empty":
            return EMPTY
    best = Best()
    for count, plan in enumerate(builder.plans(0, _Plan(members.present, ()))):
        solver.budget.spend()
        if count >= solver.caps.placements:
            best.add(UNKNOWN)
            break
        if best.add(builder.build(plan)):
            break
    return best.outcome


class _Builder:
    def __init__(self, solver: Context, members: Members) -> None:
        self.solver = solver
        self.members = members

    def solve_key(self, key: str, extra: tuple[Node, ...]) -> Outcome:
        child = self.members.child(key)
        if child is None:
            return EMPTY
        outcome = self.solver.solve((*child.nodes, *extra))
        if child.tainted and outcome.kind == "found":
            return found(outcome.value, tainted=True)
        return outcome

    def plans(self, index: int, plan: _Plan) -> Iterator[_Plan]:
        """Each demand goes to a key that is present, to a known one, or to a fresh one, shared or not."""
        members = self.members
        if index == len(members.demands):
            yield plan
            return
        demand = members.demands[index]
        for key in dict.fromkeys((*plan.present, *members.known)):
            if members.meets(demand, key):
                extra = (*plan.present.get(key, ()), demand.node)
                if self._fits(plan, key not in plan.present) and self.solve_key(key, extra).kind != "empty":
                    yield from self.plans(index + 1, _Plan({**plan.present, key: extra}, plan.fresh))
        for position, group in enumerate(plan.fresh):
            shared = (*plan.fresh[:position], (*group, demand), *plan.fresh[position + 1 :])
            yield from self.plans(index + 1, _Plan(plan.present, shared))
        if self._fits(plan, new=True):
            yield from self.plans(index + 1, _Plan(plan.present, (*plan.fresh, (demand,))))

    def _fits(self, plan: _Plan, new: bool) -> bool:
        return self.members.high is None or len(plan.present) + len(plan.fresh) + new <= self.members.high

    def build(self, plan: _Plan) -> Outcome:
        value: dict[str, Value] = {}
        tainted = self.members.tainted
        unknown = False
        for key, extra in plan.present.items():
            outcome = self.solve_key(key, extra)
            if outcome.kind == "empty":
                return EMPTY
            unknown |= outcome.kind == "unknown"
            value[key], tainted = outcome.value, tainted or outcome.tainted
        fresh: list[str] = []
        for group in plan.fresh:
            made = self._fresh_key(group, fresh)
            if made.kind != "found":
                # Another choice for an earlier fresh key might have left this one possible.
                return EMPTY if made.kind == "empty" and not fresh else UNKNOWN
            value[made.key], tainted = made.value, tainted or made.tainted
            fresh.append(made.key)
        if unknown:
            return UNKNOWN
        return self._fill(value, fresh, tainted)

    def _fresh_key(self, demands: tuple[Demand, ...], used: Collection[str]) -> FreshKey:
        from llmreg.formats.json.inclusion.theories.fresh import fresh_key

        return fresh_key(self.solver, self.members, demands, used)

    def _fill(self, value: dict[str, Value], fresh: list[str], tainted: bool) -> Outcome:
        """Reach `minProperties` with known keys, then with fresh ones; every usable key is used before giving up."""
        missing = self.members.low
        unknown = False
        for key in self.members.known:
            if len(value) >= missing:
                break
            if key not in value:
                outcome = self.solve_key(key, ())
                unknown |= outcome.kind == "unknown"
                if outcome.kind == "found":
                    value[key], tainted = outcome.value, tainted or outcome.tainted
        if missing - len(value) > self.solver.caps.words:
            return UNKNOWN
        while len(value) < missing:
            self.solver.budget.spend()
            extra = self._fresh_key((), fresh)
            if extra.kind != "found":
                return EMPTY if extra.kind == "empty" and not unknown else UNKNOWN
            value[extra.key], tainted = extra.value, tainted or extra.tainted
            fresh.append(extra.key)
        return found(value, tainted=tainted)
