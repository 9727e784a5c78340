"""Schemas as trees: names, types, limits and texts in the order of the text, links where a reference leads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from llmreg.formats import catalogue
from llmreg.formats.interface import Source, Symbol
from llmreg.render.pages.tree import Node, tree_of


def made(format_name: str, text: str | bytes, references: dict[str, str] | None = None) -> tuple[Node | None, bool]:
    data = text.encode() if isinstance(text, str) else text
    schema_format = catalogue.get(format_name)

    def outline() -> Iterable[Symbol]:
        return schema_format.parse(Source(data, strict=False)).outline()

    return tree_of(format_name, data, outline, references or {})


def told(node: Node | None, depth: int = 0) -> Iterator[str]:
    assert node is not None
    facts = "; ".join(f"{key} {value}" for key, value in node.facts)
    words = (node.label, node.name, f": {node.type}" if node.type else "", "required" if node.required else "")
    yield "  " * depth + " ".join(filter(None, (*words, f"[{facts}]" if facts else "", node.link)))
    for child in node.children:
        yield from told(child, depth + 1)


def json_tree(schema: Any, references: dict[str, str] | None = None) -> list[str]:
    return list(told(made("json", json.dumps(schema), references)[0]))


def test_properties_keep_their_order_and_say_what_they_allow() -> None:
    schema = {
        "type": "object",
        "required": ["b", "missing"],
        "properties": {
            "b": {"type": ["string", "null"], "maxLength": 5},
            "a": {"type": "array", "items": {"type": "integer", "minimum": 1}},
            "c": {"enum": ["x", 1, None]},
            "d": {"const": {"k": 1.10}},
            "e": True,
        },
        "additionalProperties": False,
    }
    assert json_tree(schema) == [
        ': object [required ["missing"]; additionalProperties false]',
        "  b : string or null required [maxLength 5]",
        "  a : array of integer",
        "    each item : integer [minimum 1]",
        '  c : enum [one of "x", 1, null]',
        '  d : constant [const {"k":1.1}]',
        "  e : anything",
    ]


def test_branches_definitions_and_references() -> None:
    schema = {
        "oneOf": [{"$ref": "#/$defs/a~1b"}, {"$ref": "llmreg:x/y@1.0.0#/z"}, False],
        "patternProperties": {"^x": {"not": {"type": "null"}}},
        "$defs": {"a/b": {"type": "string"}},
    }
    assert json_tree(schema, {"llmreg:x/y@1.0.0": "../y.html"}) == [
        "",
        "  one of 1 : #/$defs/a~1b #def-1",
        "  one of 2 : llmreg:x/y@1.0.0#/z ../y.html",
        "  one of 3 : nothing",
        "  names matching ^x",
        "    not : null",
        "  definition a/b : string",
    ]


@pytest.mark.parametrize("schema", [True, [], 3, {"properties": 3}, {"required": {}}, {"$ref": 1}, {"enum": {}}])
def test_odd_schemas_are_shown_too(schema: Any) -> None:
    assert json_tree(schema)


def test_text_that_is_no_schema_has_no_tree() -> None:
    for name in ("json", "avro", "protobuf"):
        assert made(name, "{") == (None, False)


def test_a_schema_with_very_many_parts_is_cut_and_says_so() -> None:
    wide = {"properties": {f"p{at}": {} for at in range(2000)}}
    node, cut = made("json", json.dumps(wide))
    assert cut
    assert node is not None
    assert len(node.children) == 1500
    deep: dict[str, Any] = {}
    for _ in range(60):
        deep = {"not": deep}
    assert made("json", json.dumps(deep))[1]


def test_avro_tells_records_enums_unions_and_logical_types() -> None:
    schema = {
        "type": "record",
        "name": "Run",
        "namespace": "x",
        "fields": [
            {"name": "id", "type": "string", "doc": "Its name."},
            {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
            {"name": "cost", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
            {"name": "state", "type": {"type": "enum", "name": "S", "symbols": ["A", "B"]}, "default": "A"},
            {"name": "score", "type": ["null", {"type": "array", "items": "Score"}]},
            {"name": "part", "type": {"type": "map", "values": {"type": "record", "name": "P", "fields": []}}},
        ],
    }
    assert list(told(made("avro", json.dumps(schema), {"x.Score": "score.html"})[0])) == [
        ": record Run",
        "  id : string",
        "  at : long (timestamp-millis)",
        "  cost : bytes (decimal, 9, 2)",
        '  state : enum S [default "A"; one of A, B]',
        "  score : null or array of Score score.html",
        "  part : map of record P",
    ]


def test_protobuf_tells_types_numbers_maps_and_methods() -> None:
    text = """syntax = "proto3";
package x;
message A {
  repeated B list = 1;  // All of them.
  map<string, int64> counts = 2;
  optional string name = 3;
  message Inner { bytes raw = 1; }
  oneof pick { Inner inner = 4; }
}
message B {}
enum Role { NONE = 0; }
service S { rpc Get(stream A) returns (B); }
"""
    assert list(told(made("protobuf", text)[0])) == [
        "file",
        "  type A",
        "    list : repeated B = 1",
        "    counts : map<string, int64> = 2",
        "    name : optional string = 3",
        "    type Inner",
        "      raw : bytes = 1",
        "    inner : A.Inner = 4",
        "  type B",
        "  type Role",
        "    value NONE : = 0",
        "  service S",
        "    service Get : (stream A) returns (B)",
    ]
