"""What is called alike surely means the same, and a closed writer that may write nothing is not passed over."""

from __future__ import annotations

from typing import Any

import pytest

from llmreg.formats.interface import CompareOptions, Source
from llmreg.formats.json import FORMAT
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.json.sight.alike import Alike
from llmreg.model.jsontext import dumps
from llmreg.model.report import Verdict

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
TEXT = {"type": "string"}
LIST = {"properties": {"next": {"$ref": "#"}, "value": {"$ref": "#/$defs/v"}}, "$defs": {"v": TEXT}}
# closed, an object may hold `a` alone: too few members
ONLY_BY_SIZE = {"type": "object", "properties": {"a": TEXT}, "minProperties": 2}


def parse(document: Any) -> JsonSchema:
    return FORMAT.parse(Source(dumps(document).encode(), strict=False))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (TEXT, {"description": "a text", "type": "string", "examples": ["x"]}),
        (
            {"type": "object", "properties": {"a": TEXT, "b": {}}},
            {"properties": {"b": {}, "a": TEXT}, "type": "object"},
        ),
        (LIST, {**LIST, "title": "a list", "$defs": {"v": {**TEXT, "title": "a value"}}}),
        ({**TEXT, "x-owner": "us"}, {**TEXT, "x-owner": "them", "format": "email"}),
        ({"anyOf": [TEXT, True]}, {"anyOf": [{**TEXT, "$comment": "first"}, True]}),
        ({"dependencies": {"a": ["b"]}, "$schema": DRAFT_7}, {"dependencies": {"a": ["b"]}, "$schema": DRAFT_7}),
    ],
)
def test_documents_that_differ_in_what_judges_nothing_are_alike(one: Any, other: Any) -> None:
    first, second = parse(one), parse(other)
    assert Alike(first, second).whole()
    assert FORMAT.compare(first, second, CompareOptions()).verdict is Verdict.COMPATIBLE
    assert FORMAT.equivalent(first, second, CompareOptions()) is True


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"const": 1}, {"const": True}),
        ({"enum": [0]}, {"enum": [False]}),
        ({"items": True}, {"items": False}),
        (TEXT, {**TEXT, "minLength": 1}),
        (LIST, {**LIST, "$defs": {"v": {"type": "integer"}}}),
        ({**LIST, "$schema": DRAFT_7}, LIST),
        ({"properties": {"description": TEXT}}, {"properties": {"description": {"type": "integer"}}}),
        ({"default": {"type": "string"}, "$ref": "#/default"}, {"default": {"type": "integer"}, "$ref": "#/default"}),
        ({"x-one": {"type": "string"}, "$ref": "#/x-one"}, {"x-one": {"type": "integer"}, "$ref": "#/x-one"}),
        (
            {"$ref": "urn:v", "$defs": {"v": {"$id": "urn:v"}}},
            {"$ref": "urn:v", "$defs": {"v": {"$id": "urn:v", "title": "a value"}}},
        ),
        ({"dependencies": {"a": ["b"]}, "$schema": DRAFT_7}, {"dependencies": {"a": ["c"]}, "$schema": DRAFT_7}),
    ],
)
def test_whatever_may_judge_makes_a_difference(one: Any, other: Any) -> None:
    assert not Alike(parse(one), parse(other)).whole()


@pytest.mark.parametrize(
    "document",
    [
        {"type": "object", "properties": {"a": TEXT}, "required": ["a", "b"]},
        {"anyOf": [{"properties": {"a": {"const": 1}}}, {"properties": {"b": TEXT}, "required": ["b"]}]},
        {"properties": {"a": {"oneOf": [TEXT, {"type": "null"}]}, "b": {"items": TEXT, "uniqueItems": True}}},
        {"$ref": "#/$defs/a", "$defs": {"a": {"properties": {"a": {"enum": ["x", 1]}}, "maxProperties": 1}}},
    ],
)
def test_a_writer_of_members_that_nothing_needs_stays_nonempty(document: Any) -> None:
    assert parse(document).stays_nonempty
    reader = parse({**document, "title": "the same"})
    assert FORMAT.compare(parse(document), reader, CompareOptions(closed=True)).verdict is Verdict.COMPATIBLE


@pytest.mark.parametrize(
    "document",
    [
        ONLY_BY_SIZE,
        {"allOf": [{"const": {"a": 1}}, {"properties": {"b": TEXT}}]},
        {"properties": {"a": TEXT}, "not": {"properties": {"b": False}}},
        {"oneOf": [{"properties": {"a": TEXT}}, {"properties": {"b": TEXT}}]},
        {"type": "array", "items": {"properties": {"a": {"const": 1}}}, "uniqueItems": True, "minItems": 3},
        {"items": {"properties": {"a": {"const": 1}}}, "contains": {"required": ["b"]}},
    ],
)
def test_a_writer_that_may_need_what_it_does_not_declare_is_asked_about(document: Any) -> None:
    assert not parse(document).stays_nonempty


def test_a_closed_writer_that_writes_nothing_is_told_about_though_only_its_title_changed() -> None:
    writer, reader = parse(ONLY_BY_SIZE), parse({**ONLY_BY_SIZE, "title": "the same"})
    assert FORMAT.compare(writer, reader, CompareOptions(closed=False)).verdict is Verdict.COMPATIBLE
    comparison = FORMAT.compare(writer, reader, CompareOptions(closed=True))
    assert comparison.verdict is Verdict.UNDECIDED
    assert [one.reason for one in comparison.undecided] == ["empty-writer"]
