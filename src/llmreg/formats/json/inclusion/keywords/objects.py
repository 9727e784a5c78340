"""The keywords of objects."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from llmreg.formats.json.inclusion import nodes as n
from llmreg.formats.json.inclusion.answers import Step
from llmreg.formats.json.inclusion.keywords.scalars import size
from llmreg.formats.json.inclusion.nodes import Node
from llmreg.formats.json.inclusion.places import Place, escape
from llmreg.formats.json.inclusion.reading import (
    Assertion,
    Below,
    Keyword,
    MalformedKeywordError,
    Reading,
    Schema,
    each,
    inner,
    list_of,
    schema_of,
    text_of,
)


def _properties(reading: Reading, place: Place, schema: Schema) -> list[Assertion]:
    out: list[Assertion] = []
    schema_of(schema["properties"])
    for key, sub in each(reading, place, "properties"):
        below = Below(sub, Step("property", key), partial(reading.table.property, key))
        out.append(Assertion("properties", key, below.lift(reading.node(sub)), below))
    return out


def _pattern_properties(reading: Reading, place: Place, schema: Schema) -> list[Assertion]:
    out: list[Assertion] = []
    schema_of(schema["patternProperties"])
    for pattern, sub in each(reading, place, "patternProperties"):
        below = Below(sub, Step("pattern", pattern), partial(reading.table.pattern_property, pattern))
        out.append(Assertion("patternProperties", pattern, below.lift(reading.node(sub)), below))
    return out


def _additional_properties(reading: Reading, place: Place, schema: Schema) -> list[Assertion]:
    names = schema_of(schema.get("properties", {}))
    patterns = schema_of(schema.get("patternProperties", {}))
    sub = inner(reading, place, "additionalProperties")
    below = Below(sub, Step("additional"), partial(reading.table.additional, names, patterns))
    return [Assertion("additionalProperties", "", below.lift(reading.node(sub)), below)]


def _property_names(reading: Reading, place: Place, _: Schema) -> list[Assertion]:
    below = Below(inner(reading, place, "propertyNames"), Step("name"), reading.table.names)
    return [Assertion("propertyNames", "", below.lift(reading.node(below.place)), below)]


def _required(reading: Reading, place: Place, schema: Schema) -> list[Assertion]:
    if place.draft == "draft4" and isinstance(schema["required"], bool):
        raise MalformedKeywordError("required is an array since draft 4")
    keys = [text_of(key) for key in list_of(schema["required"])]
    return [Assertion("required", key, reading.table.required(key)) for key in keys]


def _when(reading: Reading, key: str, node: Node) -> Node:
    """`node` holds wherever `key` is present."""
    return reading.table.any_of((reading.table.absent(key), node))


def _needed(reading: Reading, keyword: str, key: str, names: list[Any]) -> Assertion:
    wanted = reading.table.all_of([reading.table.required(text_of(name)) for name in names])
    return Assertion(keyword, key, _when(reading, key, wanted))


def _schema_needed(reading: Reading, place: Place, keyword: str, key: str) -> Assertion:
    sub = inner(reading, place, keyword, escape(key))
    below = Below(sub, None, partial(_when, reading, key))
    return Assertion(keyword, key, below.lift(reading.node(sub)), below)


def _dependencies(reading: Reading, place: Place, schema: Schema) -> list[Assertion]:
    return [
        _needed(reading, "dependencies", key, value)
        if isinstance(value, list)
        else _schema_needed(reading, place, "dependencies", key)
        for key, value in schema_of(schema["dependencies"]).items()
    ]


def _dependent_required(reading: Reading, _: Place, schema: Schema) -> list[Assertion]:
    return [
        _needed(reading, "dependentRequired", key, list_of(value))
        for key, value in schema_of(schema["dependentRequired"]).items()
    ]


def _dependent_schemas(reading: Reading, place: Place, schema: Schema) -> list[Assertion]:
    return [_schema_needed(reading, place, "dependentSchemas", key) for key in schema_of(schema["dependentSchemas"])]


OBJECTS: Final[dict[str, Keyword]] = {
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "required": _required,
    "minProperties": size("minProperties", n.MIN_PROPERTIES),
    "maxProperties": size("maxProperties", n.MAX_PROPERTIES),
}
OBJECTS_SINCE_6: Final[dict[str, Keyword]] = {"propertyNames": _property_names}
OBJECTS_UNTIL_7: Final[dict[str, Keyword]] = {"dependencies": _dependencies}
OBJECTS_SINCE_2019: Final[dict[str, Keyword]] = {
    "dependentRequired": _dependent_required,
    "dependentSchemas": _dependent_schemas,
}
