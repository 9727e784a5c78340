"""One branch of the search for one type: the atoms that must hold, and the choices not made yet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from llmreg.formats.json.inclusion import nodes as n
from llmreg.formats.json.inclusion.atoms import Atoms
from llmreg.formats.json.inclusion.nodes import Node
from llmreg.formats.json.inclusion.restrict import restrict

_WIDE: Final = 120


class Branch:
    """`held` is everything assumed so far, compound nodes included, so that contradictions show early."""

    __slots__ = ("atoms", "choices", "held", "kind", "members", "required", "table", "tainted")

    def __init__(self, table: Atoms, kind: int) -> None:
        self.table = table
        self.kind = kind
        self.atoms: dict[Node, None] = {}
        self.choices: list[Node] = []
        self.held: set[Node] = set()
        self.tainted = False
        # Of an object: what is known of each key, for choices that a discriminator settles.
        self.required: set[str] = set()
        self.members: dict[str, tuple[Node, ...]] = {}

    def copy_without(self, choice: Node) -> Branch:
        copy = Branch(self.table, self.kind)
        copy.atoms = dict(self.atoms)
        copy.choices = [other for other in self.choices if other is not choice]
        copy.held = set(self.held)
        copy.tainted = self.tainted
        copy.required = set(self.required)
        copy.members = dict(self.members)
        return copy

    def assume(self, nodes: Iterable[Node]) -> bool:
        """Add nodes and what they unfold to; False on a contradiction."""
        stack = list(nodes)[::-1]
        while stack:
            node = restrict(self.table, stack.pop(), self.kind)
            if node.op == n.TRUE or node in self.held:
                continue
            if node.op == n.FALSE or self.table.negate(node) in self.held:
                return False
            self.held.add(node)
            if node.op == n.AND:
                stack.extend(reversed(node.kids))
            elif node.op == n.OR:
                self.choices.append(node)
            elif node.guard or node.op == n.ENUM:
                self._add(node)
            else:
                self._unfold(node, stack)
        return True

    def _add(self, atom: Node) -> None:
        self.atoms[atom] = None
        inner = atom.kids[0] if atom.op == n.NOT else atom
        if inner.op == n.PROPERTY:
            key, kid = inner.args[0], inner.kids[0]
            if atom is not inner:
                self.required.add(key)
                kid = self.table.negate(kid)
            self.members[key] = (*self.members.get(key, ()), kid)
        elif inner.op == n.REQUIRED:
            self.required.add(inner.args[0])

    def _unfold(self, node: Node, stack: list[Node]) -> None:
        inner = node.kids[0] if node.op == n.NOT else node
        if inner.guard or inner.op == n.ENUM:
            self._add(node)
        elif inner.op == n.REF and inner.args[0] in self.table.bodies:
            body = self.table.bodies[inner.args[0]]
            stack.append(body if node is inner else self.table.negate(body))
        elif inner.op == n.ONE:
            self._unfold_one(inner, stack, negated=node is not inner)
        else:
            # Left out: the set only grows, so "empty" stays a proof, but a value needs checking.
            self.tainted = True

    def _unfold_one(self, node: Node, stack: list[Node], *, negated: bool) -> None:
        table, kids = self.table, node.kids
        if len(kids) > _WIDE:
            self.tainted = True
            if not negated:
                stack.append(table.any_of(kids))
        elif negated:
            none = table.all_of(table.negate(kid) for kid in kids)
            pairs = [table.all_of((kid, table.any_of(kids[index + 1 :]))) for index, kid in enumerate(kids)]
            stack.append(table.any_of([none, *pairs]))
        else:
            refused = [table.negate(kid) for kid in kids]
            stack.append(
                table.any_of(
                    table.all_of([*refused[:index], kid, *refused[index + 1 :]]) for index, kid in enumerate(kids)
                )
            )

    def propagate(self) -> bool:
        """Make every choice that is no choice any more; False on a contradiction."""
        changed = True
        while changed:
            changed = False
            pending, self.choices = self.choices, []
            for choice in pending:
                if any(kid in self.held or self._entailed(kid) for kid in choice.kids):
                    continue
                alive = [kid for kid in choice.kids if not self._refuted(kid)]
                if not alive:
                    return False
                if len(alive) == len(choice.kids):
                    self.choices.append(choice)
                    continue
                changed = True
                if not self.assume((self.table.any_of(alive),)):
                    return False
        return True

    def _refuted(self, node: Node) -> bool:
        parts = node.kids if node.op == n.AND else (node,)
        return any(self.table.negate(part) in self.held or self._clashes(part) for part in parts)

    def _clashes(self, node: Node) -> bool:
        """A present key whose value cannot be what `node` says of it."""
        return node.op == n.PROPERTY and self._excluded(node)

    def _entailed(self, node: Node) -> bool:
        return node.op == n.NOT and node.kids[0].op == n.PROPERTY and self._excluded(node.kids[0])

    def _excluded(self, node: Node) -> bool:
        key, kid = node.args[0], node.kids[0]
        return key in self.required and any(self.table.disjoint(kid, other) for other in self.members.get(key, ()))
