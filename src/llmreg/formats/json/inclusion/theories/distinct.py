"""Distinct values for a list of positions: domains are listed, then matched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmreg.formats.json.inclusion.nodes import Node, Value, identity
from llmreg.formats.json.inclusion.outcome import EMPTY, UNKNOWN, Outcome, found

if TYPE_CHECKING:
    from llmreg.formats.json.inclusion.theories.context import Context


class _Domain:
    """Up to `wanted` different values of one position; `whole` if there are no others or enough were found."""

    def __init__(self, solver: Context, constraint: frozenset[Node], wanted: int) -> None:
        self.values: dict[object, Value] = {}
        self.tainted = False
        self.whole = True
        refused: list[Node] = []
        while len(self.values) < wanted:
            outcome = solver.solve((*constraint, *refused))
            if outcome.kind != "found":
                self.whole = outcome.kind == "empty"
                return
            key = identity(outcome.value)
            if key in self.values:
                self.whole = False
                return
            self.tainted |= outcome.tainted
            self.values[key] = outcome.value
            refused.append(solver.table.negate(solver.table.constant(outcome.value)))


def distinct_values(solver: Context, constraints: list[frozenset[Node]]) -> Outcome:
    """One value per position, all different. "Empty" is a proof: every domain was listed as far as it matters."""
    domains: dict[frozenset[Node], _Domain] = {}
    for constraint in constraints:
        if constraint not in domains:
            domains[constraint] = _Domain(solver, constraint, len(constraints))
    options = [domains[constraint] for constraint in constraints]
    owner: dict[object, int] = {}
    for position in range(len(options)):
        if not _assign(position, options, owner, set()):
            return EMPTY if all(domain.whole for domain in domains.values()) else UNKNOWN
    chosen: dict[int, Value] = {position: options[position].values[key] for key, position in owner.items()}
    values = [chosen[position] for position in range(len(options))]
    return found(values, tainted=any(domain.tainted for domain in domains.values()))


def _assign(position: int, options: list[_Domain], owner: dict[object, int], tried: set[object]) -> bool:
    """Kuhn's augmenting path."""
    for key in options[position].values:
        if key in tried:
            continue
        tried.add(key)
        if key not in owner or _assign(owner[key], options, owner, tried):
            owner[key] = position
            return True
    return False
