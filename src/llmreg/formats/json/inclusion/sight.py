"""What a conjunction implies at sight: most of a reader that was edited in one place says what the writer says.

Pairs that meet at a reference are assumed to hold until one of them is seen to fail; then whatever leaned on it is
looked at again. What is left is the greatest set of pairs that support each other, which is sound: values are finite,
and a pair can only come back below a step down the document, because in-place cycles are refused before any search.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from llmreg.formats.json.budget import Budget
from llmreg.formats.json.inclusion import nodes as n
from llmreg.formats.json.inclusion.atoms import Atoms
from llmreg.formats.json.inclusion.nodes import Node

_MONOTONE: Final = frozenset((n.PROPERTY, n.PATTERN_PROPERTY, n.ADDITIONAL, n.ITEM, n.ITEMS, n.NAMES))
_UPPER: Final = frozenset((n.MAX_LENGTH, n.MAX_ITEMS, n.MAX_PROPERTIES))
_LOWER: Final = frozenset((n.MIN_LENGTH, n.MIN_ITEMS, n.MIN_PROPERTIES))
_MOST_PAIRS: Final = 50_000
_Pair = tuple[Node, Node]


class _Said(NamedTuple):
    """The conjuncts of a node with its references followed, and what all of them together say of each child."""

    parts: dict[Node, None]
    children: dict[tuple[str, tuple[Any, ...]], Node]
    by_kind: dict[str, list[Node]]


class Sight:
    """Remembers what it has seen of one table."""

    def __init__(self, table: Atoms, budget: Budget | None = None) -> None:
        self._table = table
        self._budget = budget or Budget(math.inf, 0)
        self._said: dict[Node, _Said] = {}
        # Pairs whatever is assumed, and those under what the pair at hand leans on.
        self._certain: dict[_Pair, bool] = {}
        self._passing: dict[_Pair, bool] = {}
        self._stands: dict[_Pair, bool] = {}
        self._queue: list[_Pair] = []
        self._users: dict[_Pair, set[_Pair]] = {}
        self._current: _Pair = (table.true, table.true)
        self._leaned = 0

    def rest(self, writer: Node, node: Node) -> Node:
        """What is left to prove of `node`, given `writer`."""
        if node.op != n.AND:
            return self._table.true if self.implies(writer, node) else node
        return self._table.all_of([kid for kid in node.kids if not self.implies(writer, kid)])

    def implies(self, writer: Node, node: Node) -> bool:
        """Whether every value of `writer` surely satisfies `node`; False says nothing."""
        if writer is node or node.op == n.TRUE:
            return True
        self._assume((writer, node))
        try:
            self._settle()
        except BaseException:
            # What was assumed and never looked into must not pass for proved.
            self._certain, self._stands, self._queue, self._users = {}, {}, [], {}
            raise
        return self._stands[writer, node]

    def _settle(self) -> None:
        while self._queue:
            pair = self._queue.pop()
            if not self._stands[pair]:
                continue
            self._current, self._passing = pair, {}
            if not self._judge(*pair):
                self._stands[pair] = False
                self._queue += self._users.pop(pair, ())

    def _assume(self, pair: _Pair) -> bool:
        if pair not in self._stands:
            self._stands[pair] = True
            self._queue.append(pair)
        return self._stands[pair]

    def _look(self, left: Node, right: Node) -> bool:
        if left is right or right.op == n.TRUE:
            return True
        pair = (left, right)
        known = self._certain.get(pair)
        if known is None:
            known = self._passing.get(pair)
        if known is not None:
            return known
        self._budget.watch()
        if right.op == n.REF:
            return self._lean(pair)
        before = self._leaned
        result = self._judge(left, right)
        # What fails now fails later, too: assumptions are only ever withdrawn.
        memory = self._passing if result and self._leaned != before else self._certain
        memory[pair] = result
        return result

    def _lean(self, pair: _Pair) -> bool:
        if pair[1] in self._of(pair[0]).parts:
            return True
        if len(self._stands) > _MOST_PAIRS or not self._assume(pair):
            return False
        self._leaned += 1
        self._users.setdefault(pair, set()).add(self._current)
        return True

    def _judge(self, left: Node, right: Node) -> bool:
        if right.op == n.REF:
            body = self._table.bodies.get(right.args[0])
            return right in self._of(left).parts or (body is not None and self._look(left, body))
        if right.op == n.AND:
            return all(self._look(left, kid) for kid in right.kids)
        types = self._table.possible_types(left)
        if not types or (right.guard and not types & right.guard):
            return True
        if right.op == n.TYPE:
            return not types & ~right.args[0]
        said = self._of(left)
        if right in said.parts:
            return True
        if left.op == n.OR:
            return all(self._look(kid, right) for kid in left.kids)
        if right.op == n.OR:
            return any(self._look(left, kid) for kid in right.kids)
        return self._atom(said, right)

    def _atom(self, said: _Said, right: Node) -> bool:
        op = right.op
        if op == n.ENUM:
            return any(part.args[0] <= right.args[0] for part in said.by_kind.get(op, ()))
        if op in _UPPER:
            return any(part.args[0] <= right.args[0] for part in said.by_kind.get(op, ()))
        if op in _LOWER:
            return any(part.args[0] >= right.args[0] for part in said.by_kind.get(op, ()))
        if op not in _MONOTONE:
            return False
        return any(self._look(child, right.kids[0]) for child in self._children(said, right)) or (
            op == n.ADDITIONAL and any(self._left_over(said, part, right) for part in said.by_kind.get(op, ()))
        )

    def _children(self, said: _Said, right: Node) -> Iterator[Node]:
        """What the left side says, in one breath, of everything that `right` speaks about."""
        child = said.children.get((right.op, right.args))
        if child is not None:
            yield child
        elif right.op == n.PROPERTY:
            for part in said.by_kind.get(n.ADDITIONAL, ()):
                if not part.args[1] and right.args[0] not in part.args[0]:
                    yield part.kids[0]
        elif right.op in (n.ITEM, n.ITEMS):
            yield from (part.kids[0] for part in said.by_kind.get(n.ITEMS, ()) if part.args[0] <= right.args[0])

    def _left_over(self, said: _Said, part: Node, right: Node) -> bool:
        """The same patterns, and every key that only the left side names is spoken of well enough there."""
        if part.args[1] != right.args[1] or not self._look(part.kids[0], right.kids[0]):
            return False
        known = set(right.args[0])
        children = (said.children.get((n.PROPERTY, (key,))) for key in part.args[0] if key not in known)
        return all(child is not None and self._look(child, right.kids[0]) for child in children)

    def _of(self, left: Node) -> _Said:
        known = self._said.get(left)
        if known is None:
            known = self._said[left] = self._collect(left)
        return known

    def _collect(self, left: Node) -> _Said:
        said = _Said({}, {}, {})
        stack = [left]
        while stack:
            part = stack.pop()
            if part.op == n.AND:
                stack += part.kids
                continue
            if part in said.parts:
                continue
            said.parts[part] = None
            said.by_kind.setdefault(part.op, []).append(part)
            if part.op == n.REF and part.args[0] in self._table.bodies:
                stack.append(self._table.bodies[part.args[0]])
            elif part.op in _MONOTONE:
                before = said.children.get((part.op, part.args))
                kid = part.kids[0]
                said.children[part.op, part.args] = kid if before is None else self._table.all_of((before, kid))
        return said
