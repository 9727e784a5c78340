"""Recursive references that mean the same become one node, whatever they are called and whichever side they are on.

Greatest fixpoint: assume that all of them are equal, tell apart those whose bodies differ under the assumption,
repeat until nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from llmreg.formats.json.inclusion import nodes as n
from llmreg.formats.json.inclusion.atoms import Atoms
from llmreg.formats.json.inclusion.nodes import Node


class _Class(NamedTuple):
    """Names the references that one run of `merge` found to mean the same."""

    run: int
    number: int


def in_place_cycle(table: Atoms) -> Any:
    """The key of a reference that leads back to itself without a step down the document, if there is one."""
    done: set[object] = set()
    for start in _keys(table):
        stack: list[tuple[object, Iterator[object]]] = [(start, _in_place(table, start))]
        path = {start}
        while stack:
            key, pending = stack[-1]
            following = next(pending, None)
            if following is None:
                stack.pop()
                path.discard(key)
                done.add(key)
            elif following in path:
                return following
            elif following not in done:
                path.add(following)
                stack.append((following, _in_place(table, following)))
    return None


def _keys(table: Atoms) -> list[object]:
    """The references as they were read."""
    return [key for key in table.bodies if not isinstance(key, _Class)]


def _in_place(table: Atoms, key: object) -> Iterator[object]:
    stack = [table.bodies[key]]
    seen: set[Node] = set()
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.op == n.REF:
            yield node.args[0]
        elif node.op in (n.AND, n.OR, n.NOT, n.ONE):
            stack.extend(node.kids)


def merge(table: Atoms, roots: tuple[Node, ...]) -> tuple[Node, ...]:
    """Rewrite the roots, and the bodies in the table, so that equal references are one node."""
    keys = _keys(table)
    if len(keys) < 2:
        return roots
    run = len(table.bodies)
    classes = {key: _Class(run, 0) for key in keys}
    for _ in keys:
        rewriter = _Rewriter(table, classes)
        signatures: dict[tuple[_Class, int], _Class] = {}
        refined = {
            key: signatures.setdefault(
                (classes[key], rewriter.rewrite(table.bodies[key]).id), _Class(run, len(signatures))
            )
            for key in keys
        }
        if len(set(refined.values())) == len(set(classes.values())):
            break
        classes = refined
    rewriter = _Rewriter(table, classes)
    for key, merged in classes.items():
        table.bodies.setdefault(merged, rewriter.rewrite(table.bodies[key]))
    return tuple(rewriter.rewrite(root) for root in roots)


class _Rewriter:
    def __init__(self, table: Atoms, classes: dict[object, _Class]) -> None:
        self.table = table
        self.classes = classes
        self._done: dict[Node, Node] = {}

    def rewrite(self, node: Node) -> Node:
        known = self._done.get(node)
        if known is None:
            known = self._done[node] = self._rewrite(node)
        return known

    def _rewrite(self, node: Node) -> Node:
        if node.op == n.REF:
            return self.table.reference(self.classes[node.args[0]])
        if not node.kids:
            return node
        kids = [self.rewrite(kid) for kid in node.kids]
        if all(new is old for new, old in zip(kids, node.kids, strict=True)):
            return node
        return self._rebuild(node, kids)

    def _rebuild(self, node: Node, kids: list[Node]) -> Node:
        table = self.table
        if node.op in (n.AND, n.OR):
            return table.all_of(kids) if node.op == n.AND else table.any_of(kids)
        if node.op == n.ONE:
            return table.exactly_one(kids)
        if node.op == n.NOT:
            return table.negate(kids[0])
        makers: dict[str, Callable[..., Node]] = {
            n.ITEM: table.item,
            n.ITEMS: table.items,
            n.AT_LEAST: table.contains_least,
            n.AT_MOST: table.contains_most,
            n.PROPERTY: table.property,
            n.PATTERN_PROPERTY: table.pattern_property,
            n.ADDITIONAL: table.additional,
            n.NAMES: table.names,
        }
        return makers[node.op](*node.args, kids[0])
