"""Jinja2's filters that look into their value or hand it on; any other reads it and gives something new."""

from __future__ import annotations

from typing import Protocol

from jinja2 import nodes

from llmreg.formats.prompt.engines import _values
from llmreg.formats.prompt.engines._values import UNKNOWN, Ref, Value, attribute_steps, elements, joined
from llmreg.formats.prompt.needs import Step, StepKind


class Walk(Protocol):
    """What is needed of the walk over expressions."""

    def each(self, kind: StepKind = ...) -> Step: ...

    def value(self, node: nodes.Node | None, use: str = ..., *, soft: bool = ...) -> Value: ...

    def used(self, value: Value, how: tuple[str, int], *, soft: bool) -> Value: ...


def filtered(walk: Walk, node: nodes.Filter, use: str, *, soft: bool) -> Value:
    """The value after one filter; its attributes and arguments are noted."""
    name, line = node.name, node.lineno
    if name in ("default", "d"):
        inner = walk.value(node.node, use, soft=True)
        return joined((inner, *(walk.value(argument) for argument in node.args[:1])))
    if name in _values.UNCHANGED:
        return walk.value(node.node, use, soft=soft)
    arguments = [*node.args, *(pair.value for pair in node.kwargs)]
    for argument in arguments:
        walk.value(argument)
    lists = name in _values.SAME_LIST | _values.IN_LISTS | _values.WITH_ATTRIBUTE | _values.ONE_OF_LIST
    base = walk.value(node.node, "iterate" if lists else f"filter:{name}")
    if name in _values.PAIRS:
        return frozenset(Ref((*ref.path, walk.each(StepKind.VALUE)), 1) for ref in base)
    attribute = _attribute(node)
    if attribute is not None and name in _values.WITH_ATTRIBUTE:
        read = _read_attribute(walk, base, attribute, (line, _is_soft(node)))
        if name == "map":
            return frozenset(Ref(ref.path, 1) for ref in read)
    result = _result(walk, name, base)
    return walk.used(result, (use, line), soft=soft) if name in _values.ONE_OF_LIST else result


def _result(walk: Walk, name: str, base: Value) -> Value:
    if name in _values.SAME_LIST:
        return base
    if name in _values.ONE_OF_LIST:
        index = Step(StepKind.INDEX, "-1" if name == "last" else "0")
        return elements(base, index)
    if name in _values.IN_LISTS or name == "groupby":
        return frozenset(Ref(ref.path, 2) for ref in elements(base, walk.each()))
    return UNKNOWN


def _read_attribute(walk: Walk, base: Value, attribute: str, how: tuple[int, bool]) -> Value:
    """The needs of `attribute='a.b'` on every element."""
    line, soft = how
    read = elements(base, walk.each())
    walk.used(read, ("member", line), soft=False)
    steps = attribute_steps(attribute)
    for number, step in enumerate(steps, start=1):
        last = number == len(steps)
        read = frozenset(Ref((*ref.path, step)) for ref in read if not ref.depth)
        walk.used(read, ("read" if last else "member", line), soft=soft and last)
    return read


def _attribute(node: nodes.Filter) -> str | None:
    """The attribute that a filter is told to look at."""
    named = [pair.value for pair in node.kwargs if pair.key == "attribute"]
    first = node.args[0] if node.name in _values.ATTRIBUTE_FIRST and node.args else None
    chosen = named[0] if named else first
    return str(chosen.value) if isinstance(chosen, nodes.Const) and chosen.value is not None else None


def _is_soft(node: nodes.Filter) -> bool:
    """Whether an element without the attribute does no harm."""
    if any(pair.key == "default" for pair in node.kwargs):
        return True
    test = node.args[1] if node.name in ("selectattr", "rejectattr") and len(node.args) > 1 else None
    return isinstance(test, nodes.Const) and test.value in ("defined", "undefined", "none")
