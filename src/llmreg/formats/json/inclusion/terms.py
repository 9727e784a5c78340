"""The node table: hash-consing and the Boolean constructors, which simplify as they build."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_, or_
from typing import Any, Final

from llmreg.formats.json.inclusion.disjointness import all_disjoint, discriminated, disjoint
from llmreg.formats.json.inclusion.nodes import (
    ALL_TYPES,
    AND,
    ENUM,
    FALSE,
    NOT,
    NULL,
    ONE,
    OPAQUE,
    OR,
    REF,
    TRUE,
    TYPE,
    Node,
    Scalar,
)

_ONE_OF_PAIRS: Final = 250


class Terms:
    """Negation is pushed down to the atoms, so only atoms, references and `one` occur below `not`."""

    def __init__(self) -> None:
        self._nodes: dict[object, Node] = {}
        self.bodies: dict[object, Node] = {}
        self.true = self.make(TRUE)
        self.false = self.make(FALSE)
        self.true.negation, self.false.negation = self.false, self.true
        self._cut: frozenset[int] = frozenset()

    def make(self, op: str, args: tuple[Any, ...] = (), kids: tuple[Node, ...] = ()) -> Node:
        key = (op, args, tuple([kid.id for kid in kids]))
        node = self._nodes.get(key)
        if node is None:
            node = Node(op, args, kids, len(self._nodes))
            self._nodes[key] = node
        return node

    def types(self, mask: int) -> Node:
        if mask == ALL_TYPES:
            return self.true
        return self.make(TYPE, (mask,)) if mask else self.false

    def enum(self, scalars: Iterable[Scalar]) -> Node:
        """One of these scalars; whole small types become `type`, so that equal sets are equal nodes."""
        chosen = frozenset(scalars)
        mask = NULL if (NULL, None) in chosen else 0
        if (2, True) in chosen and (2, False) in chosen:
            mask |= 2
        rest = frozenset(scalar for scalar in chosen if not scalar[0] & mask)
        if not rest:
            return self.types(mask)
        node = self.make(ENUM, (rest,))
        return self.make(OR, (), tuple(sorted((self.types(mask), node), key=_by_id))) if mask else node

    def reference(self, key: object) -> Node:
        return self.make(REF, (key,))

    def opaque(self, key: object) -> Node:
        return self.make(OPAQUE, (key,))

    def negate(self, node: Node) -> Node:
        if node.negation is not None:
            return node.negation
        if node.op == AND:
            result = self.any_of([self.negate(kid) for kid in node.kids])
        elif node.op == OR:
            result = self.all_of([self.negate(kid) for kid in node.kids])
        elif node.op == TYPE:
            result = self.types(ALL_TYPES ^ node.args[0])
        else:
            result = self.make(NOT, (), (node,))
        node.negation = result
        if result.negation is None:
            result.negation = node
            result.flipped = not node.flipped
        return result

    def all_of(self, nodes: Iterable[Node]) -> Node:
        mask, scalars, kept = ALL_TYPES, None, dict[int, Node]()
        for node in nodes:
            for part in node.kids if node.op == AND else (node,):
                if part.op == FALSE:
                    return part
                if part.op == TYPE:
                    mask &= part.args[0]
                elif part.op == ENUM:
                    scalars = part.args[0] if scalars is None else scalars & part.args[0]
                elif part.op != TRUE:
                    kept[part.id] = part
        if scalars is not None:
            pinned = self.enum(scalar for scalar in scalars if scalar[0] & mask)
            mask, kept = self._pin(pinned, mask, kept)
        if mask != ALL_TYPES:
            kept = self._of_types(mask, kept)
        return self._close(AND, self.types(mask), kept)

    def _pin(self, pinned: Node, mask: int, kept: dict[int, Node]) -> tuple[int, dict[int, Node]]:
        if pinned.op in (TYPE, FALSE):
            return (pinned.args[0] & mask if pinned.op == TYPE else 0), kept
        allowed = 0
        for node in pinned.kids or (pinned,):
            if node.op == TYPE:
                allowed |= node.args[0]
            else:
                for kind, _ in node.args[0]:
                    allowed |= kind
        kept = {pinned.id: pinned, **self._of_types(mask & allowed, kept)}
        return (ALL_TYPES if mask & allowed else 0), kept

    def _of_types(self, mask: int, kept: dict[int, Node]) -> dict[int, Node]:
        """Drop what holds for every value of the types that are left; fail on what cannot hold."""
        out: dict[int, Node] = {}
        for key, node in kept.items():
            if node.guard and not node.guard & mask:
                continue
            if node.op == NOT and node.kids[0].guard and not node.kids[0].guard & mask:
                return {self.false.id: self.false}
            out[key] = node
        return out

    def any_of(self, nodes: Iterable[Node]) -> Node:
        mask, scalars, kept = 0, list[Scalar](), dict[int, Node]()
        for node in nodes:
            for part in node.kids if node.op == OR else (node,):
                if part.op == TRUE:
                    return part
                if part.op == TYPE:
                    mask |= part.args[0]
                elif part.op == ENUM:
                    scalars += part.args[0]
                elif part.op != FALSE:
                    kept[part.id] = part
        mask = self._list(scalars, mask, kept)
        if mask == ALL_TYPES or any(node.guard and not node.guard & ~mask for node in kept.values()):
            # A guarded atom holds outside its type, and the mask holds inside.
            return self.true
        return self._close(OR, self.types(mask), kept)

    def _list(self, scalars: list[Scalar], mask: int, kept: dict[int, Node]) -> int:
        """Add an `enum` to the members of an `or`; a whole small type joins the mask instead."""
        listed = self.enum(scalar for scalar in scalars if not scalar[0] & mask)
        for part in listed.kids or (listed,):
            if part.op == TYPE:
                mask |= part.args[0]
            elif part.op == ENUM:
                kept[part.id] = part
        return mask

    def _close(self, op: str, typed: Node, kept: dict[int, Node]) -> Node:
        """Shared end of `and` and `or`: absorb, cancel, sort."""
        unit, zero = (self.true, self.false) if op == AND else (self.false, self.true)
        if typed is zero or zero.id in kept:
            return zero
        if typed is not unit:
            kept[typed.id] = typed
        for node in kept.values():
            opposite = node.negation if node.op != NOT else node.kids[0]
            if opposite is not None and opposite.id in kept:
                return zero
        if not kept:
            return unit
        if len(kept) == 1:
            return next(iter(kept.values()))
        return self.make(op, (), tuple([kept[key] for key in sorted(kept)]))

    def exactly_one(self, nodes: Sequence[Node]) -> Node:
        """`oneOf`. Two equal branches are never merged: where they hold, two branches hold."""
        live = [node for node in nodes if node.op != FALSE]
        certain = [node for node in live if node.op == TRUE]
        if certain:
            others = [self.negate(node) for node in live if node.op != TRUE]
            return self.all_of(others) if len(certain) == 1 else self.false
        seen: dict[int, int] = {}
        for node in live:
            seen[node.id] = seen.get(node.id, 0) + 1
        doubled = {node.id: node for node in live if seen[node.id] > 1}
        if doubled:
            once = [node for node in live if seen[node.id] == 1]
            return self.all_of([*(self.negate(node) for node in doubled.values()), self.exactly_one(once)])
        if len(live) < 2:
            return live[0] if live else self.false
        if discriminated(self, live) or (len(live) <= _ONE_OF_PAIRS and all_disjoint(self, live)):
            return self.any_of(live)
        return self.make(ONE, (), tuple(sorted(live, key=_by_id)))

    def possible_types(self, node: Node) -> int:
        """An upper bound on the types of the node's values."""
        if node.mask >= 0:
            return node.mask
        if node.op == REF:
            return self._referred_types(node)
        # A bound found before a body was known is only wider than it need be.
        node.mask = self._types_of(node)
        return node.mask

    def _types_of(self, node: Node) -> int:
        if node.op == TYPE:
            return int(node.args[0])
        if node.op == ENUM:
            return reduce(or_, (kind for kind, _ in node.args[0]), 0)
        if node.op == AND:
            return reduce(and_, (self.possible_types(kid) for kid in node.kids), ALL_TYPES)
        if node.op in (OR, ONE):
            return reduce(or_, (self.possible_types(kid) for kid in node.kids), 0)
        if node.op == NOT and node.kids[0].guard:
            return node.kids[0].guard
        return 0 if node.op == FALSE else ALL_TYPES

    def _referred_types(self, node: Node) -> int:
        if node.id in self._cut or node.args[0] not in self.bodies:
            return ALL_TYPES
        outer, self._cut = self._cut, self._cut | {node.id}
        mask = self.possible_types(self.bodies[node.args[0]])
        self._cut = outer
        return mask

    def disjoint(self, left: Node, right: Node) -> bool:
        """A cheap proof that no value satisfies both; False says nothing."""
        return disjoint(self, left, right)


def _by_id(node: Node) -> int:
    return node.id
