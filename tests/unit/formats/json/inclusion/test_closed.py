"""Closed writers: they write what they declare, where they declare it, and nothing that the open writer refuses."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from llmreg.formats.json.inclusion.decide import (
    Contained,
    Counterexample,
    Question,
    Side,
    Unknown,
    closed_document,
    equivalent_closed,
)

OBJ: dict[str, Any] = {"type": "object"}
BASE = {"properties": {"id": {"type": "integer"}}}
UNION = {
    "oneOf": [
        {"properties": {"k": {"const": "a"}, "d": {"properties": {"x": {}}, "type": "object"}}, "required": ["k", "d"]},
        {"properties": {"k": {"const": "b"}, "d": {"properties": {"y": {}}, "type": "object"}}, "required": ["k", "d"]},
    ]
}
NODE = {"type": "object", "properties": {"next": {"$ref": "#/$defs/n"}}}

WRITTEN = [
    # what for, writer, written, not written though the open writer accepts it
    ("declared keys only", {**OBJ, "properties": {"a": {}}}, [{}, {"a": 1}], [{"b": 1}]),
    ("a free-form map stays open", OBJ, [{"any": 1}], []),
    ("an empty list declares nothing", {**OBJ, "properties": {}}, [{}], [{"a": 1}]),
    ("an empty list below", {"items": {"properties": {}}}, [[{}], [1]], [[{"a": 1}]]),
    ("a required key beside an empty list", {"properties": {}, "required": ["b"]}, [{"b": 1}], [{"b": 1, "c": 1}]),
    ("an empty list beside one with keys", {"allOf": [{"properties": {}}, BASE]}, [{"id": 1}], [{"a": 1}]),
    ("an explicit word on other keys stands", {"properties": {"a": {}}, "additionalProperties": {"type": "null"}},
     [{"b": None}], []),
    ("a required key is declared", {"properties": {"a": {}}, "required": ["b"]}, [{"b": 1}], [{"b": 1, "c": 1}]),
    ("patterns declare too", {"properties": {"a": {}}, "patternProperties": {"^x-": {}}}, [{"x-1": 1}], [{"y": 1}]),
    ("all members of allOf declare", {"allOf": [BASE, {"properties": {"b": {}}, "required": ["b"]}]},
     [{"id": 1, "b": 2}], [{"b": 1, "c": 1}]),
    ("only branches that hold declare",
     {"anyOf": [{"properties": {"a": {}}, "required": ["a"]}, {"properties": {"b": {}}, "required": ["b"]}]},
     [{"a": 1}, {"a": 1, "b": 1}], [{"a": 1, "c": 1}]),
    ("one branch may keep all keys open", {"anyOf": [{"properties": {"a": {}}}, {"additionalProperties": True}]},
     [{"z": 1}], []),
    ("the branch decides about the child", UNION, [{"k": "a", "d": {"x": 1}}, {"k": "b", "d": {"y": 1}}],
     [{"k": "a", "d": {"y": 1}}, {"k": "b", "d": {"x": 1}}]),
    ("two schemas for one child declare together",
     {"allOf": [{"properties": {"c": {"properties": {"x": {}}}}}, {"properties": {"c": {"properties": {"y": {}}}}}]},
     [{"c": {"x": 1, "y": 1}}], [{"c": {"z": 1}}]),
    ("then declares where if holds",
     {"properties": {"a": {}}, "if": {"required": ["a"]}, "then": {"properties": {"b": {}}}},
     [{"a": 1, "b": 1}], [{"b": 1}]),
    ("inside not nothing is closed", {"properties": {"a": {}}, "not": {"properties": {"a": {"type": "string"}}}},
     [{"a": 1}], []),
    ("items of arrays", {"items": {"properties": {"a": {}}}}, [[{"a": 1}]], [[{"b": 1}]]),
    ("tuples", {"prefixItems": [{"properties": {"a": {}}}], "items": {"properties": {"b": {}}}},
     [[{"a": 1}, {"b": 1}]], [[{"b": 1}], [{}, {"a": 1}]]),
    ("values of maps", {"additionalProperties": {"properties": {"a": {}}}}, [{"k": {"a": 1}}], [{"k": {"b": 1}}]),
    ("recursion",
     {"$ref": "#/$defs/n", "$defs": {"n": NODE}}, [{"next": {"next": {}}}], [{"next": {"next": {"x": 1}}}]),
    ("a dependency's schema", {"properties": {"a": {}}, "dependentSchemas": {"a": {"properties": {"b": {}}}}},
     [{"a": 1, "b": 1}], [{"b": 1}]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("writer", "written", "refused"), [row[1:] for row in WRITTEN], ids=[row[0] for row in WRITTEN]
)
def test_what_is_written(
    writer: Any,
    written: list[Any],
    refused: list[Any],
    side: Callable[..., Side],
    question: Callable[..., Question],
    valid: Callable[..., bool],
) -> None:
    closed = closed_document(side(writer))
    for document in written:
        assert valid(closed, "2020-12", document)
        assert valid(writer, "2020-12", document)
    for document in refused:
        assert not valid(closed, "2020-12", document)
        assert valid(writer, "2020-12", document)
        answer = question(side(writer, closed=True), side({"not": {"const": document}})).decide()
        assert answer == Contained()


def test_an_optional_key_is_a_safe_addition(side: Callable[..., Side], question: Callable[..., Question]) -> None:
    old = {"type": "object", "properties": {"a": {"type": "string"}}}
    new = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}}
    assert question(side(old, closed=True), side(new)).decide() == Contained()
    assert isinstance(question(side(old), side(new)).decide(), Counterexample)


def test_closing_a_composition_keeps_its_counterexamples(
    side: Callable[..., Side], question: Callable[..., Question], confirmed: Callable[..., bool]
) -> None:
    writer = side({"allOf": [BASE, {"required": ["b"]}], "type": "object"}, closed=True)
    reader = side({"type": "number"})
    answer = question(writer, reader).decide()
    assert isinstance(answer, Counterexample)
    assert confirmed(answer, side(closed_document(writer)), reader)


def test_a_writer_that_closing_empties_is_no_proof(
    side: Callable[..., Side], question: Callable[..., Question]
) -> None:
    writer = side({"type": "object", "properties": {"a": {}}, "minProperties": 2}, closed=True)
    answer = question(writer, side({"type": "number"})).decide()
    assert isinstance(answer, Unknown)
    assert answer.reason == "empty-writer"


@pytest.mark.parametrize("draft", ["draft4", "draft6", "draft7", "2019-09", "2020-12"])
def test_the_closed_document_stays_in_its_draft(
    draft: str, side: Callable[..., Side], valid: Callable[..., bool]
) -> None:
    writer = {
        "$ref": "#/definitions/a",
        "definitions": {"a": {"type": "object", "properties": {"a": {"type": "null"}}}},
    }
    closed = closed_document(side(writer, draft))
    assert valid(closed, draft, {"a": None})
    assert not valid(closed, draft, {"b": None})
    assert not valid(closed, draft, {"a": 1})


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"type": "string"}, {"type": ["string"]}, True),
        ({"type": "string"}, {"type": ["string", "null"]}, False),
        ({"type": "object"}, {"type": "object", "properties": {"a": {}}}, False),
        ({"pattern": r"\ba", "type": "string"}, {"type": "string"}, None),
    ],
)
def test_equivalence(first: Any, second: Any, expected: bool | None, side: Callable[..., Side]) -> None:
    assert equivalent_closed(side(first), side(second), deadline=time.monotonic() + 5) is expected
