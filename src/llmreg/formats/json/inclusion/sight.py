"""What a conjunction implies at sight: most of a reader that was edited in one place says what the writer says."""

from __future__ import annotations

from typing import Any, Final

from llmreg.formats.json.inclusion import nodes as n
from llmreg.formats.json.inclusion.atoms import Atoms
from llmreg.formats.json.inclusion.nodes import Node

_MONOTONE: Final = frozenset((n.PROPERTY, n.PATTERN_PROPERTY, n.ADDITIONAL, n.ITEM, n.ITEMS))
_Children = dict[tuple[str, tuple[Any, ...]], Node]


class Sight:
    """Remembers what it has seen of one table."""

    def __init__(self, table: Atoms) -> None:
        self._table = table
        self._conjuncts: dict[Node, tuple[frozenset[Node], _Children]] = {}
        self._seen: dict[tuple[Node, Node], bool] = {}

    def rest(self, writer: Node, node: Node) -> Node:
        """What is left to prove of `node`, given `writer`."""
        if node.op != n.AND:
            return self._table.true if self.implies(writer, node) else node
        return self._table.all_of([kid for kid in node.kids if not self.implies(writer, kid)])

    def implies(self, writer: Node, node: Node) -> bool:
        """Whether every value of `writer` surely satisfies `node`; False says nothing."""
        if writer is node or node.op == n.TRUE:
            return True
        key = (writer, node)
        known = self._seen.get(key)
        if known is None:
            known = self._seen[key] = self._implies(writer, node)
        return known

    def _implies(self, writer: Node, node: Node) -> bool:
        if node.op == n.AND:
            return all(self.implies(writer, kid) for kid in node.kids)
        types = self._table.possible_types(writer)
        if node.op == n.TYPE:
            return not types & ~node.args[0]
        if node.guard and not types & node.guard:
            return True
        if node.op == n.OR and any(self.implies(writer, kid) for kid in node.kids):
            return True
        parts, children = self._of(writer)
        if node in parts:
            return True
        child = children.get((node.op, node.args))
        return child is not None and self.implies(child, node.kids[0])

    def _of(self, writer: Node) -> tuple[frozenset[Node], _Children]:
        """The conjuncts, and what all of them together say of each child."""
        known = self._conjuncts.get(writer)
        if known is None:
            parts = writer.kids if writer.op == n.AND else (writer,)
            children: _Children = {}
            for part in parts:
                if part.op in _MONOTONE:
                    before = children.setdefault((part.op, part.args), part.kids[0])
                    children[part.op, part.args] = self._table.all_of((before, part.kids[0]))
            known = self._conjuncts[writer] = frozenset(parts), children
        return known
