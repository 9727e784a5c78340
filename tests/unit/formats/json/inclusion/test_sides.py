"""What one reading of two schemas serves: the question, the closed form and equivalence, in either order."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from llmreg.formats.json.inclusion.answers import Contained, Counterexample, Side, Unknown
from llmreg.formats.json.inclusion.atoms import Atoms
from llmreg.formats.json.inclusion.decide import Question, closed_document, equivalent_closed
from llmreg.formats.json.inclusion.dialect import Reader
from llmreg.formats.json.inclusion.sight import Sight

LIST = {"$ref": "#/$defs/n", "$defs": {"n": {"properties": {"v": {}, "next": {"$ref": "#/$defs/n"}}}}}
TREE = {"$ref": "#/$defs/t", "$defs": {"t": {"properties": {"v": {}, "next": {"$ref": "#/$defs/t"}}}}}
NAMED = {"$id": "tool.json", "$ref": "#/$defs/x", "$defs": {"x": {"properties": {"a": {"type": "string"}}}}}

PAIRS = [
    ("the same under other names", LIST, TREE, True),
    ("a field more", {"properties": {"a": {}}}, {"properties": {"a": {}, "b": {}}}, False),
    ("a field less", {"properties": {"a": {}, "b": {}}}, {"properties": {"a": {}}}, False),
    ("a relative name of its own", NAMED, {"properties": {"a": {"type": "string"}}}, True),
    ("another word for the same", {"enum": [1]}, {"const": 1}, True),
]


@pytest.mark.parametrize(("old", "new", "same"), [pair[1:] for pair in PAIRS], ids=[pair[0] for pair in PAIRS])
def test_a_reading_is_taken_up_again(side: Callable[..., Side], old: Any, new: Any, same: bool) -> None:
    """Afresh, after the question, and after the question in the other direction."""
    one, two = side(old, closed=True), side(new, closed=True)
    deadline = time.monotonic() + 5
    fresh = closed_document(one)
    assert equivalent_closed(one, two, deadline=deadline) is same
    for writer, reader in ((one, two), (two, one)):
        Question(writer, reader, deadline=deadline)
        assert closed_document(one) == fresh
        assert equivalent_closed(one, two, deadline=deadline) is same
    assert equivalent_closed(one, one, deadline=deadline) is True


def test_a_writer_that_uses_the_engines_own_name_is_not_guessed_at(side: Callable[..., Side]) -> None:
    writer = {"$id": "llmreg://writer/closed", "properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {}}}
    answer = Question(side(writer, closed=True), side({"maxProperties": 0}), deadline=time.monotonic() + 5).decide()
    assert isinstance(answer, Unknown)
    assert "llmreg://writer/closed" in answer.message


SEEN = [
    ({"type": "integer", "minimum": 3}, {"minimum": 3}, True),
    ({"minimum": 3}, {"minimum": 2}, False),
    ({"type": "string"}, {"minimum": 2}, True),
    ({"type": ["string", "null"]}, {"type": ["string", "null", "array"]}, True),
    ({"type": ["string", "null"]}, {"type": "string"}, False),
    ({"properties": {"a": {"type": "string", "maxLength": 3}}}, {"properties": {"a": {"maxLength": 3}}}, True),
    ({"properties": {"a": {"type": "string"}}}, {"properties": {"b": {"type": "string"}}}, False),
    ({"allOf": [{"properties": {"a": {"type": ["string", "null"]}}},
                {"properties": {"a": {"type": ["string", "array"]}}}]},
     {"properties": {"a": {"type": "string"}}}, True),
    ({"items": {"type": "object", "required": ["a", "b"]}}, {"items": {"required": ["b"]}}, True),
    ({"items": {"required": ["b"]}}, {"prefixItems": [{"required": ["b"]}]}, True),
    ({"required": ["a"]}, {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, True),
]  # fmt: skip


@pytest.mark.parametrize(("writer", "reader", "seen"), SEEN)
def test_what_is_implied_at_sight_is_implied(side: Callable[..., Side], writer: Any, reader: Any, seen: bool) -> None:
    table = Atoms()
    left, right = Reader(table, side(writer), "writer").root(), Reader(table, side(reader), "reader").root()
    assert Sight(table).implies(left, right) is seen


@pytest.mark.parametrize(
    ("writer", "reader", "shown"),
    [({"type": "number"}, {"type": "integer"}, "0.5"), ({"minimum": 3}, {"multipleOf": 1}, "3.5")],
)
def test_a_number_that_is_no_multiple_is_a_short_one(
    side: Callable[..., Side], writer: Any, reader: Any, shown: str
) -> None:
    answer = Question(side(writer), side(reader), deadline=time.monotonic() + 5).decide()
    assert isinstance(answer, Counterexample)
    assert str(answer.document) == shown


def test_nothing_left_to_prove_is_a_proof(side: Callable[..., Side]) -> None:
    writer = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    answer = Question(side(writer, closed=True), side({"required": ["a"]}), deadline=time.monotonic() + 5).decide()
    assert answer == Contained()
