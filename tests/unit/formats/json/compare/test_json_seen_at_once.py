"""What is decided or shown without another search: the difference of two versions, and what one question answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from llmreg.formats import catalogue
from llmreg.formats.interface import CompareOptions, Source
from llmreg.formats.json.compare import verdict as comparing
from llmreg.formats.json.compare.unions import _Cutter
from llmreg.formats.json.explain import ignored
from llmreg.formats.json.explain.unions import Cut
from llmreg.formats.json.inclusion.answers import Side

FORMAT = catalogue.get("json")
OPTIONS = CompareOptions()
PATTERN = {"x": {"type": "string", "pattern": "^a"}, "y": {"type": "string"}}
DRAFT_4 = "http://json-schema.org/draft-04/schema#"


def parsed(schema: Any) -> Any:
    return FORMAT.parse(Source(json.dumps(schema).encode()))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # no type: only closed do they differ
        ({"properties": {"a": {}}, "type": "object"}, {"properties": {"a": {}, "b": {"enum": [1]}}, "type": "object"}),
        # one place is hard to see, the next is not
        (
            {"properties": {**PATTERN, "z": {"anyOf": [{"minLength": 3}]}}},
            {"properties": {"x": {"type": "string", "pattern": "^b"}, "y": {"type": "integer"}, "z": {"not": {}}}},
        ),
        (
            {"type": "object", "properties": {"a": {}}, "additionalProperties": False},
            {"type": "object", "properties": {"a": {}}, "additionalProperties": True},
        ),
        ({"$schema": DRAFT_4, "maximum": 3}, {"$schema": DRAFT_4, "maximum": 4}),
    ],
)
def test_a_difference_is_seen_without_the_engine(monkeypatch: pytest.MonkeyPatch, old: Any, new: Any) -> None:
    def never(*_: Any, **__: Any) -> bool:
        raise AssertionError("the engine was asked")

    monkeypatch.setattr(comparing, "equivalent_closed", never)
    assert FORMAT.equivalent(parsed(old), parsed(new), OPTIONS) is False
    assert FORMAT.equivalent(parsed(new), parsed(old), OPTIONS) is False


@pytest.mark.parametrize("required", [["b"], []])
def test_a_name_that_is_only_required_is_written_by_the_closed_writer(required: list[str]) -> None:
    old = {"type": "object", "properties": {"a": {}}, "required": required}
    new = {"type": "object", "properties": {"a": {}, "b": {}}, "required": required}
    assert FORMAT.equivalent(parsed(old), parsed(new), OPTIONS) is bool(required)


def test_what_breaks_is_not_equivalent(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = parsed({"anyOf": [{"minLength": 2}, {"type": "null"}]}), parsed({"allOf": [{"minLength": 3}]})
    assert FORMAT.compare(old, new, OPTIONS).findings
    monkeypatch.setattr(comparing, "differ", None)
    assert FORMAT.equivalent(old, new, OPTIONS) is False
    assert FORMAT.equivalent(new, old, OPTIONS) is False


def test_one_question_finds_all_that_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    question = ignored.Question

    def counted(*args: Any, **options: Any) -> Any:
        asked.append(args)
        return question(*args, **options)

    monkeypatch.setattr(ignored, "Question", counted)
    kinds = [{"properties": {name: {"type": "string"}, "k": {"const": name}}, "required": ["k"]} for name in "abc"]
    old = {"type": "object", "anyOf": kinds}
    new = {"type": "object", "properties": {"k": {}}}
    found = FORMAT.compare(parsed(old), parsed(new), OPTIONS).findings
    assert [finding.rule for finding in found] == ["property_ignored"] * 3
    for name, finding in zip("abc", found, strict=True):
        assert finding.witness is not None
        assert name in finding.witness.document
    assert len(asked) == 1


def test_whatever_is_said_below_a_free_place_is_one_cause() -> None:
    inner = {"type": "object", "properties": {"b": {"type": "string"}, "c": {"minimum": 3}}, "required": ["b"]}
    old = {"type": "object", "properties": {"a": {}, "k": {"anyOf": [{"type": "null"}]}}}
    new = {"type": "object", "properties": {"a": inner, "k": {"anyOf": [{"type": "null"}]}}}
    found = FORMAT.compare(parsed(old), parsed(new), OPTIONS).findings
    assert [finding.rule for finding in found] == ["type_narrowed"]


def test_a_cut_keeps_the_definitions_that_its_branch_leads_to() -> None:
    definitions = {"a": {"$ref": "#/$defs/b"}, "b": {"type": "null"}, "c": {"type": "string"}}
    document = {"anyOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/c"}], "$defs": definitions}
    cuts = [Cut("", "anyOf", 0)]
    assert _Cutter(Side(document, "2020-12"), plain=True).cut(cuts).document["$defs"].keys() == {"a", "b"}
    assert _Cutter(Side(document, "2020-12"), plain=False).cut(cuts).document["$defs"].keys() == {"a", "b", "c"}
