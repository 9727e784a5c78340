"""Budgets, caps and depth: they may end a search, never turn its answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from llmreg.formats.json.inclusion.decide import Caps, Contained, Question, Resource, Side, Unknown

ONE = Caps(scan=1, positions=1, placements=1, words=1, listed=1, length=1, rule_targets=1)

PAIRS: list[tuple[Any, Any]] = [
    ({"type": "array", "contains": {"const": 1}, "minContains": 2}, {"minItems": 2}),
    ({"type": "array", "contains": {"const": 1}, "minContains": 3}, {"minItems": 4}),
    ({"type": "array", "items": {"enum": [1, 2, 3]}, "minItems": 4, "uniqueItems": True}, False),
    ({"type": "integer", "multipleOf": 7, "not": {"multipleOf": 14}}, {"minimum": 0}),
    ({"type": "object", "minProperties": 4}, {"maxProperties": 3}),
    ({"type": "object", "minProperties": 4}, {"minProperties": 3}),
    ({"type": "object", "patternProperties": {"^a": {"type": "null"}, "b$": {"type": "string"}}, "minProperties": 2},
     {"patternProperties": {"^a.*b$": {"const": 1}}}),
    ({"type": "string", "minLength": 9}, {"maxLength": 8}),
    ({"enum": list(range(20))}, {"type": "integer", "minimum": 0}),
]  # fmt: skip


@pytest.mark.parametrize(("writer", "reader"), PAIRS)
def test_a_cap_never_turns_an_answer(
    writer: Any, reader: Any, side: Callable[..., Side], question: Callable[..., Question]
) -> None:
    usual = question(side(writer), side(reader)).decide()
    capped = question(side(writer), side(reader), caps=ONE).decide()
    assert not isinstance(usual, Unknown)
    assert isinstance(capped, Unknown | type(usual))


@pytest.mark.parametrize("steps", [1, 5])
def test_steps_run_out(steps: int, side: Callable[..., Side], question: Callable[..., Question]) -> None:
    union = {"oneOf": [{"properties": {f"p{n}": {"type": "integer"}}, "required": [f"p{n}"]} for n in range(12)]}
    answer = question(side(union), side({"not": union}), steps=steps).decide()
    assert answer == Unknown("budget", "the step budget ran out")


def test_a_deadline_is_kept() -> None:
    started = time.monotonic()
    bomb, other = "^(a|b)*a(a|b){16}$", "^(a|b)*b(a|b){15}(a|b)$"
    writer = Side({"type": "string", "allOf": [{"pattern": bomb}, {"pattern": other}]}, "2020-12")
    answer = Question(writer, Side({"pattern": "c"}, "2020-12"), deadline=started + 0.3, steps=10**9).decide()
    assert isinstance(answer, Unknown)
    assert answer.reason == "budget"
    assert time.monotonic() - started < 0.6


def test_a_loop_in_place_is_refused(side: Callable[..., Side], question: Callable[..., Question]) -> None:
    loop = {"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/a"}]}}}
    answer = question(side(loop), side({"type": "null"})).decide()
    assert isinstance(answer, Unknown)
    assert (answer.reason, answer.pointer) == ("recursion", "/$defs/a")


def test_depth_is_unknown_not_a_crash(side: Callable[..., Side], question: Callable[..., Question]) -> None:
    writer: Any = {"type": "string"}
    for _ in range(3000):
        writer = {"properties": {"a": writer}}
    answer = question(Side(writer, "2020-12"), side({"type": "null"})).decide()
    assert isinstance(answer, Unknown)
    assert answer.reason == "recursion"


def test_obstacles_say_what_was_left_out(side: Callable[..., Side], question: Callable[..., Question]) -> None:
    asked = question(side({"type": "string"}), side({"allOf": [{"$ref": "https://e.test/x"}]}))
    asked.decide()
    assert [(found.reason, found.pointer) for found in asked.obstacles] == [("remote-ref", "/allOf/0/$ref")]


def test_a_pinned_document_is_seen(side: Callable[..., Side], question: Callable[..., Question]) -> None:
    uri = "llmreg:chat/message@1.0.0"
    reader = side({"$ref": f"{uri}#/definitions/m"}, resources={
        uri: Resource({"definitions": {"m": {"type": "array", "items": [{"type": "null"}]}}}, "draft7")
    })  # fmt: skip
    assert question(side({"const": [None, 1]}), reader).decide() == Contained()
