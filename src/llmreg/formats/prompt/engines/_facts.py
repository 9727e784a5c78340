"""What a Jinja2 condition makes sure of, when it holds and when it does not.

Under `StrictUndefined` a condition that asks for the truth of an absent value raises, so whatever follows it may rely
on the value; under Jinja2's own undefined an absent value is false.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from llmreg.formats.prompt.needs import StepKind

if TYPE_CHECKING:
    from jinja2 import nodes


Known = tuple[tuple[StepKind, str], ...]
Facts = Mapping[Known, frozenset[str]]
NOTHING: Facts = {}
_TRUE = frozenset("dnt")
_KEEP_TRUTH = frozenset({"default", "d", "length", "count", "trim"})  # filters: true only of what is true itself
_TYPES = frozenset({"string", "mapping", "iterable", "sequence", "number", "boolean", "integer", "float", "callable"})


def both(one: Facts, other: Facts) -> Facts:
    """All that either knows."""
    return {key: one.get(key, frozenset()) | other.get(key, frozenset()) for key in {**one, **other}}


def either(one: Facts, other: Facts) -> Facts:
    """What both know."""
    return {key: one[key] & other[key] for key in one if key in other}


def facts(condition: nodes.Node, known: Callable[[nodes.Node], Known | None]) -> tuple[Facts, Facts]:
    """(what holds where the condition is true, where it is false). `known` gives the one path of an expression."""
    from jinja2 import nodes

    match condition:
        case nodes.Not():
            return facts(condition.node, known)[::-1]
        case nodes.And():
            left, right = facts(condition.left, known), facts(condition.right, known)
            return both(left[0], right[0]), either(left[1], right[1])
        case nodes.Or():
            left, right = facts(condition.left, known), facts(condition.right, known)
            return either(left[0], right[0]), both(left[1], right[1])
        case nodes.Test():
            return _of_test(condition, known(condition.node))
        case nodes.Compare() if len(condition.ops) == 1:
            return _of_compare(condition.expr, condition.ops[0], known)
        case nodes.Filter() if condition.node is not None and condition.name in _KEEP_TRUTH:
            place = known(condition.node)
            sure = place is not None and (condition.name not in ("default", "d") or _falsy_default(condition))
            return ({place: _TRUE}, NOTHING) if place is not None and sure else (NOTHING, NOTHING)
    place = known(condition)
    return ({place: _TRUE}, NOTHING) if place is not None else (NOTHING, NOTHING)


def _of_test(test: nodes.Test, place: Known | None) -> tuple[Facts, Facts]:
    if place is None:
        return NOTHING, NOTHING
    if test.name == "defined":
        return {place: frozenset("d")}, NOTHING
    if test.name == "undefined":
        return NOTHING, {place: frozenset("d")}
    if test.name == "none":
        return {place: frozenset("d")}, {place: frozenset("n")}
    if test.name in _TYPES:
        return {place: frozenset("dny")}, {place: frozenset("y")}
    if test.name in ("true", "eq", "equalto", "==", "in"):
        return {place: frozenset("dn")}, NOTHING
    return NOTHING, NOTHING


def _of_compare(
    left: nodes.Node, operand: nodes.Operand, known: Callable[[nodes.Node], Known | None]
) -> tuple[Facts, Facts]:
    from jinja2 import nodes

    place = known(left)
    constant = operand.expr.value if isinstance(operand.expr, nodes.Const) else ...
    if operand.op in ("in", "notin") and isinstance(left, nodes.Const) and isinstance(left.value, str):
        holder = known(operand.expr)
        if holder is None:
            return NOTHING, NOTHING
        inside: Facts = {(*holder, (StepKind.KEY, left.value)): frozenset("d")}
        return (inside, NOTHING) if operand.op == "in" else (NOTHING, inside)
    if place is None:
        return NOTHING, NOTHING
    if operand.op == "ne" and constant is None:
        return {place: frozenset("n")}, {place: frozenset("d")}
    if operand.op == "eq" and constant is None:
        return {place: frozenset("d")}, {place: frozenset("n")}
    if operand.op == "ne":
        return NOTHING, {place: frozenset("dn")}
    return {place: frozenset("dn")}, NOTHING


def _falsy_default(call: nodes.Filter) -> bool:
    from jinja2 import nodes

    if not call.args:
        return True
    first = call.args[0]
    empty = isinstance(first, (nodes.List, nodes.Tuple, nodes.Dict)) and not getattr(first, "items", None)
    return empty or (isinstance(first, nodes.Const) and not first.value)
