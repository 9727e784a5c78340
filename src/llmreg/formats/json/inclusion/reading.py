"""What a keyword's reader may ask of the side that is being read, and what it hands back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

from llmreg.formats.json.inclusion.answers import JsonValue, Step
from llmreg.formats.json.inclusion.atoms import Atoms
from llmreg.formats.json.inclusion.nodes import Node, Number, Value
from llmreg.formats.json.inclusion.places import Place, escape
from llmreg.formats.json.inclusion.references import References

_MAX_EXPONENT: Final = 2_000


class MalformedKeywordError(ValueError):
    """The keyword's value is not what its metaschema asks for, or beyond what this engine represents."""


class Below(NamedTuple):
    """The assertion is only that `lift` of another schema holds, one `step` further down (None: in place)."""

    place: Place
    step: Step | None
    lift: Callable[[Node], Node]


class Assertion(NamedTuple):
    keyword: str
    detail: str
    node: Node
    below: Below | None = None


class Reading(Protocol):
    """One side while it is read."""

    table: Atoms
    references: References

    def node(self, place: Place) -> Node: ...
    def target(self, place: Place) -> Node: ...
    def opaque(self, key: object, reason: tuple[str, str, str]) -> Node: ...


Schema: TypeAlias = dict[str, Any]
Keyword: TypeAlias = Callable[[Reading, Place, Schema], list[Assertion]]


def inner(reading: Reading, place: Place, *steps: str) -> Place:
    """The place of a subschema, `steps` being already escaped."""
    value: JsonValue = place.value
    for step in steps:
        raw = step.replace("~1", "/").replace("~0", "~") if "~" in step else step
        value = value[int(raw)] if isinstance(value, list) else schema_of(value)[raw]
    return Place(place.uri, "/".join((place.pointer, *steps)), value, reading.references.base_of(place), place.draft)


def each(reading: Reading, place: Place, keyword: str) -> list[tuple[str, Place]]:
    """Every subschema in a map or a list of them, by its name or index as text."""
    value: Any = place.value[keyword] if isinstance(place.value, dict) else None
    named = enumerate(value) if isinstance(value, list) else schema_of(value).items()
    base, start = reading.references.base_of(place), f"{place.pointer}/{keyword}/"
    uri, draft = place.uri, place.draft
    return [(str(name), Place(uri, start + escape(str(name)), inside, base, draft)) for name, inside in named]


def schema_of(value: JsonValue) -> Schema:
    if not isinstance(value, dict):
        raise MalformedKeywordError("an object is expected")
    return value


def list_of(value: JsonValue) -> list[Any]:
    if not isinstance(value, list):
        raise MalformedKeywordError("an array is expected")
    return value


def text_of(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise MalformedKeywordError("a string is expected")
    return value


def number_of(value: JsonValue) -> Number:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise MalformedKeywordError("a number is expected")
    if isinstance(value, int):
        return value
    if not value.is_finite() or abs(value.adjusted()) > _MAX_EXPONENT:
        raise MalformedKeywordError("a number out of range")
    exact = Fraction(value)
    return exact.numerator if exact.denominator == 1 else exact


def count_of(value: JsonValue) -> int:
    number = number_of(value)
    if not isinstance(number, int) or number < 0:
        raise MalformedKeywordError("a count is expected")
    return number


def value_of(value: JsonValue) -> Value:
    """A constant with exact numbers."""
    if isinstance(value, list):
        return [value_of(item) for item in value]
    if isinstance(value, dict):
        return {key: value_of(item) for key, item in value.items()}
    if value is None or isinstance(value, bool | str):
        return value
    return number_of(value)
