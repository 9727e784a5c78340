"""Verdicts on arrays and objects.

"yes": included; "no": not, with a counterexample that both validators confirm; "taint": a mere candidate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from llmreg.formats.json.inclusion.decide import Side

OBJ: dict[str, Any] = {"type": "object"}
Row = tuple[str, Any, Any, str]

ARRAYS: list[Row] = [
    ("items narrowed", {"type": "array", "items": {"type": "number"}}, {"items": {"type": "integer"}}, "no"),
    ("an empty array has all items", {"type": "array", "maxItems": 0}, {"items": False}, "yes"),
    ("items false is a length", {"prefixItems": [True, True], "items": False}, {"maxItems": 2}, "yes"),
    ("a tuple's rest", {"prefixItems": [{"type": "string"}], "items": {"type": "null"}, "minItems": 2},
     {"contains": {"type": "null"}}, "yes"),
    ("two demands of one contains need two places",
     {"type": "array", "contains": {"const": 1}, "minContains": 2}, {"minItems": 2}, "yes"),
    ("contains and its complement",
     {"type": "array", "items": {"minimum": 5}, "contains": {"const": "1"}}, False, "no"),
    ("nothing contained in numbers alone",
     {"type": "array", "items": {"type": "number", "minimum": 5}, "contains": {"const": 1}}, False, "yes"),
    ("at most two of a kind",
     {"type": "array", "items": {"type": "integer"}, "contains": {"minimum": 0}, "maxContains": 2, "minItems": 3},
     {"contains": {"maximum": -1}}, "yes"),
    ("minContains 0 says nothing", {"type": "array"}, {"contains": {"const": 1}, "minContains": 0}, "yes"),
    ("three different booleans", {"type": "array", "items": {"type": "boolean"}, "minItems": 3, "uniqueItems": True},
     False, "yes"),
    ("all of a small domain", {"type": "array", "items": {"enum": [1, "a", None]}, "minItems": 3, "uniqueItems": True},
     {"contains": {"const": "a"}}, "yes"),
    ("equal by JSON", {"const": [1, 1.0]}, {"uniqueItems": True}, "no"),
    ("one item is unique", {"type": "array", "maxItems": 1}, {"uniqueItems": True}, "yes"),
    ("constants of arrays",
     {"enum": [[1, 2], [3]]}, {"type": "array", "items": {"type": "integer"}, "maxItems": 2}, "yes"),
    ("not this array", {"type": "array", "maxItems": 1}, {"not": {"const": []}}, "no"),
    ("unevaluated after a tuple",
     {"allOf": [{"prefixItems": [True]}], "unevaluatedItems": False}, {"maxItems": 1}, "yes"),
    ("contained items are evaluated",
     {"type": "array", "contains": {"const": 1}, "unevaluatedItems": False}, {"items": {"const": 1}}, "yes"),
]  # fmt: skip

OBJECTS: list[Row] = [
    ("required added", OBJ, {"required": ["id"]}, "no"),
    ("an open writer meets a closed reader",
     {"type": "object", "properties": {"a": {}}}, {"properties": {"a": {}}, "additionalProperties": False}, "no"),
    ("a removed key was open", {"type": "object", "properties": {"a": {"type": "string"}}}, OBJ, "yes"),
    ("a property and a pattern both apply",
     {"type": "object", "properties": {"ab": {"minimum": 1}}, "patternProperties": {"^a": {"type": "integer"}},
      "required": ["ab"]},
     {"properties": {"ab": {"type": "integer", "minimum": 1}}}, "yes"),
    ("additionalProperties sees its own siblings only",
     {"allOf": [{"properties": {"a": {}}}], "additionalProperties": False, "type": "object"},
     {"maxProperties": 0}, "yes"),
    ("unevaluatedProperties sees through allOf",
     {"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": False, "type": "object"},
     {"propertyNames": {"const": "a"}}, "yes"),
    ("unevaluatedProperties depends on the branch",
     {"anyOf": [{"properties": {"a": {"const": 1}}, "required": ["a"]}, {"properties": {"b": {}}}],
      "unevaluatedProperties": False, "type": "object"},
     {"properties": {"a": {"const": 1}}, "propertyNames": {"enum": ["a", "b"]}}, "yes"),
    ("patterns included in patterns",
     {"type": "object", "patternProperties": {"^[a-c]$": {"type": "string"}}, "additionalProperties": False},
     {"patternProperties": {"^[a-z]$": {"type": "string"}}, "additionalProperties": False}, "yes"),
    ("a key that a pattern matches too",
     {"type": "object", "patternProperties": {"^x": {"type": "string"}}},
     {"properties": {"x1": {"type": "string"}}}, "yes"),
    ("two demands on one fresh key",
     {"type": "object", "maxProperties": 1, "minProperties": 1, "propertyNames": {"pattern": "^k"}},
     {"anyOf": [{"propertyNames": {"pattern": "^k0"}}, {"additionalProperties": {"type": "string"}}]}, "no"),
    ("names and counts",
     {"type": "object", "propertyNames": {"enum": ["a", "b"]}}, {"maxProperties": 2}, "yes"),
    ("too few names", {"type": "object", "propertyNames": {"enum": ["a", "b"]}, "minProperties": 3}, False, "yes"),
    ("a dependency",
     {"type": "object", "dependentRequired": {"a": ["b"]}, "required": ["a"]}, {"required": ["b"]}, "yes"),
    ("a schema dependency", {"dependentSchemas": {"a": {"required": ["b"]}}, "required": ["a"], "type": "object"},
     {"required": ["b"]}, "yes"),
    ("constants of objects", {"const": {"a": 1, "b": [True]}}, {"required": ["b"], "maxProperties": 2}, "yes"),
    ("not this object", {"type": "object", "maxProperties": 1}, {"not": {"const": {"a": 1}}}, "no"),
    ("a key with a slash", {"type": "object", "properties": {"a/b~c": {"type": "string"}}},
     {"properties": {"a/b~c": {"type": "integer"}}}, "no"),
]  # fmt: skip

ROWS = [*ARRAYS, *OBJECTS]


@pytest.mark.parametrize(("writer", "reader", "verdict"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_verdict(
    writer: Any,
    reader: Any,
    verdict: str,
    side: Callable[..., Side],
    assert_verdict: Callable[..., None],
) -> None:
    left, right = side(writer), side(reader)
    assert_verdict(left, right, verdict)
