"""Verdicts that depend on the draft.

"yes": included; "no": not, with a counterexample that both validators confirm; "taint": a mere candidate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from llmreg.formats.json.inclusion.decide import Contained, Counterexample, Question, Side

DRAFTS: list[tuple[str, str, Any, Any, str]] = [
    ("siblings of a reference are ignored", "draft7",
     {"$ref": "#/definitions/a", "type": "string", "definitions": {"a": {"type": "null"}}}, {"type": "null"}, "yes"),
    ("siblings of a reference count since 2019", "2019-09",
     {"$ref": "#/$defs/a", "type": "string", "$defs": {"a": {"type": "null"}}}, False, "yes"),
    ("const is unknown in draft 4", "draft4", {"const": 1}, {"type": "integer"}, "no"),
    ("contains is unknown in draft 4", "draft4", {"type": "array"}, {"contains": {"type": "null"}}, "yes"),
    ("if is unknown in draft 6", "draft6", {"type": "null"}, {"if": {}, "then": False}, "yes"),
    ("if is known in draft 7", "draft7", {"type": "null"}, {"if": {}, "then": False}, "no"),
    ("a strict bound in draft 4", "draft4", {"type": "integer", "minimum": 1, "exclusiveMinimum": True}, {"minimum": 2},
     "yes"),
    ("a fraction of zero is no integer in draft 4", "draft4", {"enum": [1, 2]}, {"type": "integer"}, "no"),
    ("an integer is integral in draft 4", "draft4", {"type": "integer"}, {"type": "number", "multipleOf": 1}, "yes"),
    ("an integral number is no integer in draft 4", "draft4",
     {"type": "number", "multipleOf": 1}, {"type": "integer"}, "no"),
    ("id in draft 4", "draft4", {"id": "http://e.test/a", "allOf": [{"$ref": "http://e.test/a#/definitions/x"}],
     "definitions": {"x": {"type": "null"}}}, {"type": "null"}, "yes"),
    ("items as a list", "draft7", {"type": "array", "items": [{}], "additionalItems": False}, {"maxItems": 1}, "yes"),
    ("additionalItems alone means nothing", "draft7", {"type": "array"}, {"additionalItems": False}, "yes"),
    ("prefixItems is unknown in draft 7", "draft7", {"type": "array"}, {"prefixItems": [False]}, "yes"),
    ("dependencies of both kinds", "draft7",
     {"type": "object", "dependencies": {"a": ["b"], "b": {"required": ["c"]}}, "required": ["a"]}, {"required": ["c"]},
     "yes"),
    ("maxContains is unknown in draft 7", "draft7", {"type": "array", "contains": {}},
     {"contains": {}, "maxContains": 1}, "yes"),
    ("a recursive reference", "2019-09",
     {"type": "object", "properties": {"n": {"$recursiveRef": "#"}}, "required": ["n"]}, False, "yes"),
    ("whether contained items are evaluated in 2019 is disputed", "2019-09",
     {"type": "array", "contains": {"const": 1}, "unevaluatedItems": False}, {"maxItems": 0}, "taint"),
    ("what only the validators' reading lets through", "2019-09",
     {"maxContains": 2, "contains": {"maxLength": 1}, "unevaluatedItems": False},
     {"maxContains": 2, "contains": {"maxLength": 1, "patternProperties": {"^a": False}}, "unevaluatedItems": False},
     "taint"),
    ("the same through a reference", "2019-09",
     {"type": "array", "allOf": [{"$ref": "#/$defs/a"}], "unevaluatedItems": False, "$defs": {"a": {"contains": {}}}},
     {"maxItems": 0}, "taint"),
    ("equal uses in either reading", "2019-09",
     {"type": "array", "contains": {"const": 1}, "unevaluatedItems": False, "maxItems": 3},
     {"contains": {"const": 1}, "unevaluatedItems": False}, "yes"),
    ("what holds in both readings", "2019-09",
     {"type": "array", "contains": {"const": 1}, "unevaluatedItems": {"type": "null"}},
     {"items": {"enum": [1, None]}}, "yes"),
    ("what only the reading of the specification refuses", "2019-09",
     {"type": "array", "contains": {"const": 1}}, {"contains": {}, "unevaluatedItems": {"type": "integer"}}, "taint"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("draft", "writer", "reader", "verdict"), [row[1:] for row in DRAFTS], ids=[row[0] for row in DRAFTS]
)
def test_verdict(
    draft: str,
    writer: Any,
    reader: Any,
    verdict: str,
    side: Callable[..., Side],
    assert_verdict: Callable[..., None],
) -> None:
    left, right = side(writer, draft), side(reader, draft)
    assert_verdict(left, right, verdict)


def test_the_sides_may_use_different_drafts(side: Callable[..., Side], question: Callable[..., Question]) -> None:
    old = side({"type": "array", "items": [{"type": "string"}], "additionalItems": False}, "draft7")
    new = side({"type": "array", "prefixItems": [{"type": "string"}], "items": False}, "2020-12")
    assert question(old, new).decide() == Contained()
    assert question(new, old).decide() == Contained()


def test_an_integer_of_draft_7_may_be_none_of_draft_4(
    side: Callable[..., Side], question: Callable[..., Question], confirmed: Callable[..., bool]
) -> None:
    left, right = side({"type": "integer"}, "draft7"), side({"type": "integer"}, "draft4")
    answer = question(left, right).decide()
    assert isinstance(answer, Counterexample)
    assert str(answer.document) == "0.0"
    assert confirmed(answer, left, right)
    assert question(right, left).decide() == Contained()
