"""Verdicts on single values and on the keywords that combine schemas in place.

"yes": included; "no": not, with a counterexample that both validators confirm; "taint": a mere candidate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from llmreg.formats.json.inclusion.decide import Side

OBJ: dict[str, Any] = {"type": "object"}
Row = tuple[str, Any, Any, str]

SCALARS: list[Row] = [
    ("equal schemas", {"type": "string"}, {"type": "string"}, "yes"),
    ("anything is in true", {"minimum": 3}, True, "yes"),
    ("nothing is in everything", False, {"type": "null"}, "yes"),
    ("true is not in a type", True, {"type": ["null", "boolean", "number", "string", "array"]}, "no"),
    ("all six types are everything", True, {"type": ["null", "boolean", "number", "string", "array", "object"]}, "yes"),
    ("integer is a number", {"type": "integer"}, {"type": "number"}, "yes"),
    ("a number is no integer", {"type": "number"}, {"type": "integer"}, "no"),
    ("an integral number is an integer", {"type": "number", "multipleOf": 1}, {"type": "integer"}, "yes"),
    ("true is not 1", {"const": True}, {"const": 1}, "no"),
    ("1.0 is 1", {"const": 1.0}, {"enum": [1]}, "yes"),
    ("both booleans are the type", {"enum": [True, False]}, {"type": "boolean"}, "yes"),
    ("the type is both booleans", {"type": "boolean"}, {"enum": [False, True]}, "yes"),
    ("enum narrowed", {"enum": ["a", "b", "c"]}, {"enum": ["a", "c"]}, "no"),
    ("enum widened", {"enum": ["a", "c"]}, {"enum": ["a", "b", "c"]}, "yes"),
    ("enum filtered by siblings", {"enum": ["a", 1, None], "type": "string"}, {"const": "a"}, "yes"),
    ("bounds that touch", {"exclusiveMinimum": 2, "type": "integer"}, {"minimum": 3}, "yes"),
    ("bounds that touch, but reals", {"exclusiveMinimum": 2, "type": "number"}, {"minimum": 3}, "no"),
    ("an open interval of one point", {"type": "number", "minimum": 2, "exclusiveMaximum": 2}, False, "yes"),
    ("multiples of 6", {"type": "integer", "multipleOf": 6}, {"multipleOf": 3}, "yes"),
    (
        "multiples of 2 and 3",
        {"type": "integer", "allOf": [{"multipleOf": 2}, {"multipleOf": 3}]},
        {"multipleOf": 6},
        "yes",
    ),
    ("multiples of 6 are not of 4", {"type": "integer", "multipleOf": 6}, {"multipleOf": 4}, "no"),
    ("decimal steps", {"multipleOf": 0.5}, {"multipleOf": 0.25}, "yes"),
    ("no multiple in the window", {"type": "integer", "minimum": 11, "maximum": 19, "multipleOf": 10}, False, "yes"),
    ("a length above the limit", {"type": "string"}, {"maxLength": 45}, "no"),
    ("lengths count code points", {"type": "string", "minLength": 2}, {"minLength": 1}, "yes"),
    ("a pattern and a length", {"type": "string", "pattern": "^a{3,5}$"}, {"minLength": 3, "maxLength": 5}, "yes"),
    ("patterns are searches", {"type": "string", "pattern": "^ab"}, {"pattern": "b"}, "yes"),
    ("an end is the very end", {"type": "string", "pattern": "^a$"}, {"maxLength": 1}, "yes"),
    ("atoms are guarded", {"type": "string"}, {"minimum": 5, "minItems": 3, "required": ["a"]}, "yes"),
    ("format is an annotation", {"type": "string"}, {"type": "string", "format": "date"}, "yes"),
    ("an unknown keyword is an annotation", OBJ, {"type": "object", "x-sorted": True}, "yes"),
]

LOGIC: list[Row] = [
    ("a branch of a union", {"type": "string"}, {"anyOf": [{"type": "string"}, {"type": "null"}]}, "yes"),
    ("a union by its branches", {"anyOf": [{"const": 1}, {"const": 2}]}, {"type": "integer", "maximum": 2}, "yes"),
    ("an intersection", {"allOf": [{"minimum": 1}, {"maximum": 3}], "type": "number"}, {"minimum": 0}, "yes"),
    ("double negation", {"not": {"not": {"type": "string"}}}, {"type": "string"}, "yes"),
    ("a value that is not the constant", {"type": "integer"}, {"not": {"const": 7}}, "no"),
    ("equal branches of oneOf accept nothing", {"oneOf": [OBJ, OBJ]}, False, "yes"),
    ("three branches, two of them equal", {"oneOf": [{"type": "null"}, OBJ, OBJ]}, {"type": "null"}, "yes"),
    ("oneOf, overlapping", {"type": "integer"}, {"oneOf": [{"minimum": 0}, {"maximum": 0}]}, "no"),
    ("oneOf, meeting nowhere", {"type": "integer"}, {"oneOf": [{"minimum": 1}, {"maximum": 0}]}, "yes"),
    (
        "oneOf with one branch that holds for all numbers",
        {"const": 1},
        {"oneOf": [{"minimum": 1}, {"type": "array", "maxItems": 0}]},
        "yes",
    ),
    ("if and then", {"const": 5}, {"if": {"minimum": 3}, "then": {"maximum": 4}}, "no"),
    ("if without then", {"const": 5}, {"if": {"minimum": 3}, "else": False}, "yes"),
    ("then without if", {"const": 5}, {"then": False, "else": False}, "yes"),
    ("a discriminated union grows",
     {"oneOf": [{"properties": {"k": {"const": "a"}, "v": {"type": "string"}}, "required": ["k"], "type": "object"}]},
     {"oneOf": [
         {"properties": {"k": {"const": "a"}, "v": {"type": "string"}}, "required": ["k"], "type": "object"},
         {"properties": {"k": {"const": "b"}}, "required": ["k"], "type": "object"}]},
     "yes"),
    ("one branch pins the tag twice, the other not at all",
     {"type": "object", "required": ["k"], "properties": {"k": {"const": "a"}}},
     {"oneOf": [
         {"type": "object", "required": ["k"], "properties": {"k": {"enum": ["a", "b"], "minLength": 1}},
          "allOf": [{"properties": {"k": {"enum": ["a", "c"]}}}]},
         {"type": "object", "required": ["k"]}]},
     "no"),
    ("a keyword name inside a constant is data", {"const": {"$ref": "#/nowhere", "type": "string"}}, OBJ, "yes"),
]  # fmt: skip

ROWS = [*SCALARS, *LOGIC]


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
