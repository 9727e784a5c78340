"""The validator: verdicts, places of problems, exact numbers, strictness, and what it must refuse to guess."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from llmreg.errors import LimitError, NotFoundError, SchemaError, UsageError
from llmreg.formats.interface import Source
from llmreg.formats.json import FORMAT
from llmreg.formats.json.schema import JsonSchema
from llmreg.model import jsontext

DRAFT4 = "http://json-schema.org/draft-04/schema#"
DRAFT7 = "http://json-schema.org/draft-07/schema#"
MESSAGE = {
    "$schema": DRAFT7,
    "$id": "https://example.org/message.json",
    "properties": {"text": {"$ref": "#/definitions/text"}},
    "definitions": {"text": {"minLength": 2}},
}


def resolve(subject: str, version: str) -> JsonSchema:
    if (subject, version) != ("chat/message", "1.0.0"):
        raise NotFoundError(f"no {subject}@{version}")
    return FORMAT.parse(Source(json.dumps(MESSAGE).encode()))


def schema(document: Any, *, strict: bool = True) -> JsonSchema:
    return FORMAT.parse(Source(jsontext.dumps(document).encode(), resolve=resolve, strict=strict))


def places(document: Any, value: Any, *, strict: bool = False) -> list[tuple[str, str, str | None]]:
    validator = FORMAT.validator(schema(document), strict=strict)
    problems = validator.problems(value)
    assert validator.is_valid(value) is not bool(problems)
    assert all(len(problem.message) < 300 for problem in problems)
    return [(problem.code, problem.pointer, problem.schema_pointer) for problem in problems]


PLACES = {
    "type": ({"properties": {"a": {"type": "string"}}}, {"a": 1}, ("type", "/a", "/properties/a/type")),
    "required is told at the object": (
        {"items": {"required": ["k"]}},
        [{}],
        ("required", "/0", "/items/required"),
    ),
    "through local references": (
        {"properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"allOf": [{"maximum": 3}]}}},
        {"a": 4},
        ("maximum", "/a", "/$defs/x/allOf/0/maximum"),
    ),
    "inside an embedded resource": (
        {
            "$id": "https://example.org/root.json",
            "properties": {"a": {"$ref": "item.json#/$defs/deep"}},
            "$defs": {"item": {"$id": "item.json", "$defs": {"deep": {"type": "integer"}}}},
        },
        {"a": "x"},
        ("type", "/a", "/$defs/item/$defs/deep/type"),
    ),
    "inside nested identifiers of draft 4": (
        {
            "$schema": DRAFT4,
            "id": "http://example.org/a#",
            "properties": {"p": {"id": "http://example.org/p", "items": {"id": "/q", "type": "string"}}},
        },
        {"p": [1]},
        ("type", "/p/0", "/properties/p/items/type"),
    ),
    "inside a pinned document": (
        {"properties": {"m": {"$ref": "llmreg:chat/message@1.0.0"}}},
        {"m": {"text": "x"}},
        ("minLength", "/m/text", "llmreg:chat/message@1.0.0#/definitions/text/minLength"),
    ),
    "empty and escaped keys": (
        {"properties": {"": {"properties": {"a/b~": {"type": "null"}}}}},
        {"": {"a/b~": 1}},
        ("type", "//a~1b~0", "/properties//properties/a~1b~0/type"),
    ),
    "an additional property": (
        {"properties": {"a": True}, "additionalProperties": False},
        {"b": 1},
        ("additionalProperties", "", "/additionalProperties"),
    ),
    "an alternative": (
        {"anyOf": [{"type": "string"}, {"required": ["k"], "type": "object"}]},
        {},
        ("anyOf", "", "/anyOf"),
    ),
    "false": ({"properties": {"a": False}}, {"a": 1}, ("falseSchema", "/a", "/properties/a")),
}


@pytest.mark.parametrize("case", PLACES)
def test_a_problem_says_where_in_document_and_schema(case: str) -> None:
    document, value, wanted = PLACES[case]
    assert places(document, value) == [wanted]


def test_every_problem_is_told_ordered_by_place() -> None:
    document = {"items": {"type": "integer", "maximum": 5}}
    assert [place for _, place, _ in places(document, ["x", 9, 1, *["y"] * 9])] == [
        f"/{index}" for index in (0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11)
    ]


def test_the_closest_alternative_is_named() -> None:
    one = {"properties": {"kind": {"const": "a"}, "n": {"type": "integer"}}, "required": ["kind"]}
    other = {"properties": {"kind": {"const": "b"}, "n": {"type": "string"}}, "required": ["kind"]}
    [problem] = FORMAT.validator(schema({"oneOf": [one, other]})).problems({"kind": "b", "n": 1})
    assert problem.message == (
        "fits none of the 2 alternatives; the closest one says of /n: must be string, is integer 1"
    )


@pytest.mark.parametrize(
    ("document", "value", "valid"),
    [
        ({"multipleOf": Decimal("0.01")}, Decimal("19.99"), True),
        ({"multipleOf": Decimal("0.01")}, Decimal("4.35"), True),
        ({"multipleOf": Decimal("0.01")}, Decimal("0.071"), False),
        ({"maximum": Decimal("0.1")}, Decimal("0.1000000000000000000000001"), False),
        ({"maximum": 10**40}, 10**40 + 1, False),
        ({"minimum": Decimal("1e3999")}, Decimal("1e4000"), True),
        ({"type": "integer"}, Decimal("1.0"), True),
        ({"$schema": DRAFT4, "type": "integer"}, Decimal("1.0"), False),
        ({"const": 1}, Decimal("1.00"), True),
        ({"const": 1}, True, False),
        ({"enum": [True]}, 1, False),
        ({"uniqueItems": True}, [1, Decimal("1.0")], False),
        ({"pattern": "^a$"}, "a\n", False),
        ({"pattern": "^\\d$"}, "٣", False),
        ({"$schema": DRAFT7, "format": "date-time", "contentEncoding": "base64"}, "%", True),
        ({"dependencies": {"a": ["b"]}}, {"a": 1}, True),
        ({"$schema": DRAFT7, "dependencies": {"a": ["b"]}}, {"a": 1}, False),
    ],
)
def test_verdicts_are_exact(document: Any, value: Any, valid: bool) -> None:
    assert bool(places(document, value)) is not valid


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ({"a": [float("nan")]}, "/a/0"),
        (float("inf"), ""),
        (Decimal("sNaN"), ""),
        ({"a": Decimal("-Infinity")}, "/a"),
        ({1: 2}, ""),
        ({"a": {1, 2}}, "/a"),
        ({"a": "\ud800"}, "/a"),
        (b"x", ""),
    ],
)
def test_what_is_no_json_value_is_refused(value: Any, pointer: str) -> None:
    validator = FORMAT.validator(schema(True))
    assert not validator.is_valid(value)
    assert [(problem.code, problem.pointer) for problem in validator.problems(value)] == [("not-json", pointer)]


@pytest.mark.parametrize("depth", [200, 200_000])
def test_a_deep_document_is_a_limit_and_no_crash(depth: int) -> None:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    validator = FORMAT.validator(schema({"items": {"$ref": "#"}}))
    for judge in (validator.is_valid, validator.problems):
        with pytest.raises(LimitError, match="deeper"):
            judge(value)
    while isinstance(value, list):  # freed level by level
        value = value.pop()


@pytest.mark.parametrize("wrap", ["pattern", "not", "if", "propertyNames"])
def test_a_pattern_that_backtracks_too_long_is_undecided_not_invalid(wrap: str) -> None:
    pattern = {"pattern": "^(a|a)*(?=b)$"}
    text = "a" * 40
    document, value = {
        "pattern": (pattern, text),
        "not": ({"not": pattern}, text),
        "if": ({"if": pattern, "else": {"const": 1}}, text),
        "propertyNames": ({"propertyNames": pattern}, {text: 1}),
    }[wrap]
    validator = FORMAT.validator(schema(document))
    for judge in (validator.is_valid, validator.problems):
        with pytest.raises(LimitError, match="too many steps"):
            judge(value)


def test_a_catastrophic_pattern_ends() -> None:
    assert not FORMAT.validator(schema({"pattern": "^(a+)+$"})).is_valid("a" * 100_000 + "!")


@pytest.mark.parametrize("reference", ["http://127.0.0.1:9/x.json", "file:///etc/passwd", "llmreg:no/such@1.0.0"])
def test_what_is_not_pinned_cannot_be_validated(reference: str) -> None:
    with pytest.raises(SchemaError, match="cannot compile"):
        FORMAT.validator(schema({"$ref": reference}, strict=False))


def test_json_has_no_binary_form() -> None:
    with pytest.raises(UsageError, match="no binary form"):
        FORMAT.validator(schema(True)).problems_binary(b"\x00")


STRICT = {
    "a plain object": ({"properties": {"a": True}}, {"a": 1, "b": 2}, ["/b"]),
    "declared in another branch": (
        {"allOf": [{"properties": {"a": True}}, {"$ref": "#/$defs/b"}], "$defs": {"b": {"properties": {"b": True}}}},
        {"a": 1, "b": 2, "c": 3},
        ["/c"],
    ),
    "nested": (
        {"properties": {"o": {"properties": {"x": True}}}},
        {"o": {"x": 1, "y": 2}, "z": 3},
        ["/o/y", "/z"],
    ),
    "an empty list of properties": ({"type": "object", "properties": {}}, {"any": 1}, ["/any"]),
    "a free-form map": ({"type": "object", "additionalProperties": {"type": "integer"}}, {"any": 1}, []),
    "open on purpose": ({"properties": {"a": True}, "additionalProperties": True}, {"b": 1}, []),
    "pattern properties": ({"properties": {"a": True}, "patternProperties": {"^x-": True}}, {"x-1": 1, "y": 2}, ["/y"]),
}


@pytest.mark.parametrize("case", STRICT)
def test_strict_refuses_fields_that_are_declared_nowhere(case: str) -> None:
    document, value, wanted = STRICT[case]
    assert places(document, value) == []
    assert places(document, value, strict=True) == [("undeclared-field", place, None) for place in wanted]


def test_strict_does_not_tell_twice_what_the_schema_refuses_itself() -> None:
    document = {"properties": {"a": True}, "additionalProperties": False}
    assert [code for code, _, _ in places(document, {"b": 1}, strict=True)] == ["additionalProperties"]
