"""Changes without a data break: what only reads differently, and the spellings that change nothing."""

from __future__ import annotations

from typing import Any

import pytest

from llmreg.formats.interface import CompareOptions, Source
from llmreg.formats.json import FORMAT
from llmreg.formats.rule import rulebook
from llmreg.model.finding import ChangeClass, Severity
from llmreg.model.jsontext import dumps

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
CITY = {"type": "string", "description": "a city"}


def changes(old: Any, new: Any) -> list[tuple[str, str, str]]:
    schemas = [FORMAT.parse(Source(dumps(side).encode(), strict=False)) for side in (old, new)]
    found = FORMAT.changes(*schemas, CompareOptions())
    return [(one.rule, one.writer.pointer, one.reader.pointer) for one in found if one.writer and one.reader]


SHARED = {"X": {"type": ["object", "number"]}, "Y": {"minLength": 1}}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            {"$defs": SHARED, "oneOf": [{"$ref": "#/$defs/X"}, {"type": "null"}, {"$ref": "#/$defs/X"}]},
            {"$defs": SHARED, "oneOf": [{"allOf": [{"$ref": "#/$defs/X"}]}, {"type": "null"}, {"$ref": "#/$defs/X"}]},
        ),
        ({"type": "object", "properties": {"a": CITY}}, {"properties": {"a": CITY}, "type": "object"}),
        ({"$schema": DRAFT_7, "title": "T"}, {"$schema": DRAFT_7.rstrip("#"), "title": "T"}),
        ({"$defs": {"C": CITY}, "$ref": "#/$defs/C"}, {"$defs": {"C": CITY}, "allOf": [{"$ref": "#/$defs/C"}]}),
        ({"definitions": {"C": CITY}, "$ref": "#/definitions/C"}, {"$defs": {"C": CITY}, "$ref": "#/$defs/C"}),
        ({"$defs": {"C": CITY}, "properties": {"c": {"$ref": "#/$defs/C"}}}, {"properties": {"c": CITY}}),
        ({"const": 1}, {"enum": [1]}),
        ({"$defs": {"Unused": {"title": "A"}}}, {"$defs": {"Unused": {"title": "B"}}}),
        ({"properties": {"a": True}}, {"properties": {"a": True, "b": {"title": "new"}}}),
        ({"required": ["a", "b"]}, {"required": ["b", "a"]}),
    ],
)
def test_other_spellings_are_no_change(old: Any, new: Any):
    assert changes(old, new) == []
    assert changes(new, old) == []


def test_a_definition_that_is_used_twice_is_told_once():
    def schema(text: str) -> Any:
        uses = {name: {"$ref": "#/$defs/C"} for name in "ab"}
        return {"$defs": {"C": {"type": "string", "description": text}}, "properties": uses}

    assert changes(schema("x"), schema("y")) == [("description_changed", "/$defs/C", "/$defs/C")]


def test_the_text_beside_a_reference_hides_that_behind_it():
    def schema(near: str, far: str) -> Any:
        return {"$defs": {"C": {"description": far}}, "properties": {"a": {"$ref": "#/$defs/C", "description": near}}}

    assert changes(schema("x", "1"), schema("x", "2")) == []
    assert changes(schema("x", "1"), schema("y", "1")) == [("description_changed", "/properties/a", "/properties/a")]


def test_each_text_beside_a_reference_is_told():
    def schema(text: str) -> Any:
        members = {name: {"$ref": "#/$defs/C", "description": f"{text} {name}"} for name in "ab"}
        return {"$defs": {"C": {"type": "string"}}, "properties": members}

    assert [place for _, place, _ in changes(schema("x"), schema("y"))] == ["/properties/a", "/properties/b"]


def test_what_stands_behind_a_lone_member_is_told_too():
    def schema(text: str) -> Any:
        behind = {"items": {"title": text}, "allOf": [{"title": text}, {"minItems": 1}]}
        return {"items": {"type": "string"}, "allOf": [behind]}

    places = [place for _, place, _ in changes(schema("x"), schema("y"))]
    assert places == ["/allOf/0/items", "/allOf/0/allOf/0"]


@pytest.mark.parametrize("keyword", ["items", "additionalProperties", "propertyNames"])
def test_a_text_where_nothing_stood_is_told(keyword: str):
    assert changes({}, {keyword: {"description": "x"}}) == [("description_changed", "", f"/{keyword}")]
    assert changes({keyword: True}, {keyword: {"title": "x"}}) == [("title_changed", f"/{keyword}", f"/{keyword}")]


def test_branches_that_are_spelled_otherwise_are_found_again():
    old = {"$defs": SHARED, "anyOf": [{"$ref": "#/$defs/X"}, {"$ref": "#/$defs/Y"}]}
    new = {"anyOf": [{"minLength": 1}, {"type": ["number", "object"]}]}
    assert changes(old, new) == [("branch_order_changed", "", "")]


def test_a_keyword_of_another_draft_is_an_annotation():
    old, new = ({"$schema": DRAFT_7, "dependentRequired": {"a": [name]}} for name in "bc")
    assert changes(old, new) == [("annotation_changed", "", "")]


def test_recursion_ends():
    def schema(text: str) -> Any:
        node = {"properties": {"next": {"$ref": "#/$defs/N"}, "v": {"title": text}}}
        return {"$defs": {"N": node}, "$ref": "#/$defs/N"}

    place = "/$defs/N/properties/v"
    assert changes(schema("x"), schema("y")) == [("title_changed", place, place)]


def test_branches_are_found_again_in_another_order():
    text, null = {"type": "string", "title": "t"}, {"type": "null"}
    found = changes({"anyOf": [text, null]}, {"anyOf": [null, {**text, "title": "u"}]})
    assert found == [("branch_order_changed", "", ""), ("title_changed", "/anyOf/0", "/anyOf/1")]


def test_every_rule_is_told_without_failing_anything():
    for rule in rulebook("llmreg.formats.json.change_rules").values():
        assert rule.severity is Severity.INFO
        assert rule.cls in (ChangeClass.ORDER, ChangeClass.PROMPT_VISIBLE, ChangeClass.HINT, ChangeClass.NONE)
