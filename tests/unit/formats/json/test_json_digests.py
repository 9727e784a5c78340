"""Canonical content, digests, outline, skeletons, stored bytes and detection."""

from __future__ import annotations

import json
from typing import Any

import pytest

from llmreg.formats.interface import Source
from llmreg.formats.json import FORMAT
from llmreg.formats.json.schema import JsonSchema
from llmreg.model.kind import KINDS

DRAFT4 = "http://json-schema.org/draft-04/schema#"
DRAFT7 = "http://json-schema.org/draft-07/schema#"


def schema(document: Any) -> JsonSchema:
    text = document if isinstance(document, str) else json.dumps(document)
    return FORMAT.parse(Source(text.encode(), strict=False))


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ('{ "b": 1,\n "a": [true, null] }', '{"b":1,"a":[true,null]}'),
        ('{"maximum": 1.50}', '{"maximum":1.50}'),
        ('{"maximum": 1e3}', '{"maximum":1000}'),
        ('{"maximum": 0.1000000000000000000000000001}', '{"maximum":0.1000000000000000000000000001}'),
        ('{"title": "caf\\u00e9 \\/ \\n"}', '{"title":"café / \\n"}'),
        ("true", "true"),
    ],
)
def test_canonical_keeps_order_and_numbers(text: str, canonical: str) -> None:
    assert schema(text).canonical().decode() == canonical


SAME_MEANING = {
    "key order": ({"type": "object", "minProperties": 1}, {"minProperties": 1, "type": "object"}),
    "annotations": ({"title": "A", "type": "string", "examples": ["x"]}, {"type": "string", "$comment": "c"}),
    "spelling of the dialect": ({"$schema": DRAFT7, "type": "null"}, {"$schema": DRAFT7[:-1], "type": "null"}),
    "the default dialect": ({"$schema": "https://json-schema.org/draft/2020-12/schema"}, {}),
    "definitions": (
        {"definitions": {"a": {"type": "string"}}, "$ref": "#/definitions/a"},
        {"$defs": {"a": {"type": "string"}}, "$ref": "#/$defs/a"},
    ),
    "allOf around a reference": (
        {"allOf": [{"$ref": "#/$defs/a"}], "minLength": 1, "$defs": {"a": True}},
        {"$ref": "#/$defs/a", "minLength": 1, "$defs": {"a": True}},
    ),
    "const and enum of one": ({"const": "x"}, {"enum": ["x"]}),
    "order of sets": (
        {"required": ["a", "b"], "enum": [1, "x"], "type": ["null", "string"]},
        {"required": ["b", "a"], "enum": ["x", 1], "type": ["string", "null"]},
    ),
    "order of alternatives": (
        {"anyOf": [{"type": "string"}, {"type": "null"}]},
        {"anyOf": [{"type": "null"}, {"type": "string"}]},
    ),
    "spelling of numbers": ('{"maximum": 1.50, "minimum": 1.0}', '{"minimum": 1, "maximum": 1.5}'),
}


@pytest.mark.parametrize("case", SAME_MEANING)
def test_equal_spellings_mean_the_same_but_read_differently(case: str) -> None:
    one, other = (schema(document).digests() for document in SAME_MEANING[case])
    assert one["meaning"] == other["meaning"]
    assert one["prompt"] != other["prompt"]


OTHER_MEANING = {
    "a property called title": ({"properties": {"title": {"type": "string"}}}, {"properties": {}}),
    "annotation-like data": ({"const": {"title": "a"}}, {"const": {}}),
    "order of positions": ({"prefixItems": [True, False]}, {"prefixItems": [False, True]}),
    "order inside data": ({"const": [1, 2]}, {"const": [2, 1]}),
    "the draft": ({"$schema": DRAFT7}, {"$schema": DRAFT4}),
    "a duplicate alternative": ({"oneOf": [{"type": "null"}] * 2}, {"oneOf": [{"type": "null"}]}),
    "const beside a reference in draft 7": (
        {"$schema": DRAFT7, "allOf": [{"$ref": "#/definitions/a"}], "minLength": 1, "definitions": {"a": True}},
        {"$schema": DRAFT7, "$ref": "#/definitions/a", "minLength": 1, "definitions": {"a": True}},
    ),
    "const in draft 4": ({"$schema": DRAFT4, "const": 1}, {"$schema": DRAFT4, "enum": [1]}),
    "both containers": (
        {"$defs": {"a": True}, "definitions": {"a": False}, "$ref": "#/$defs/a"},
        {"$defs": {"a": True}, "definitions": {"a": False}, "$ref": "#/definitions/a"},
    ),
    "a reference that counts branches": (
        {"anyOf": [{"type": "null"}, {"type": "string"}], "properties": {"a": {"$ref": "#/anyOf/0"}}},
        {"anyOf": [{"type": "string"}, {"type": "null"}], "properties": {"a": {"$ref": "#/anyOf/0"}}},
    ),
    "true and one": ({"enum": [True]}, {"enum": [1]}),
}


@pytest.mark.parametrize("case", OTHER_MEANING)
def test_what_may_mean_something_else_has_another_digest(case: str) -> None:
    one, other = (schema(document).digests() for document in OTHER_MEANING[case])
    assert one["meaning"] != other["meaning"]


def test_the_outline_names_titles_properties_and_definitions_in_order() -> None:
    document = {
        "title": "Order",
        "description": "What is bought.",
        "properties": {
            "b": {"description": "Second letter first.", "items": {"properties": {"in/ner": {"title": "T"}}}},
            "a": True,
        },
        "$defs": {"money": {"type": "object"}},
        "examples": [{"properties": {"data": {}}}],
    }
    assert [(one.kind, one.name, one.pointer, one.text) for one in schema(document).outline()] == [
        ("title", "Order", "", "What is bought."),
        ("field", "b", "/properties/b", "Second letter first."),
        ("field", "a", "/properties/a", ""),
        ("type", "money", "/$defs/money", ""),
        ("field", "in/ner", "/properties/b/items/properties/in~1ner", "T"),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_skeleton_is_a_valid_schema_without_warnings(kind: str) -> None:
    data = FORMAT.skeleton("order-lookup", kind)
    parsed = FORMAT.parse(Source(data))
    assert parsed.draft == "2020-12"
    assert not parsed.warnings
    assert parsed.document["title"] == "Order lookup"
    assert FORMAT.sniff(data) > 0.9
    assert FORMAT.render_stored(data) == data


@pytest.mark.parametrize(
    ("data", "stored"),
    [(b"{}\r\n", b"{}\n"), (b"{}", b"{}\n"), (b"{}\n\n\n", b"{}\n"), (b'{ "a":1 }\n', b'{ "a":1 }\n')],
)
def test_stored_bytes_change_in_line_ends_only(data: bytes, stored: bytes) -> None:
    assert FORMAT.render_stored(data) == stored


@pytest.mark.parametrize(
    ("data", "low", "high"),
    [
        (b'{"$schema": "x"}', 0.9, 1),
        (b'{"type": "object", "properties": {}}', 0.9, 1),
        (b'{"type": "string"}', 0.5, 0.9),
        (b"true", 0.5, 0.9),
        (b'{"type": "record", "name": "R", "fields": []}', 0, 0.2),
        (b'{"type": "enum", "name": "E", "symbols": ["A"]}', 0, 0.2),
        (b'"string"', 0, 0),
        (b'syntax = "proto3";', 0, 0),
        (b"[" * 200_000, 0, 0),
        (b'{"a":' * 200_000, 0, 0),
        (b"\xff\xfe{", 0, 0),
        (b"", 0, 0),
    ],
)
def test_sniffing_tells_json_schema_from_the_rest(data: bytes, low: float, high: float) -> None:
    assert low <= FORMAT.sniff(data) <= high
