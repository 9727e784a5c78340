"""Cheap sufficient rules for inclusion: true is a proof, false says nothing.

Pairs are assumed while they are being proved. That is sound because values are finite and a pair can only come back
below a step down the document: in-place cycles are refused before any search.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from llmreg.formats.json.budget import Budget
from llmreg.formats.json.inclusion import nodes as n
from llmreg.formats.json.inclusion.atoms import Atoms
from llmreg.formats.json.inclusion.evaluate import conjunction, evaluate
from llmreg.formats.json.inclusion.nodes import Node, Unspelled
from llmreg.formats.json.inclusion.structural_atoms import ATOM_RULES

_BRANCHES: Final = 64


class Rules:
    """`listed` bounds the values of an `enum` that are tried one by one."""

    def __init__(self, table: Atoms, budget: Budget, listed: int) -> None:
        self.table = table
        self.budget = budget
        self.listed = listed
        self._proved: dict[tuple[Node, Node], bool] = {}
        self._open: dict[tuple[Node, Node], int] = {}
        self._lowest = 0

    def includes(self, left: Node, right: Node) -> bool:
        """Is every value of `left` certainly a value of `right`?"""
        if left is right or right.op == n.TRUE or left.op == n.FALSE or right in parts(left):
            return True
        key = (left, right)
        known = self._proved.get(key)
        if known is not None:
            return known
        if key in self._open:
            self._lowest = min(self._lowest, self._open[key])
            return True
        self.budget.spend()
        depth = self._open[key] = len(self._open)
        outer, self._lowest = self._lowest, depth + 1
        result = self._prove(left, right)
        del self._open[key]
        if not result or self._lowest >= depth:
            # A proof that leaned on an open pair above holds only together with that one.
            self._proved[key] = result
        self._lowest = min(outer, self._lowest) if self._lowest < depth else outer
        return result

    def _prove(self, left: Node, right: Node) -> bool:
        if right.op == n.AND:
            return all(self.includes(left, part) for part in right.kids)
        if left.op in (n.OR, n.ONE):
            return all(self.includes(part, right) for part in left.kids)
        for node, unfolded in ((left, True), (right, False)):
            if node.op == n.REF and node.args[0] in self.table.bodies:
                body = self.table.bodies[node.args[0]]
                return self.includes(body, right) if unfolded else self.includes(left, body)
        return self._meets(left, right) or self._by_values(left, right) or self._by_branch(left, right)

    def _meets(self, left: Node, right: Node) -> bool:
        if right.op == n.OR:
            return any(self.includes(left, part) for part in right.kids)
        if right.op == n.ONE:
            return any(
                self.includes(left, part)
                and all(self.table.disjoint(left, other) for other in right.kids if other is not part)
                for part in right.kids
            )
        if right.op == n.NOT:
            refused = right.kids[0]
            return self.table.disjoint(left, refused) or any(
                part.op == n.NOT and self.includes(refused, part.kids[0]) for part in parts(left)
            )
        if right.op == n.TYPE:
            return not self.table.possible_types(left) & ~right.args[0]
        if not right.guard:
            return False
        if not self.table.possible_types(left) & right.guard:
            return True
        rule = ATOM_RULES.get(right.op)
        return rule is not None and rule(self, parts(left), right)

    def _by_values(self, left: Node, right: Node) -> bool:
        """A finite left side: every value of it that is not certainly refused."""
        listed = next((part for part in parts(left) if part.op == n.ENUM), None)
        if listed is None or len(listed.args[0]) > self.listed:
            return False
        self.budget.spend(len(listed.args[0]) // 16)
        return all(
            evaluate(self.table, right, Unspelled(value) if isinstance(value, int) and kind == n.NUMBER else value)
            is True
            or conjunction(evaluate(self.table, part, value) for part in parts(left)) is False
            for kind, value in listed.args[0]
        )

    def _by_branch(self, left: Node, right: Node) -> bool:
        """A union among the conjuncts of the left side: alone, then distributed."""
        if left.op != n.AND:
            return False
        for part in left.kids:
            if part.op in (n.OR, n.ONE, n.REF) and self.includes(part, right):
                return True
        union = next((part for part in left.kids if part.op == n.OR and len(part.kids) <= _BRANCHES), None)
        if union is None or len(self._open) > _BRANCHES:
            return False
        others = [part for part in left.kids if part is not union]
        return all(self.includes(self.table.all_of([*others, branch]), right) for branch in union.kids)

    def all_of_includes(self, nodes: Iterable[Node], right: Node) -> bool:
        return self.includes(self.table.all_of(nodes), right)


def parts(node: Node) -> tuple[Node, ...]:
    return node.kids if node.op == n.AND else (node,)
