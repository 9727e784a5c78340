"""`type`, `enum`, `const`, and the keywords of numbers and strings."""

from __future__ import annotations

from typing import Final

from llmreg.formats.json.inclusion import nodes as n
from llmreg.formats.json.inclusion.places import Place
from llmreg.formats.json.inclusion.reading import (
    Assertion,
    Keyword,
    MalformedKeywordError,
    Reading,
    Schema,
    count_of,
    list_of,
    number_of,
    text_of,
    value_of,
)


def _type(reading: Reading, place: Place, schema: Schema) -> list[Assertion]:
    names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    table, mask = reading.table, 0
    for name in names:
        if name != "integer":
            mask |= n.TYPE_NAMES.get(text_of(name), 0)
        if name not in n.TYPE_NAMES and name != "integer":
            raise MalformedKeywordError(f"unknown type {name}")
    if "integer" not in names or mask & n.NUMBER:
        return [Assertion("type", "", table.types(mask))]
    # In draft 4 the spelling counts: 1.0 is no integer there.
    whole = table.make(n.SPELLED) if place.draft == "draft4" else table.multiple(1)
    return [Assertion("type", "", table.all_of((table.types(mask | n.NUMBER), whole)))]


def _enum(reading: Reading, _: Place, schema: Schema) -> list[Assertion]:
    table = reading.table
    return [Assertion("enum", "", table.any_of([table.constant(value_of(item)) for item in list_of(schema["enum"])]))]


def _const(reading: Reading, _: Place, schema: Schema) -> list[Assertion]:
    return [Assertion("const", "", reading.table.constant(value_of(schema["const"])))]


def _limit(keyword: str, flag: str) -> Keyword:
    """`minimum` and `maximum`; in draft 4 a boolean beside them makes them strict."""

    def read(reading: Reading, place: Place, schema: Schema) -> list[Assertion]:
        strict = place.draft == "draft4" and schema.get(flag) is True
        make = reading.table.least if keyword == "minimum" else reading.table.greatest
        return [Assertion(keyword, "", make(number_of(schema[keyword]), strict=strict))]

    return read


def _exclusive(keyword: str) -> Keyword:
    def read(reading: Reading, _: Place, schema: Schema) -> list[Assertion]:
        make = reading.table.least if keyword.endswith("Minimum") else reading.table.greatest
        return [Assertion(keyword, "", make(number_of(schema[keyword]), strict=True))]

    return read


def _multiple_of(reading: Reading, _: Place, schema: Schema) -> list[Assertion]:
    divisor = number_of(schema["multipleOf"])
    if divisor <= 0:
        raise MalformedKeywordError("multipleOf must be positive")
    return [Assertion("multipleOf", "", reading.table.multiple(divisor))]


def size(keyword: str, op: str) -> Keyword:
    """A keyword that bounds a length or a count."""

    def read(reading: Reading, _: Place, schema: Schema) -> list[Assertion]:
        make = reading.table.at_least_size if op.startswith("min") else reading.table.at_most_size
        return [Assertion(keyword, "", make(op, count_of(schema[keyword])))]

    return read


def _pattern(reading: Reading, _: Place, schema: Schema) -> list[Assertion]:
    return [Assertion("pattern", "", reading.table.pattern(text_of(schema["pattern"])))]


SCALARS: Final[dict[str, Keyword]] = {
    "type": _type,
    "enum": _enum,
    "minimum": _limit("minimum", "exclusiveMinimum"),
    "maximum": _limit("maximum", "exclusiveMaximum"),
    "multipleOf": _multiple_of,
    "minLength": size("minLength", n.MIN_LENGTH),
    "maxLength": size("maxLength", n.MAX_LENGTH),
    "pattern": _pattern,
}
SCALARS_SINCE_6: Final[dict[str, Keyword]] = {
    "const": _const,
    "exclusiveMinimum": _exclusive("exclusiveMinimum"),
    "exclusiveMaximum": _exclusive("exclusiveMaximum"),
}
