"""Refusals carry the place of the keyword and of the value, also where the validator's own report is odd."""

from __future__ import annotations

from typing import Any

import pytest

from llmreg.formats.interface import Source
from llmreg.formats.json import FORMAT
from llmreg.formats.json.judges import Validators
from llmreg.formats.json.localise.walk import Walker
from llmreg.formats.json.schema import JsonSchema
from llmreg.model.jsontext import dumps

DRAFT_7 = "http://json-schema.org/draft-07/schema#"


def parse(document: Any) -> JsonSchema:
    return FORMAT.parse(Source(dumps(document).encode(), strict=False))


def refusals(reader: Any, document: Any) -> list[tuple[str, str, str, tuple[str | int, ...]]]:
    found = Validators(parse(True), parse(reader), closed=False).refusals(document)
    return [(one.pointer, one.keyword, one.detail, one.path) for one in found]


@pytest.mark.parametrize(
    ("reader", "document", "expected"),
    [
        ({"required": ["a", "b"]}, {}, [("", "required", "a", ()), ("", "required", "b", ())]),
        (
            {"properties": {"k": True}, "additionalProperties": False},
            {"x": 1, "y": 1},
            [("", "additionalProperties", "x", ()), ("", "additionalProperties", "y", ())],
        ),
        ({"additionalProperties": False}, {"x": 1}, [("", "additionalProperties", "x", ())]),
        ({"properties": {"x": False}}, {"x": 1}, [("/properties/x", "false", "", ("x",))]),
        ({"propertyNames": {"maxLength": 1}}, {"xx": 1}, [("/propertyNames", "propertyNames", "", ())]),
        ({"propertyNames": False}, {"xx": 1}, [("/propertyNames", "propertyNames", "", ())]),
        ({"items": False}, [1], [("", "items", "", (0,))]),
        ({"prefixItems": [False]}, [1], [("", "prefixItems", "0", (0,))]),
        ({"$schema": DRAFT_7, "items": [True], "additionalItems": False}, [1, 2], [("", "additionalItems", "", (1,))]),
        ({"$schema": DRAFT_7, "dependencies": {"a": ["b"]}}, {"a": 1}, [("", "dependencies", "b", ())]),
        (
            {"$defs": {"A/B": {"maximum": 1}}, "properties": {"n": {"$ref": "#/$defs/A~1B"}}},
            {"n": 2},
            [("/$defs/A~1B", "maximum", "", ("n",))],
        ),
        (
            {"$id": "https://example.com/a", "$defs": {"E": {"$id": "e", "type": "null"}}, "$ref": "e"},
            1,
            [("/$defs/E", "type", "", ())],
        ),
        ({"additionalProperties": {"type": "null"}}, {"": 1}, [("/additionalProperties", "type", "", ("",))]),
        (
            {"additionalProperties": {"additionalProperties": {"properties": {"a": {"type": "null"}}}}},
            {"": {"": {"a": 1}}},
            [("/additionalProperties/additionalProperties/properties/a", "type", "", ("", "", "a"))],
        ),
    ],
)
def test_where_and_why(reader: Any, document: Any, expected: list[Any]):
    assert refusals(reader, document) == expected


def test_a_refusal_in_a_pinned_reference_points_to_the_reference():
    pinned = FORMAT.parse(Source(b'{"properties": {"n": {"maximum": 1}}}'))
    text = b'{"properties": {"m": {"$ref": "llmreg:shared/thing@1.0.0"}}}'
    reader = FORMAT.parse(Source(text, resolve=lambda subject, version: pinned))
    (found,) = Validators(parse(True), reader, closed=False).refusals({"m": {"n": 2}})
    assert (found.pointer, found.keyword, found.path) == ("/properties/m", "maximum", ("m", "n"))
    assert found.source == "llmreg:shared/thing@1.0.0#/properties/n"


@pytest.mark.parametrize(
    ("schema", "document", "path", "pointer", "label"),
    [
        ({"properties": {"a": {"type": "null"}}}, {"a": 1}, ["a"], "/properties/a", "a"),
        ({"items": {"properties": {"a": True}}}, [{"a": 1}], [0, "a"], "/items/properties/a", "[].a"),
        ({"prefixItems": [{"type": "null"}]}, [1], [0], "/prefixItems/0", "[0]"),
        ({"patternProperties": {"^x": {"type": "null"}}}, {"xa": 1}, ["xa"], "/patternProperties/^x", "*"),
        ({"additionalProperties": {"type": "null"}}, {"": 1}, [""], "/additionalProperties", "*"),
        ({"$defs": {"A": {"type": "null"}}, "$ref": "#/$defs/A"}, 1, [], "/$defs/A", ""),
        ({"$defs": {"A": {"$anchor": "a", "type": "null"}}, "$ref": "#a"}, 1, [], "/$defs/A", ""),
        ({"allOf": [{"properties": {"a": {"type": "null"}}}]}, {"a": 1}, ["a"], "/allOf/0/properties/a", "a"),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, 1, [], "/anyOf/1", ""),
        ({"if": {"type": "string"}, "then": {"type": "string"}}, "", [], "/then", ""),
    ],
)
def test_the_deepest_place_of_the_writer(schema: Any, document: Any, path: list[Any], pointer: str, label: str):
    parsed = parse(schema)
    walker = Walker(parsed, Validators(parsed, parsed, closed=False).holds)
    ground = walker.at(document, path)
    assert ground.exact
    assert ground.spots[-1].place == pointer
    assert ground.label == label


def test_a_place_that_the_writer_does_not_speak_of_is_that_above():
    parsed = parse({"properties": {"a": {"type": "object"}}})
    ground = Walker(parsed, lambda pointer, value: True).at({"a": {"b": {"c": 1}}}, ["a", "b", "c"])
    assert not ground.exact
    assert ground.primary().place == "/properties/a"
    assert ground.label == "a.b.c"
