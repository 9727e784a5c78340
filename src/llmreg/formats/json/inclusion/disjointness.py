"""Cheap proofs that two nodes have no value in common; a failed one says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from llmreg.formats.json.inclusion.nodes import AND, ENUM, FALSE, OBJECT, PROPERTY, REF, REQUIRED, Node, Scalar


class Table(Protocol):
    bodies: dict[object, Node]

    def possible_types(self, node: Node) -> int: ...


def disjoint(table: Table, left: Node, right: Node) -> bool:
    """No type in common, a contradiction, disjoint constants, or a present key that no value of which suits both."""
    common = table.possible_types(left) & table.possible_types(right)
    if not common:
        return True
    left_parts, right_parts = _parts(table, left), _parts(table, right)
    if any(part.negation is not None and part.negation in right_parts for part in left_parts):
        return True
    left_set, right_set = _listed(left_parts), _listed(right_parts)
    if left_set is not None and right_set is not None:
        return not left_set & right_set
    if common != OBJECT:
        return False
    required = {part.args[0] for part in left_parts + right_parts if part.op == REQUIRED}
    right_keys = {part.args[0]: part.kids[0] for part in right_parts if part.op == PROPERTY}
    return any(
        part.op == PROPERTY
        and part.args[0] in required
        and part.args[0] in right_keys
        and (part.kids[0].op == FALSE or _scalar_disjoint(table, part.kids[0], right_keys[part.args[0]]))
        for part in left_parts
    )


def _scalar_disjoint(table: Table, left: Node, right: Node) -> bool:
    if right.op == FALSE or not table.possible_types(left) & table.possible_types(right):
        return True
    left_set, right_set = _listed(_parts(table, left)), _listed(_parts(table, right))
    return left_set is not None and right_set is not None and not left_set & right_set


def all_disjoint(table: Table, nodes: Sequence[Node]) -> bool:
    return all(disjoint(table, left, right) for index, left in enumerate(nodes) for right in nodes[:index])


def discriminated(table: Table, nodes: Sequence[Node]) -> bool:
    """Do all nodes require one key and pin it to constants of their own? One pass, however wide the union."""
    tags: dict[str, list[frozenset[Scalar]]] = {}
    for node in nodes:
        if table.possible_types(node) != OBJECT:
            return False
        parts = _parts(table, node)
        required = {part.args[0] for part in parts if part.op == REQUIRED}
        # One entry per node and key, even where the node speaks of the key twice.
        pinned: dict[str, frozenset[Scalar]] = {}
        for part in parts:
            constants = _listed(_parts(table, part.kids[0])) if part.op == PROPERTY else None
            if constants is not None and part.args[0] in required:
                pinned[part.args[0]] = constants
        for key, constants in pinned.items():
            tags.setdefault(key, []).append(constants)
    return any(
        len(sets) == len(nodes) and sum(map(len, sets)) == len(frozenset().union(*sets)) for sets in tags.values()
    )


def _parts(table: Table, node: Node) -> tuple[Node, ...]:
    if node.op == REF and node.args[0] in table.bodies:
        node = table.bodies[node.args[0]]
    return node.kids if node.op == AND else (node,)


def _listed(parts: tuple[Node, ...]) -> frozenset[Scalar] | None:
    return next((part.args[0] for part in parts if part.op == ENUM), None)
