"""What a conjunction implies at sight: most of a reader that was edited in one place says what the writer says.

Pairs of recursive references are assumed to hold until one of them is seen to fail, and what leaned on it is looked at
again: the greatest set of pairs that support each other. That is sound because values are finite and a pair can only
come back below a step down the document: in-place cycles are refused before.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from llmreg.formats.json.budget import Budget
from llmreg.formats.json.inclusion import nodes as n
from llmreg.formats.json.inclusion.atoms import Atoms
from llmreg.formats.json.inclusion.nodes import Node

_MONOTONE: Final = frozenset((n.PROPERTY, n.PATTERN_PROPERTY, n.ADDITIONAL, n.ITEM, n.ITEMS, n.NAMES))
_ATMOST: Final = frozenset((n.MAX_LENGTH, n.MAX_ITEMS, n.MAX_PROPERTIES))
_ATLEAST: Final = frozenset((n.MIN_LENGTH, n.MIN_ITEMS, n.MIN_PROPERTIES))
Pair = tuple[Node, Node]


class _Said(NamedTuple):
    """The conjuncts of a node, references unfolded, and what all of them together say of each child."""

    parts: frozenset[Node]
    children: dict[tuple[str, tuple[Any, ...]], Node]
    additional: tuple[Node, ...]


class Sight:
    """Remembers what it has seen of one table."""

    def __init__(self, table: Atoms, budget: Budget) -> None:
        self._table = table
        self._budget = budget
        self._said: dict[Node, _Said] = {}
        self._seen: dict[Pair, bool] = {}
        # Pairs with a reference on the right: not yet looked into, refuted, and the pairs that lean on each.
        self._fresh: list[Pair] = []
        self._refuted: set[Pair] = set()
        self._supports: dict[Pair, set[Pair]] = {}
        self._leaning: set[Pair] = set()

    def rest(self, writer: Node, node: Node) -> Node:
        """What is left to prove of `node`, given `writer`."""
        if node.op != n.AND:
            return self._table.true if self.implies(writer, node) else node
        return self._table.all_of([kid for kid in node.kids if not self.implies(writer, kid)])

    def implies(self, writer: Node, node: Node) -> bool:
        """Whether every value of `writer` surely satisfies `node`; False says nothing."""
        while True:
            leaning: set[Pair] = set()
            outer, self._leaning = self._leaning, leaning
            self._seen.clear()
            result = self._look(writer, node)
            self._leaning = outer
            if not result:
                self._settle()
                return False
            self._settle()
            if self._refuted.isdisjoint(leaning):
                return True

    def holds(self, writer: Node, node: Node) -> bool:
        """Whether a pair with a reference on the right was looked at before and stands."""
        return (writer, node) in self._supports and (writer, node) not in self._refuted
