"""What is left of a node once the type of the value is known."""

from __future__ import annotations

from llmreg.formats.json.inclusion import nodes as n
from llmreg.formats.json.inclusion.atoms import Atoms
from llmreg.formats.json.inclusion.nodes import Node


def restrict(table: Atoms, node: Node, kind: int) -> Node:
    """Equivalent to `node` on values of type `kind`, free of `type` and of atoms of other types."""
    if node.guard:
        return node if node.guard == kind else table.true
    if node.restricted is None:
        node.restricted = {}
    known = node.restricted.get(kind)
    if known is None:
        known = node.restricted[kind] = _restrict(table, node, kind)
        if known.restricted is None:
            known.restricted = {}
        known.restricted[kind] = known
    return known


def _restrict(table: Atoms, node: Node, kind: int) -> Node:
    op = node.op
    if op == n.TYPE:
        return table.true if node.args[0] & kind else table.false
    if op == n.ENUM:
        chosen = [scalar for scalar in node.args[0] if scalar[0] == kind]
        return table.enum(chosen) if chosen else table.false
    if op == n.AND:
        return table.all_of([restrict(table, kid, kind) for kid in node.kids])
    if op == n.OR:
        return table.any_of([restrict(table, kid, kind) for kid in node.kids])
    if op == n.ONE:
        # It may collapse into a negation, which has its own form within the type.
        result = table.exactly_one([restrict(table, kid, kind) for kid in node.kids])
        return result if result.op == n.ONE else restrict(table, result, kind)
    if op == n.NOT:
        return _restrict_negation(table, node, kind)
    return node


def _restrict_negation(table: Atoms, node: Node, kind: int) -> Node:
    atom = node.kids[0]
    if not atom.guard:
        inner = restrict(table, atom, kind)
        return node if inner is atom else restrict(table, table.negate(inner), kind)
    if atom.guard != kind:
        return table.false
    return _positive_form(table, atom) or node


def _positive_form(table: Atoms, atom: Node) -> Node | None:
    """The negation of an atom, within its own type, as an atom; None where there is no such atom."""
    op = atom.op
    if op in (n.MIN, n.MAX):
        turned = table.greatest if op == n.MIN else table.least
        return turned(atom.args[0], strict=not atom.args[1])
    if op in (n.MIN_LENGTH, n.MIN_ITEMS, n.MIN_PROPERTIES):
        return table.at_most_size(op.replace("min", "max"), atom.args[0] - 1)
    if op in (n.MAX_LENGTH, n.MAX_ITEMS, n.MAX_PROPERTIES):
        return table.at_least_size(op.replace("max", "min"), atom.args[0] + 1)
    return _positive_structure(table, atom)


def _positive_structure(table: Atoms, atom: Node) -> Node | None:
    op = atom.op
    if op == n.AT_LEAST:
        return table.contains_most(atom.args[0] - 1, atom.kids[0])
    if op == n.AT_MOST:
        return table.contains_least(atom.args[0] + 1, atom.kids[0])
    if op == n.REQUIRED:
        return table.absent(atom.args[0])
    if op == n.PROPERTY and atom.kids[0].op == n.FALSE:
        return table.required(atom.args[0])
    return None
