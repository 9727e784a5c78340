"""The search: a set of nodes in, one value that satisfies them all out, or the proof that there is none.

Per type of value the set is unfolded into atoms and pending choices. Before a choice is split, the atoms alone are
given to the type's theory: if they have no value, neither has any alternative; if their value happens to satisfy the
choices, the search is over. That keeps wide unions from multiplying.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from llmreg.formats.json.budget import Budget
from llmreg.formats.json.inclusion import nodes as n
from llmreg.formats.json.inclusion.atoms import Atoms
from llmreg.formats.json.inclusion.branch import Branch
from llmreg.formats.json.inclusion.evaluate import conjunction, evaluate
from llmreg.formats.json.inclusion.nodes import Node, Value
from llmreg.formats.json.inclusion.outcome import EMPTY, UNKNOWN, Best, Outcome, found
from llmreg.formats.json.inclusion.sight import Sight

if TYPE_CHECKING:
    from llmreg.formats.json.inclusion.structural import Rules

_NO_ANCESTOR: Final = sys.maxsize
_DEPTHS: Final = (12, 40, _NO_ANCESTOR)
_SMALL: Final[dict[int, tuple[Value, ...]]] = {n.NULL: (None,), n.BOOLEAN: (False, True)}


class Caps(NamedTuple):
    """Bounds of the theories. Reaching one gives "unknown", never "empty"."""

    scan: int = 20_000
    positions: int = 64
    placements: int = 400
    words: int = 64
    listed: int = 5_000
    length: int = 200_000
    rule_targets: int = 4


def _brevity(text: str) -> tuple[int, str]:
    return len(text), text


class Solver:
    """One search state per question: memo, open ancestors, budget."""

    def __init__(self, table: Atoms, budget: Budget, caps: Caps, sight: Sight) -> None:
        self.table = table
        self.budget = budget
        self.caps = caps
        self._sight = sight
        # How deep a document may be for now, and how often that kept the search from going on.
        self._depth = _NO_ANCESTOR
        self._cuts = 0
        self._given_up: dict[object, int] = {}
        self._memo: dict[frozenset[Node], Outcome] = {}
        self._theory_memo: dict[tuple[int, frozenset[Node]], Outcome] = {}
        self._open: list[frozenset[Node]] = []
        self._lowest = _NO_ANCESTOR

    @cached_property
    def rules(self) -> Rules:
        """The structural rules, loaded where they are first asked for."""
        from llmreg.formats.json.inclusion.structural import Rules

        return Rules(self.table, self.budget, self.caps.listed)

    def search(self, nodes: Sequence[Node]) -> Outcome:
        """Small documents first: in a large web of references the search would else lose itself far down."""
        outcome = UNKNOWN
        for self._depth in _DEPTHS:
            cuts = self._cuts
            self._given_up.clear()
            outcome = self.solve(nodes)
            if outcome.kind != "unknown" or self._cuts == cuts:
                break
        self._depth = _NO_ANCESTOR
        return outcome

    def solve(self, nodes: Iterable[Node]) -> Outcome:
        wanted = self.flatten(nodes)
        if wanted is None:
            return EMPTY
        known = self._memo.get(wanted)
        if known is not None:
            return known
        self.budget.spend()
        depth, cuts = len(self._open), self._cuts
        if depth >= self._depth or self._given_up.get(wanted, _NO_ANCESTOR) <= depth:
            self._cuts += 1
            return UNKNOWN
        for index, ancestor in enumerate(self._open):
            # The same demand deeper down: whatever satisfies it here would satisfy it there and be smaller.
            if ancestor <= wanted:
                self._lowest = min(self._lowest, index)
                return EMPTY
        outer, self._lowest = self._lowest, _NO_ANCESTOR
        self._open.append(wanted)
        try:
            outcome = self._search(wanted)
        finally:
            self._open.pop()
            lowest, self._lowest = self._lowest, outer
        if outcome.kind == "unknown" and self._cuts != cuts:
            self._given_up[wanted] = depth
        elif lowest >= len(self._open) or outcome.kind == "found":
            self._memo[wanted] = outcome
        if lowest < len(self._open):
            self._lowest = min(outer, lowest)
        return outcome

    def flatten(self, nodes: Iterable[Node]) -> frozenset[Node] | None:
        """The conjuncts as a set; None if two of them exclude each other at sight."""
        out: set[Node] = set()
        for node in nodes:
            out.update(node.kids if node.op == n.AND else (node,))
        out.discard(self.table.true)
        if self.table.false in out or any(node.negation in out for node in out):
            return None
        return frozenset(out)

    def _search(self, wanted: frozenset[Node]) -> Outcome:
        mask = n.ALL_TYPES
        for node in wanted:
            mask &= self.table.possible_types(node)
        if not mask or self._seen_through(wanted):
            return EMPTY
        best, cuts = Best(), self._cuts
        for kind in n.TYPES:
            if mask & kind and best.add(self._of_type(wanted, kind)):
                break
        # The rules answer little that the search does not, and cost more: they are asked where it gave up.
        if best.outcome.kind == "unknown" and self._cuts == cuts and self._closed_by_rule(wanted):
            return EMPTY
        return best.outcome

    def _seen_through(self, wanted: frozenset[Node]) -> bool:
        """Whether a reference that must not hold holds at sight."""
        refused = [node for node in wanted if node.op == n.NOT and node.kids[0].op == n.REF]
        return any(
            self._sight.implies(self.table.all_of([other for other in wanted if other is not node]), node.kids[0])
            for node in refused
        )

    def _closed_by_rule(self, wanted: frozenset[Node]) -> bool:
        targets = [node for node in wanted if node.op == n.NOT or node.flipped]
        if not targets or len(targets) > self.caps.rule_targets:
            return False
        table = self.table
        return any(
            self.rules.includes(table.all_of(other for other in wanted if other is not node), table.negate(node))
            for node in targets
        )

    def _of_type(self, wanted: frozenset[Node], kind: int) -> Outcome:
        if kind in _SMALL:
            return self._listed(wanted, _SMALL[kind])
        branch = Branch(self.table, kind)
        ordered = sorted(wanted, key=lambda node: node.id)
        return self._split(branch) if branch.assume(ordered) else EMPTY

    def _listed(self, nodes: Iterable[Node], values: Iterable[Value]) -> Outcome:
        """A finite set of values, each tried."""
        best = Best()
        nodes = tuple(nodes)
        for value in values:
            self.budget.spend()
            truth = conjunction(evaluate(self.table, node, value) for node in nodes)
            if truth is not False and best.add(found(value, tainted=truth is None)):
                break
        return best.outcome

    def _split(self, branch: Branch) -> Outcome:
        self.budget.spend()
        if not branch.propagate():
            return EMPTY
        outcome = self._theory(branch)
        if outcome.kind == "empty" or not branch.choices:
            return outcome
        open_choices = branch.choices
        if outcome.kind == "found" and not outcome.tainted:
            # Only what the value at hand fails needs splitting now.
            open_choices = [node for node in branch.choices if evaluate(self.table, node, outcome.value) is not True]
            if not open_choices:
                return outcome
        choice = min(open_choices, key=lambda node: len(node.kids))
        best = Best()
        for alternative in choice.kids:
            narrowed = branch.copy_without(choice)
            if narrowed.assume((alternative,)) and best.add(self._split(narrowed)):
                break
        return best.outcome

    def _theory(self, branch: Branch) -> Outcome:
        key = (branch.kind, frozenset(branch.atoms))
        known = self._theory_memo.get(key)
        if known is not None:
            outcome = known
        else:
            outer, self._lowest = self._lowest, _NO_ANCESTOR
            cuts = self._cuts
            outcome = self._run_theory(branch)
            lowest, self._lowest = self._lowest, min(outer, self._lowest)
            if outcome.kind == "found" or (lowest == _NO_ANCESTOR and self._cuts == cuts):
                self._theory_memo[key] = outcome
        if outcome.kind == "found" and branch.tainted and not outcome.tainted:
            return found(outcome.value, tainted=True)
        return outcome

    def _run_theory(self, branch: Branch) -> Outcome:
        listed = next((atom for atom in branch.atoms if atom.op == n.ENUM), None)
        if listed is not None and branch.kind == n.STRING:
            texts: list[str] = sorted((text for _, text in listed.args[0]), key=_brevity)
            return self._listed(branch.atoms, texts)
        return _theory_of(branch.kind)(self, tuple(branch.atoms))


@cache
def _theory_of(kind: int) -> Callable[[Solver, tuple[Node, ...]], Outcome]:
    """The theory of a type of values, loaded when the first value of that type is looked for."""
    if kind == n.NUMBER:
        from llmreg.formats.json.inclusion.theories.number import solve_number

        return solve_number
    if kind == n.STRING:
        from llmreg.formats.json.inclusion.theories.string import solve_string

        return solve_string
    if kind == n.ARRAY:
        from llmreg.formats.json.inclusion.theories.array import solve_array

        return solve_array
    from llmreg.formats.json.inclusion.theories.object import solve_object

    return solve_object
