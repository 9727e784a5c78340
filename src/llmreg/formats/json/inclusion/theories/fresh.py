"""A key that no atom names: a string problem, one per way in which the patterns may match it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, NamedTuple

from llmreg.formats.json.inclusion import nodes as n
from llmreg.formats.json.inclusion.nodes import Node, Value
from llmreg.formats.json.inclusion.theories.members import Demand, Members, patterns_of

if TYPE_CHECKING:
    from llmreg.formats.json.inclusion.theories.context import Context


class FreshKey(NamedTuple):
    """`kind` as in Outcome."""

    kind: str
    key: str = ""
    value: Value = None
    tainted: bool = False


def fresh_key(solver: Context, members: Members, demands: tuple[Demand, ...], used: Collection[str]) -> FreshKey:
    """A key that is neither known nor used, meets all of `demands`, and a value for it."""
    name_nodes = _name_nodes(solver, members, demands, used)
    signs: dict[str, bool] = {}
    for demand in demands:
        for pattern in patterns_of(demand.atom) if demand.atom.op != n.NAMES else ():
            wanted = demand.atom.op == n.PATTERN_PROPERTY
            if signs.setdefault(pattern, wanted) != wanted:
                return FreshKey("empty")
    free = [pattern for atom in members.spreading for pattern in patterns_of(atom) if pattern not in signs]
    result = FreshKey("empty")
    for count, vector in enumerate(_vectors(solver, name_nodes, signs, list(dict.fromkeys(free)))):
        if count >= solver.caps.words:
            return FreshKey("unknown") if result.kind == "empty" else result
        outcome = _solve_vector(solver, members, demands, (name_nodes, vector))
        if outcome.kind == "found" and not outcome.tainted:
            return outcome
        if outcome.kind != "empty" and result.kind != "found":
            result = outcome
    return result


def _name_nodes(
    solver: Context, members: Members, demands: tuple[Demand, ...], used: Collection[str]
) -> tuple[Node, ...]:
    table = solver.table
    taken = [(n.STRING, key) for key in (*members.known, *used)]
    refused = [table.negate(demand.atom.kids[0]) for demand in demands if demand.atom.op == n.NAMES]
    return (table.types(n.STRING), table.negate(table.enum(taken)), *members.names, *refused)


def _sign_nodes(solver: Context, signs: dict[str, bool]) -> list[Node]:
    patterns = {pattern: solver.table.pattern(pattern) for pattern in signs}
    return [node if signs[pattern] else solver.table.negate(node) for pattern, node in patterns.items()]


def _vectors(
    solver: Context, name_nodes: tuple[Node, ...], signs: dict[str, bool], free: list[str]
) -> Iterator[dict[str, bool]]:
    """Every combination of matching and not matching that some key has; fewest matches first."""
    solver.budget.spend()
    if solver.solve((*name_nodes, *_sign_nodes(solver, signs))).kind == "empty":
        return
    if not free:
        yield signs
        return
    for sign in (False, True):
        if solver.table.language(free[0]) is not None:
            yield from _vectors(solver, name_nodes, {**signs, free[0]: sign}, free[1:])
        elif not sign:
            # An unsupported pattern: neither sign is known, so what depends on it is left out.
            yield from _vectors(solver, name_nodes, signs, free[1:])


def _solve_vector(
    solver: Context, members: Members, demands: tuple[Demand, ...], problem: tuple[tuple[Node, ...], dict[str, bool]]
) -> FreshKey:
    name_nodes, signs = problem
    nodes = [demand.node for demand in demands]
    tainted = False
    for atom in members.spreading:
        patterns = patterns_of(atom)
        matched = [signs.get(pattern) for pattern in patterns]
        if atom.op == n.PATTERN_PROPERTY:
            applies = matched[0]
        else:
            applies = False if True in matched else (None if None in matched else True)
        if applies:
            nodes.append(atom.kids[0])
        tainted |= applies is None
    value = solver.solve(nodes)
    if value.kind == "empty":
        return FreshKey("empty")
    name = solver.solve((*name_nodes, *_sign_nodes(solver, signs)))
    if name.kind == "empty":
        return FreshKey("empty")
    if name.kind == "unknown" or value.kind == "unknown" or not isinstance(name.value, str):
        return FreshKey("unknown")
    return FreshKey("found", name.value, value.value, tainted or name.tainted or value.tainted)
