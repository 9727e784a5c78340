"""When do the conjuncts of the left side include one atom? One rule per atom; a missing rule is no answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Protocol, TypeAlias

from llmreg.formats.json.budget import Budget
from llmreg.formats.json.inclusion import nodes as n
from llmreg.formats.json.inclusion.atoms import Atoms
from llmreg.formats.json.inclusion.evaluate import covers
from llmreg.formats.json.inclusion.nodes import Node
from llmreg.formats.json.regex import disjoint, included


class Prover(Protocol):
    table: Atoms
    budget: Budget

    def includes(self, left: Node, right: Node) -> bool: ...
    def all_of_includes(self, nodes: Iterable[Node], right: Node) -> bool: ...


Parts: TypeAlias = tuple[Node, ...]


def _lower(_: Prover, left: Parts, right: Node) -> bool:
    limit = (right.args[0], right.args[1])
    return any(part.op == n.MIN and (part.args[0], part.args[1]) >= limit for part in left)


def _upper(_: Prover, left: Parts, right: Node) -> bool:
    limit = (-right.args[0], right.args[1])
    return any(part.op == n.MAX and (-part.args[0], part.args[1]) >= limit for part in left)


def _multiple(_: Prover, left: Parts, right: Node) -> bool:
    steps = [part.args[0] if part.op == n.MULTIPLE else 1 for part in left if part.op in (n.MULTIPLE, n.SPELLED)]
    return any(step % right.args[0] == 0 for step in steps)


def _at_least(_: Prover, left: Parts, right: Node) -> bool:
    return any(part.op == right.op and part.args[0] >= right.args[0] for part in left)


def _at_most(_: Prover, left: Parts, right: Node) -> bool:
    return any(part.op == right.op and part.args[0] <= right.args[0] for part in left)


def _pattern(prover: Prover, left: Parts, right: Node) -> bool:
    wanted = prover.table.language(right.args[0])
    mine = [prover.table.language(part.args[0]) for part in left if part.op == n.PATTERN]
    return wanted is not None and any(
        language is not None and included(language, wanted, prover.budget) for language in mine
    )


def _longest(left: Parts) -> int | None:
    return min((part.args[0] for part in left if part.op == n.MAX_ITEMS), default=None)


def _at_index(left: Parts, index: int) -> list[Node]:
    fixed = [part.kids[0] for part in left if part.op == n.ITEM and part.args[0] == index]
    return fixed + [part.kids[0] for part in left if part.op == n.ITEMS and part.args[0] <= index]


def _item(prover: Prover, left: Parts, right: Node) -> bool:
    longest = _longest(left)
    if longest is not None and longest <= right.args[0]:
        return True
    return prover.all_of_includes(_at_index(left, right.args[0]), right.kids[0])


def _items(prover: Prover, left: Parts, right: Node) -> bool:
    """Every position of its own up to where all positions are alike, then one of those."""
    ends = [part.args[0] + (part.op == n.ITEM) for part in left if part.op in (n.ITEM, n.ITEMS)]
    start, alike, longest = right.args[0], max([right.args[0], *ends]), _longest(left)
    stop = alike + 1 if longest is None else min(alike + 1, longest)
    return stop - start <= 64 and all(
        prover.all_of_includes(_at_index(left, index), right.kids[0]) for index in range(start, stop)
    )


def _contains_least(prover: Prover, left: Parts, right: Node) -> bool:
    return any(
        part.op == n.AT_LEAST and part.args[0] >= right.args[0] and prover.includes(part.kids[0], right.kids[0])
        for part in left
    )


def _contains_most(prover: Prover, left: Parts, right: Node) -> bool:
    return any(
        part.op == n.AT_MOST and part.args[0] <= right.args[0] and prover.includes(right.kids[0], part.kids[0])
        for part in left
    )


def _of_key(prover: Prover, left: Parts, key: str) -> list[Node]:
    """What the left side certainly says about the value of one key."""
    out = [part.kids[0] for part in left if part.op == n.PROPERTY and part.args[0] == key]
    spreading = [part for part in left if part.op in (n.PATTERN_PROPERTY, n.ADDITIONAL)]
    return out + [part.kids[0] for part in spreading if covers(prover.table, part, key) is True]


def _property(prover: Prover, left: Parts, right: Node) -> bool:
    return prover.all_of_includes(_of_key(prover, left, right.args[0]), right.kids[0])


def _known_keys(left: Parts) -> set[str]:
    keys = {part.args[0] for part in left if part.op == n.PROPERTY}
    return keys.union(*(part.args[0] for part in left if part.op == n.ADDITIONAL))


def _known_hold(prover: Prover, left: Parts, right: Node) -> bool:
    """The keys that the left side names and `right` may speak about."""
    keys = [key for key in _known_keys(left) if covers(prover.table, right, key) is not False]
    return all(prover.all_of_includes(_of_key(prover, left, key), right.kids[0]) for key in keys)


def _pattern_property(prover: Prover, left: Parts, right: Node) -> bool:
    mine = prover.table.language(right.args[0])
    if mine is None:
        return False
    always: list[Node] = []
    for part in left:
        if part.op == n.PATTERN_PROPERTY:
            other = prover.table.language(part.args[0])
            if other is not None and included(mine, other, prover.budget):
                always.append(part.kids[0])
        elif part.op == n.ADDITIONAL:
            others = [prover.table.language(pattern) for pattern in part.args[1]]
            if all(other is not None and disjoint(mine, other, prover.budget) for other in others):
                always.append(part.kids[0])
    return prover.all_of_includes(always, right.kids[0]) and _known_hold(prover, left, right)


def _additional(prover: Prover, left: Parts, right: Node) -> bool:
    """Keys that `right` speaks about are named on the left, matched by a left pattern, or left over there too."""
    patterns = right.args[1]
    for part in left:
        if part.op == n.ADDITIONAL and prover.includes(part.kids[0], right.kids[0]):
            between = [pattern for pattern in part.args[1] if pattern not in patterns]
            if all(_matched_hold(prover, left, pattern, right.kids[0]) for pattern in between):
                return _known_hold(prover, left, right)
    return False


def _matched_hold(prover: Prover, left: Parts, pattern: str, node: Node) -> bool:
    said = [part.kids[0] for part in left if part.op == n.PATTERN_PROPERTY and part.args[0] == pattern]
    return prover.all_of_includes(said, node)


def _names(prover: Prover, left: Parts, right: Node) -> bool:
    said = [part.kids[0] for part in left if part.op == n.NAMES]
    return prover.all_of_includes([prover.table.types(n.STRING), *said], right.kids[0])


def _min_properties(_: Prover, left: Parts, right: Node) -> bool:
    required = sum(part.op == n.REQUIRED for part in left)
    return required >= right.args[0] or _at_least(_, left, right)


ATOM_RULES: Final[dict[str, Callable[[Prover, Parts, Node], bool]]] = {
    n.MIN: _lower,
    n.MAX: _upper,
    n.MULTIPLE: _multiple,
    n.MIN_LENGTH: _at_least,
    n.MIN_ITEMS: _at_least,
    n.MIN_PROPERTIES: _min_properties,
    n.MAX_LENGTH: _at_most,
    n.MAX_ITEMS: _at_most,
    n.MAX_PROPERTIES: _at_most,
    n.PATTERN: _pattern,
    n.ITEM: _item,
    n.ITEMS: _items,
    n.AT_LEAST: _contains_least,
    n.AT_MOST: _contains_most,
    n.PROPERTY: _property,
    n.PATTERN_PROPERTY: _pattern_property,
    n.ADDITIONAL: _additional,
    n.NAMES: _names,
}
