"""Recursive references that mean the same become one node, whatever they are called and whichever side they are on.

Greatest fixpoint: assume that all of them are equal, tell apart those whose bodies differ under the assumption,
repeat until nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

from llmreg.formats.json.budget import Budget
from llmreg.formats.json.inclusion import nodes as n
from llmreg.formats.json.inclusion.atoms import Atoms
from llmreg.formats.json.inclusion.nodes import Node

_HEAVY: Final = 500


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


def merge(table: Atoms, roots: tuple[Node, ...], budget: Budget) -> tuple[Node, ...]:
    """Rewrite the roots, and the bodies in the table, so that equal references are one node."""
    keys = _keys(table)
    if keys:
        classes = _Partition(table, keys, budget).classes if len(keys) > 1 else {}
        rewriter = _Rewriter(table, classes, budget)
        for key, merged in classes.items():
            table.bodies.setdefault(merged, rewriter.rewrite(table.bodies[key]))
        roots = tuple(rewriter.rewrite(root) for root in roots)
    return roots


class _Partition:
    """References that are not told apart yet share a class. Only what refers to something that has left its class is
    looked at again, and the most of a class keep its name, so the work is nearly linear."""

    def __init__(self, table: Atoms, keys: list[object], budget: Budget) -> None:
        self._table = table
        self._budget = budget
        self._run = len(table.bodies)
        start = _Class(self._run, 0)
        self.classes: dict[object, _Class] = dict.fromkeys(keys, start)
        self._count = 1
        self._signatures: dict[object, int] = {}
        self._groups: dict[_Class, dict[int, set[object]]] = {start: {}}
        users, heavy = _users(table, keys, budget)
        pending = set(self._refine(keys))
        dirty: set[object] = set()
        while pending or dirty:
            dirty.update(user for key in pending for user in users.get(key, ()))
            # A body that refers to almost everything is looked at when the others have settled.
            chosen = dirty - heavy or dirty
            dirty = dirty - chosen
            pending = set(self._refine(chosen))

    def _refine(self, keys: Iterable[object]) -> list[object]:
        """Sign these anew; the ones that left their class."""
        rewriter = _Rewriter(self._table, self.classes, self._budget)
        touched: dict[_Class, None] = {}
        for key in keys:
            signature = rewriter.rewrite(self._table.bodies[key]).id
            groups = self._groups[self.classes[key]]
            before = self._signatures.get(key)
            if signature == before:
                continue
            if before is not None:
                groups[before].discard(key)
            self._signatures[key] = signature
            groups.setdefault(signature, set()).add(key)
            touched[self.classes[key]] = None
        return [key for one in touched for key in self._split(one)]

    def _split(self, whole: _Class) -> list[object]:
        groups = {signature: members for signature, members in self._groups[whole].items() if members}
        kept = max(groups, key=lambda signature: len(groups[signature]))
        moved: list[object] = []
        for signature, members in groups.items():
            if signature == kept:
                continue
            new = _Class(self._run, self._count)
            self._count += 1
            self._groups[new] = {signature: members}
            self.classes.update(dict.fromkeys(members, new))
            moved += members
        self._groups[whole] = {kept: groups[kept]}
        return moved


def _users(table: Atoms, keys: list[object], budget: Budget) -> tuple[dict[object, list[object]], set[object]]:
    """Which bodies refer to a reference, and which bodies are large."""
    users: dict[object, list[object]] = {}
    heavy: set[object] = set()
    for key in keys:
        stack, seen = [table.bodies[key]], set[Node]()
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            budget.watch()
            if node.op == n.REF:
                users.setdefault(node.args[0], []).append(key)
            stack.extend(node.kids)
        if len(seen) > _HEAVY:
            heavy.add(key)
    return users, heavy


class _Rewriter:
    def __init__(self, table: Atoms, classes: dict[object, _Class], budget: Budget) -> None:
        self.table = table
        self.classes = classes
        self.budget = budget
        self._done: dict[Node, Node] = {}

    def rewrite(self, node: Node) -> Node:
        known = self._done.get(node)
        if known is None:
            known = self._done[node] = self._rewrite(node)
        return known

    def _rewrite(self, node: Node) -> Node:
        if node.op == n.REF:
            return self.table.reference(self.classes.get(node.args[0], node.args[0]))
        self.budget.watch()
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
