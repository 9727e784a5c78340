"""The schemas that may speak about the same value as a given one: through `allOf`, `anyOf`, `$ref`, `if`, …"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from llmreg.formats.json.dialects import LEGACY
from llmreg.formats.json.inclusion.answers import JsonValue, Reason
from llmreg.formats.json.inclusion.nodes import OBJECT, Node
from llmreg.formats.json.inclusion.places import Place, escape
from llmreg.formats.json.inclusion.reading import MalformedKeywordError, Reading, Schema, inner

_MOST_PARTS: Final = 2_000
_DYNAMIC: Final = ("$dynamicRef", "$recursiveRef")


class InPlaceError(Exception):
    """The parts cannot be listed: too many, or one of them is not known."""

    def __init__(self, message: str, reason: Reason = "cap") -> None:
        super().__init__(message)
        self.reason = reason


class When(NamedTuple):
    """A condition on the value as the document words it: a schema that holds or fails, or a key that is there."""

    place: Place | None
    holds: bool = True
    key: str = ""

    def node(self, reading: Reading) -> Node:
        if self.place is None:
            return reading.table.all_of((reading.table.types(OBJECT), reading.table.required(self.key)))
        node = reading.node(self.place)
        return node if self.holds else reading.table.negate(node)


class Part(NamedTuple):
    """`place` speaks about the value wherever `condition`, the conjunction of `when`, holds."""

    condition: Node
    place: Place
    when: tuple[When, ...] = ()


def parts(reading: Reading, place: Place) -> list[Part]:
    """`place` itself first. Raises InPlaceError."""
    out: list[Part] = []
    for part in _walk(reading, Part(reading.table.true, place), frozenset()):
        out.append(part)
        if len(out) > _MOST_PARTS:
            raise InPlaceError("too many branches in one place")
    return out


def _walk(reading: Reading, part: Part, path: frozenset[tuple[str, str]]) -> Iterator[Part]:
    schema = part.place.value
    if not isinstance(schema, dict) or part.place.key in path:
        return
    yield part
    path |= {part.place.key}
    for when, place in _below(reading, part.place, schema):
        if when is None:
            below = Part(part.condition, place, part.when)
        else:
            combined = reading.table.all_of((part.condition, when.node(reading)))
            below = Part(combined, place, (*part.when, when))
        yield from _walk(reading, below, path)


def _below(reading: Reading, place: Place, schema: Schema) -> Iterator[tuple[When | None, Place]]:
    legacy = place.draft in LEGACY
    if "$ref" in schema:
        yield None, _target(reading, place, schema["$ref"])
        if legacy:
            return
    if any(keyword in schema for keyword in _DYNAMIC) and not legacy:
        yield None, _dynamic_target(reading, place, schema)
    for index in range(_length(schema.get("allOf"))):
        yield None, inner(reading, place, "allOf", str(index))
    for keyword in ("anyOf", "oneOf"):
        for index in range(_length(schema.get(keyword))):
            branch = inner(reading, place, keyword, str(index))
            yield When(branch), branch
    if "if" in schema and place.draft not in ("draft4", "draft6"):
        yield from _conditional(reading, place, schema)
    yield from _dependent(reading, place, schema)


def _conditional(reading: Reading, place: Place, schema: Schema) -> Iterator[tuple[When, Place]]:
    test = inner(reading, place, "if")
    yield When(test), test
    if "then" in schema:
        yield When(test), inner(reading, place, "then")
    if "else" in schema:
        yield When(test, holds=False), inner(reading, place, "else")


def _dependent(reading: Reading, place: Place, schema: Schema) -> Iterator[tuple[When, Place]]:
    keyword = "dependencies" if place.draft in LEGACY else "dependentSchemas"
    for key, value in (schema.get(keyword) or {}).items():
        if not isinstance(value, list):
            yield When(None, key=key), inner(reading, place, keyword, escape(key))


def _length(value: JsonValue) -> int:
    return len(value) if isinstance(value, list) else 0


def _target(reading: Reading, place: Place, reference: JsonValue) -> Place:
    if not isinstance(reference, str):
        raise MalformedKeywordError("a string is expected")
    target = reading.references.resolve(reading.references.base_of(place), reference)
    if target is None:
        raise InPlaceError(f"$ref {reference!r} cannot be resolved", "remote-ref")
    return target


def _dynamic_target(reading: Reading, place: Place, schema: Schema) -> Place:
    base = reading.references.base_of(place)
    if "$dynamicRef" in schema:
        target = reading.references.resolve_dynamic(base, schema["$dynamicRef"])
    else:
        target = reading.references.resolve_recursive(base)
    if target is None:
        raise InPlaceError("a dynamic reference with several targets", "unsupported-keyword")
    return target
