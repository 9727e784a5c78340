"""References and the keywords that combine schemas in place."""

from __future__ import annotations

from typing import Final

from llmreg.formats.json.inclusion.nodes import Node
from llmreg.formats.json.inclusion.places import Place
from llmreg.formats.json.inclusion.reading import (
    Assertion,
    Below,
    Keyword,
    Reading,
    Schema,
    each,
    inner,
    list_of,
    text_of,
)


def _same(node: Node) -> Node:
    return node


def _pointing(reading: Reading, place: Place, keyword: str, target: Place | None) -> list[Assertion]:
    if target is None:
        reason = "unsupported-keyword" if keyword in ("$dynamicRef", "$recursiveRef") else "remote-ref"
        message = f"{keyword} {place.value[keyword]!r} cannot be resolved" if isinstance(place.value, dict) else ""
        pointer = f"{place.pointer}/{keyword}"
        return [Assertion(keyword, "", reading.opaque((place.key, keyword), (reason, message, pointer)))]
    return [Assertion(keyword, "", reading.target(target), Below(target, None, _same))]


def _ref(reading: Reading, place: Place, schema: Schema) -> list[Assertion]:
    base = reading.references.base_of(place)
    return _pointing(reading, place, "$ref", reading.references.resolve(base, text_of(schema["$ref"])))


def _dynamic_ref(reading: Reading, place: Place, schema: Schema) -> list[Assertion]:
    base = reading.references.base_of(place)
    target = reading.references.resolve_dynamic(base, text_of(schema["$dynamicRef"]))
    return _pointing(reading, place, "$dynamicRef", target)


def _recursive_ref(reading: Reading, place: Place, _: Schema) -> list[Assertion]:
    base = reading.references.base_of(place)
    return _pointing(reading, place, "$recursiveRef", reading.references.resolve_recursive(base))


def _branches(reading: Reading, place: Place, keyword: str, schema: Schema) -> list[Place]:
    list_of(schema[keyword])
    return [branch for _, branch in each(reading, place, keyword)]


def _all_of(reading: Reading, place: Place, schema: Schema) -> list[Assertion]:
    return [
        Assertion("allOf", str(index), reading.node(branch), Below(branch, None, _same))
        for index, branch in enumerate(_branches(reading, place, "allOf", schema))
    ]


def _any_of(reading: Reading, place: Place, schema: Schema) -> list[Assertion]:
    nodes = [reading.node(branch) for branch in _branches(reading, place, "anyOf", schema)]
    return [Assertion("anyOf", "", reading.table.any_of(nodes))]


def _one_of(reading: Reading, place: Place, schema: Schema) -> list[Assertion]:
    nodes = [reading.node(branch) for branch in _branches(reading, place, "oneOf", schema)]
    return [Assertion("oneOf", "", reading.table.exactly_one(nodes))]


def _not(reading: Reading, place: Place, _: Schema) -> list[Assertion]:
    return [Assertion("not", "", reading.table.negate(reading.node(inner(reading, place, "not"))))]


def _if(reading: Reading, place: Place, schema: Schema) -> list[Assertion]:
    table = reading.table
    test = reading.node(inner(reading, place, "if"))
    parts = []
    if "then" in schema:
        parts.append(table.any_of((table.negate(test), reading.node(inner(reading, place, "then")))))
    if "else" in schema:
        parts.append(table.any_of((test, reading.node(inner(reading, place, "else")))))
    return [Assertion("if", "", table.all_of(parts))]


LOGIC: Final[dict[str, Keyword]] = {"$ref": _ref, "allOf": _all_of, "anyOf": _any_of, "oneOf": _one_of, "not": _not}
LOGIC_SINCE_7: Final[dict[str, Keyword]] = {"if": _if}
LOGIC_2019: Final[dict[str, Keyword]] = {"$recursiveRef": _recursive_ref}
LOGIC_2020: Final[dict[str, Keyword]] = {"$dynamicRef": _dynamic_ref}
