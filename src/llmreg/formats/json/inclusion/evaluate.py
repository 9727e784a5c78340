"""Does a node hold for one given value? Three-valued: None means that an opaque part decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Final, TypeAlias

from llmreg.formats.json.inclusion import nodes as n
from llmreg.formats.json.inclusion.atoms import Atoms
from llmreg.formats.json.inclusion.nodes import Node, Unspelled, Value, identity, type_of

Truth: TypeAlias = bool | None


def evaluate(table: Atoms, node: Node, value: Value) -> Truth:
    op = node.op
    if node.guard:
        return True if node.guard != type_of(value) else _ATOMS[op](table, node, value)
    if op == n.TYPE:
        return bool(node.args[0] & type_of(value))
    if op == n.ENUM:
        return not isinstance(value, list | dict) and (type_of(value), value) in node.args[0]
    if op == n.REF:
        body = table.bodies.get(node.args[0])
        return None if body is None else evaluate(table, body, value)
    return _combined(table, node, value)


def _combined(table: Atoms, node: Node, value: Value) -> Truth:
    truths = (evaluate(table, kid, value) for kid in node.kids)
    if node.op == n.AND:
        return conjunction(truths)
    if node.op == n.OR:
        return _negated(conjunction(_negated(truth) for truth in truths))
    if node.op == n.NOT:
        return _negated(evaluate(table, node.kids[0], value))
    if node.op == n.ONE:
        return _counted(list(truths), 1, 1)
    return None if node.op == n.OPAQUE else node.op == n.TRUE


def conjunction(truths: Iterable[Truth]) -> Truth:
    result: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def _negated(truth: Truth) -> Truth:
    return None if truth is None else not truth


def _counted(truths: list[Truth], low: int, high: int | None) -> Truth:
    certain = sum(truth is True for truth in truths)
    possible = sum(truth is not False for truth in truths)
    if possible < low or (high is not None and certain > high):
        return False
    if certain >= low and (high is None or possible <= high):
        return True
    return None


def _spelled(value: Value) -> Truth:
    """Draft 4: whether an integral number is an integer depends on how it is written."""
    return None if isinstance(value, Unspelled) else isinstance(value, int)


def _bound(node: Node, value: Value) -> bool:
    limit, strict = node.args
    if not isinstance(value, int | Fraction) or value == limit:
        return not strict
    return bool(value > limit) if node.op == n.MIN else bool(value < limit)


def _size(node: Node, value: Value) -> bool:
    size = len(value) if isinstance(value, str | list | dict) else 0
    limit: int = node.args[0]
    return size >= limit if node.op in (n.MIN_LENGTH, n.MIN_ITEMS, n.MIN_PROPERTIES) else size <= limit


def _multiple(node: Node, value: Value) -> bool:
    return isinstance(value, int | Fraction) and value % node.args[0] == 0


def _pattern(table: Atoms, node: Node, value: Value) -> Truth:
    return matches(table, node.args[0], value) if isinstance(value, str) else True


def matches(table: Atoms, pattern: str, text: str) -> Truth:
    language = table.language(pattern)
    return None if language is None else language.matches(text)


def _array(table: Atoms, node: Node, value: Value) -> Truth:
    if not isinstance(value, list):
        return True
    if node.op == n.UNIQUE:
        return len({identity(item) for item in value}) == len(value)
    kid = node.kids[0]
    if node.op == n.ITEM:
        return evaluate(table, kid, value[node.args[0]]) if node.args[0] < len(value) else True
    if node.op == n.ITEMS:
        return conjunction(evaluate(table, kid, item) for item in value[node.args[0] :])
    truths = [evaluate(table, kid, item) for item in value]
    if node.op == n.AT_LEAST:
        return _counted(truths, node.args[0], None)
    return _counted(truths, 0, node.args[0])


def _object(table: Atoms, node: Node, value: Value) -> Truth:
    if not isinstance(value, dict):
        return True
    if node.op == n.REQUIRED:
        return node.args[0] in value
    kid = node.kids[0]
    if node.op == n.PROPERTY:
        return evaluate(table, kid, value[node.args[0]]) if node.args[0] in value else True
    if node.op == n.NAMES:
        return conjunction(evaluate(table, kid, key) for key in value)
    return conjunction(
        _negated(conjunction((covers(table, node, key), _negated(evaluate(table, kid, item)))))
        for key, item in value.items()
    )


def covers(table: Atoms, node: Node, key: str) -> Truth:
    """Does a `patternProperty` or `additional` atom speak about this key?"""
    if node.op == n.PATTERN_PROPERTY:
        return matches(table, node.args[0], key)
    names, patterns = node.args
    if key in names:
        return False
    return conjunction(_negated(matches(table, pattern, key)) for pattern in patterns)


_ATOMS: Final[dict[str, Callable[[Atoms, Node, Value], Truth]]] = {
    **dict.fromkeys((n.MIN, n.MAX), lambda _, node, value: _bound(node, value)),
    n.MULTIPLE: lambda _, node, value: _multiple(node, value),
    n.SPELLED: lambda _, __, value: _spelled(value),
    **dict.fromkeys(
        (n.MIN_LENGTH, n.MAX_LENGTH, n.MIN_ITEMS, n.MAX_ITEMS, n.MIN_PROPERTIES, n.MAX_PROPERTIES),
        lambda _, node, value: _size(node, value),
    ),
    n.PATTERN: _pattern,
    **dict.fromkeys((n.UNIQUE, n.ITEM, n.ITEMS, n.AT_LEAST, n.AT_MOST), _array),
    **dict.fromkeys((n.REQUIRED, n.PROPERTY, n.NAMES, n.PATTERN_PROPERTY, n.ADDITIONAL), _object),
}
