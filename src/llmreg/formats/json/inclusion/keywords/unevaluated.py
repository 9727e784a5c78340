"""`unevaluatedProperties` and `unevaluatedItems`, by a static split on which in-place branches hold.

Key by key: a known name is evaluated where a branch that declares it holds. So the size grows with the number of
declarations, not with the number of combinations of branches.
"""

from __future__ import annotations

from itertools import combinations
from typing import Final

from llmreg.formats.json.dialects import LEGACY
from llmreg.formats.json.inclusion import nodes as n
from llmreg.formats.json.inclusion.inplace import InPlaceError, Part, parts
from llmreg.formats.json.inclusion.nodes import Node
from llmreg.formats.json.inclusion.places import Place
from llmreg.formats.json.inclusion.reading import Assertion, Keyword, Reading, Schema, inner

_LOOSE_PATTERNS: Final = 4
_CONTAINS_EVALUATES: Final = ("2020-12",)
_DISPUTE: Final = "validators let `contains` evaluate items in 2019-09, the specification does not"
Conditions = dict[str, list[Node]]


def _unevaluated_properties(reading: Reading, place: Place, _: Schema) -> list[Assertion]:
    return _read(reading, place, "unevaluatedProperties")


def _unevaluated_items(reading: Reading, place: Place, _: Schema) -> list[Assertion]:
    return _read(reading, place, "unevaluatedItems")


def _read(reading: Reading, place: Place, keyword: str) -> list[Assertion]:
    node = reading.node(inner(reading, place, keyword))
    try:
        found = parts(reading, place) if node.op != n.TRUE else []
        build = _properties if keyword == "unevaluatedProperties" else _items
        result = build(reading, found, node) if found else reading.table.true
    except InPlaceError as refused:
        pointer = f"{place.pointer}/{keyword}"
        kind = n.OBJECT if keyword == "unevaluatedProperties" else n.ARRAY
        reason = ("unsupported-keyword", f"{keyword}: {refused}", pointer)
        result = reading.table.guarded(kind, reading.opaque((place.key, keyword), reason))
    return [Assertion(keyword, "", result)]


def _properties(reading: Reading, found: list[Part], node: Node) -> Node:
    table = reading.table
    names, patterns, everything = declared(found, own=False)
    loose = {pattern: conditions for pattern, conditions in patterns.items() if table.true not in conditions}
    if len(loose) > _LOOSE_PATTERNS or any(table.language(pattern) is None for pattern in patterns):
        raise InPlaceError("patterns that depend on a branch")
    sure = [pattern for pattern in patterns if pattern not in loose]
    out: list[Node] = []
    for name, conditions in names.items():
        matching = [pattern for pattern in patterns if _matches(reading, pattern, name)]
        evaluated = [*conditions, *(condition for pattern in matching for condition in patterns[pattern])]
        out.append(table.any_of([table.property(name, node), *evaluated]))
    for size in range(len(loose) + 1):
        for absent in combinations(loose, size):
            held = [pattern for pattern in loose if pattern not in absent]
            conditions = [condition for pattern in absent for condition in loose[pattern]]
            out.append(table.any_of([*conditions, table.additional(names, [*sure, *held], node)]))
    return table.any_of([*everything, table.all_of(out)])


def _matches(reading: Reading, pattern: str, name: str) -> bool:
    language = reading.table.language(pattern)
    return language is not None and language.matches(name)


def declared(found: list[Part], *, own: bool) -> tuple[Conditions, Conditions, list[Node]]:
    """Names, patterns, and where every key is spoken of, each with the conditions of the parts that do.

    `own`: does the first part's own `unevaluatedProperties` count?
    """
    names: Conditions = {}
    patterns: Conditions = {}
    everything: list[Node] = []
    for index, part in enumerate(found):
        for keyword, table in (("properties", names), ("patternProperties", patterns)):
            listed = in_force(part.place, keyword)
            for key in listed if isinstance(listed, dict) else ():
                table.setdefault(key, []).append(part.condition)
        catch_all = ("additionalProperties", "unevaluatedProperties") if index or own else ("additionalProperties",)
        if any(in_force(part.place, keyword) is not None for keyword in catch_all):
            everything.append(part.condition)
    return names, patterns, everything


def in_force(place: Place, keyword: str) -> object:
    """A keyword's value where the place's draft knows it and no reference overrides it."""
    schema = place.value
    if not isinstance(schema, dict):
        return None
    legacy = place.draft in LEGACY
    if legacy and ("$ref" in schema or keyword.startswith("unevaluated")):
        return None
    return schema.get(keyword)


def _items(reading: Reading, found: list[Part], node: Node) -> Node:
    """In 2019-09 `contains` evaluates no item by the specification (core, §9.3.1.3), but the validators in use let it,
    as 2020-12 does. So the validators' reading holds for sure, and the stricter one if one shared unknown fails: a
    verdict is certain where both readings agree, and equal uses are equal in both."""
    table = reading.table
    strict = _items_read(reading, found, node, _CONTAINS_EVALUATES)
    if not any(part.place.draft == "2019-09" and in_force(part.place, "contains") is not None for part in found):
        return strict
    table.obstacles[_DISPUTE] = ("unsupported-keyword", f"unevaluatedItems: {_DISPUTE}", "")
    either = table.any_of((strict, table.opaque(_DISPUTE)))
    return table.all_of((_items_read(reading, found, node, (*_CONTAINS_EVALUATES, "2019-09")), either))


def _items_read(reading: Reading, found: list[Part], node: Node, contains_evaluates: tuple[str, ...]) -> Node:
    """`contains_evaluates`: the drafts in which an item that `contains` finds is evaluated."""
    table = reading.table
    lengths: list[tuple[Node, int]] = []
    everything: list[Node] = []
    also: list[tuple[Node, Node]] = []
    for index, part in enumerate(found):
        prefix, rest = _evaluated_items(part.place, nested=index > 0)
        lengths.append((part.condition, prefix))
        if rest:
            everything.append(part.condition)
        if part.place.draft in contains_evaluates and in_force(part.place, "contains") is not None:
            also.append((part.condition, reading.node(inner(reading, part.place, "contains"))))
    node = table.any_of([node, *(kid for condition, kid in also if condition.op == n.TRUE)])
    loose = [pair for pair in also if pair[0].op != n.TRUE]
    if len(loose) > _LOOSE_PATTERNS:
        raise InPlaceError("contains in many branches")
    cases: list[Node] = []
    for size in range(len(loose) + 1):
        for absent in combinations(loose, size):
            admitted = [node, *(kid for condition, kid in loose if (condition, kid) not in absent)]
            case = _positions(reading, lengths, table.any_of(admitted))
            cases.append(table.any_of([case, *(condition for condition, _ in absent)]))
    return table.any_of([*everything, table.all_of(cases)])


def _positions(reading: Reading, lengths: list[tuple[Node, int]], node: Node) -> Node:
    table = reading.table
    longest = max(length for _, length in lengths)
    out = [table.items(longest, node)]
    for index in range(longest):
        conditions = [condition for condition, length in lengths if length > index]
        out.append(table.any_of([table.item(index, node), *conditions]))
    return table.all_of(out)


def _evaluated_items(place: Place, *, nested: bool) -> tuple[int, bool]:
    """How many leading items the schema speaks of, and whether it speaks of all."""
    items, prefix = in_force(place, "items"), in_force(place, "prefixItems")
    if nested and in_force(place, "unevaluatedItems") is not None:
        return 0, True
    if place.draft == "2020-12":
        return (len(prefix) if isinstance(prefix, list) else 0), items is not None
    if isinstance(items, list):
        return len(items), in_force(place, "additionalItems") is not None
    return 0, items is not None


UNEVALUATED: Final[dict[str, Keyword]] = {
    "unevaluatedProperties": _unevaluated_properties,
    "unevaluatedItems": _unevaluated_items,
}
