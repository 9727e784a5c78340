"""The rules of the llguidance profile say what its compiler says."""

from __future__ import annotations

from typing import Any

import pytest

from llmreg.llm.profiles import catalogue, decoder
from llmreg.llm.profiles.engine import compiled, lint_schema

A, B = {"type": "string"}, {"type": "integer"}
OBJECT = {"type": "object", "properties": {"k": {"const": "a"}}, "required": ["k"]}
OTHER = {"type": "object", "properties": {"k": {"const": "b"}}, "required": ["k"]}
SCHEMAS: dict[str, Any] = {
    "plain": {"type": "object", "properties": {"a": A}},
    "false": False,
    "not": {"not": A},
    "uniqueItems, even false": {"type": "array", "uniqueItems": False},
    "dependencies in draft 7": {"$schema": "http://json-schema.org/draft-07/schema#", "dependencies": {"a": ["b"]}},
    "if in draft 4 is no keyword": {"$schema": "http://json-schema.org/draft-04/schema#", "type": "string", "if": A},
    "a dialect of one's own": {"$schema": "https://example.org/mine", "type": "string"},
    "an unknown format": {"type": "string", "format": "color"},
    "an unknown format of a number": {"type": "integer", "format": "int32"},
    "an unknown format without a type": {"format": "color"},
    "an unused definition": {"type": "object", "$defs": {"x": {"not": A}}},
    "a used definition": {"$ref": "#/$defs/x", "$defs": {"x": {"not": A}}},
    "items of a string": {"type": "string", "items": {"not": A}},
    "oneOf of types": {"oneOf": [A, B]},
    "oneOf of numbers": {"oneOf": [B, {"type": "number"}]},
    "oneOf of references": {"oneOf": [{"$ref": "#/$defs/a"}, B], "$defs": {"a": A}},
    "oneOf of literals": {"oneOf": [{"const": "a"}, {"const": "b"}]},
    "oneOf of literal numbers": {"oneOf": [{"const": 1}, {"const": 2}]},
    "oneOf told apart by a property": {"oneOf": [OBJECT, OTHER]},
    "oneOf of what is required": {"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
    "oneOf of one": {"oneOf": [A]},
    "oneOf within anyOf": {"anyOf": [{"oneOf": [A, A]}, B]},
    "oneOf that its siblings decide": {"type": "string", "oneOf": [A, B]},
    "min above max": {"type": "integer", "minimum": 5, "maximum": 1},
    "an optional property that cannot be": {"type": "object", "properties": {"a": False}},
    "a required property that cannot be": {"type": "object", "properties": {"a": False}, "required": ["a"]},
    "nothing in common": {"allOf": [A, B]},
    "an empty anyOf": {"anyOf": []},
    "look-ahead": {"type": "string", "pattern": "^(?!a)"},
    "a back reference": {"type": "string", "pattern": r"(a)\1"},
    "a word boundary": {"type": "string", "pattern": r"\bfoo"},
    "an open class": {"type": "string", "pattern": "["},
    "a plain pattern": {"type": "string", "pattern": r"^[a-z]+\.[0-9]{2}$"},
    "overlapping patterns": {"type": "object", "patternProperties": {"^a": A, "b$": B}},
    "disjoint patterns": {"type": "object", "patternProperties": {"^a": A, "^b": B}},
    "counts of optional properties": {"type": "object", "properties": {"a": A}, "minProperties": 1},
    "counts of a closed object": {
        "type": "object",
        "properties": {"a": A},
        "minProperties": 1,
        "additionalProperties": False,
    },
    "counts of free keys": {"type": "object", "minProperties": 1},
    "recursion": {"type": "object", "properties": {"a": {"$ref": "#"}}},
    "recursion with a sibling": {"type": "object", "properties": {"a": {"$ref": "#", "type": "object"}}},
    "recursion with a description": {"type": "object", "properties": {"a": {"$ref": "#", "description": "x"}}},
    "a reference to nowhere": {"type": "object", "properties": {"a": {"$ref": "#/$defs/none"}}},
    "a remote reference": {"$ref": "https://example.org/schema"},
    "an unknown type": {"type": "any"},
    "a length with a fraction": {"type": "string", "minLength": -1},
    "properties that are no mapping": {"type": "object", "properties": []},
    "an enum of another type": {"type": "integer", "enum": ["a"]},
    "an enum of objects": {"enum": [{"a": 1}, [1]]},
    "a tuple": {"type": "array", "prefixItems": [A, B], "items": False},
    "an old tuple": {"type": "array", "items": [A, B], "additionalItems": False},
}


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_rules_agree_with_the_compiler(schema: Any) -> None:
    pytest.importorskip("llguidance")
    said = decoder.compile_error(schema)
    profile = catalogue.get("llguidance")
    found = lint_schema(schema, profile)
    assert bool(found) is bool(said), said
    assert compiled(schema, profile, found) == []


def test_a_disagreement_is_told() -> None:
    pytest.importorskip("llguidance")
    profile = catalogue.get("llguidance")
    (finding,) = compiled({"not": A}, profile, [])
    assert finding.rule == "llguidance_compile_refused"
    found = lint_schema({"not": A}, profile)
    assert compiled({"type": "string"}, profile, found)[0].rule == "llguidance_compile_accepted"


def test_what_grows_too_large_is_refused() -> None:
    branches = [{"type": "object", "properties": {f"p{index}": A}} for index in range(40)]
    schema = {"allOf": [{"anyOf": branches}, {"anyOf": branches}, {"anyOf": branches}]}
    assert {finding.rule for finding in lint_schema(schema, catalogue.get("llguidance"))} == {"llguidance_schema_large"}
