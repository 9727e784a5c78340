"""References between schemas: what is taken over from the other side, long chains, and large webs of definitions."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest

from llmreg.formats.json.inclusion.decide import Answer, Contained, Counterexample, Question, Side

pytestmark = pytest.mark.property

STRING: dict[str, Any] = {"type": "string"}
SHORT: dict[str, Any] = {"type": "string", "maxLength": 3}


def decide(writer: Any, reader: Any, *, closed: bool = False, draft: str = "2020-12") -> Answer:
    left, right = Side(writer, draft, closed=closed), Side(reader, draft)
    return Question(left, right, deadline=time.monotonic() + 60).decide()


def _at(pointer: str, target: Any) -> dict[str, Any]:
    """A schema that says the same on both sides but for what is at the end of its references."""
    using = {"type": "object", "properties": {"b": {"$ref": f"#/{pointer}/y"}}}
    return {"type": "object", "properties": {"a": {"$ref": f"#/{pointer}/x"}}, pointer: {"x": using, "y": target}}


@pytest.mark.parametrize("pointer", ["$defs", "components"])
@pytest.mark.parametrize("closed", [False, True])
def test_equal_text_is_equal_only_if_its_references_are(pointer: str, closed: bool) -> None:
    assert isinstance(decide(_at(pointer, STRING), _at(pointer, SHORT), closed=closed), Counterexample)
    assert decide(_at(pointer, SHORT), _at(pointer, STRING), closed=closed) == Contained()


def test_a_reference_tells_what_is_evaluated_even_where_it_asserts_nothing() -> None:
    def side(declared: dict[str, Any]) -> dict[str, Any]:
        inner = {"$ref": "#/$defs/named", "unevaluatedProperties": False}
        return {"properties": {"a": inner}, "$defs": {"named": declared}}

    assert isinstance(decide(side({"properties": {"k": True}}), side({})), Counterexample)
    assert decide(side({}), side({"properties": {"k": True}})) == Contained()


@pytest.mark.parametrize(("mine", "yours"), [(1, True), (0, False), ([1], [True])])
def test_what_python_holds_for_equal_json_does_not(mine: Any, yours: Any) -> None:
    writer, reader = ({"properties": {"a": {"allOf": [{"const": value}]}}} for value in (mine, yours))
    assert isinstance(decide(writer, reader), Counterexample)


def _chain(length: int, last: dict[str, Any]) -> dict[str, Any]:
    links = {f"d{i}": {"properties": {"n": {"$ref": f"#/$defs/d{i + 1}"}}} for i in range(length)}
    start = {f"x{i}": {"$ref": f"#/$defs/d{i}"} for i in range(0, length, 7)}
    return {"properties": start, "$defs": {**links, f"d{length}": last}}


@pytest.mark.parametrize("closed", [False, True])
def test_a_long_chain_of_references_is_read_and_decided(closed: bool) -> None:
    assert isinstance(decide(_chain(1500, STRING), _chain(1500, SHORT), closed=closed), Counterexample)
    assert decide(_chain(1500, SHORT), _chain(1500, STRING), closed=closed) == Contained()


def _web(size: int, special: dict[str, Any]) -> dict[str, Any]:
    """Definitions that all lead to each other, one of which holds `special`."""
    chance = random.Random(5)
    names = [f"d{i}" for i in range(size)]
    definitions: dict[str, Any] = {
        name: {
            "type": "object",
            "properties": {f"p{k}": {"$ref": f"#/$defs/{chance.choice(names)}"} for k in range(4)} | {"s": STRING},
        }
        for name in names
    }
    definitions[names[size // 2]]["properties"]["s"] = special
    return {"$ref": "#/$defs/d0", "$defs": definitions}


@pytest.mark.parametrize("closed", [False, True])
def test_one_change_in_a_large_web_is_found_and_its_reverse_proved(closed: bool) -> None:
    assert isinstance(decide(_web(300, STRING), _web(300, SHORT), closed=closed), Counterexample)
    assert decide(_web(300, SHORT), _web(300, STRING), closed=closed) == Contained()


def test_a_long_array_is_no_deep_one() -> None:
    writer, reader = ({"type": "array", "items": STRING, "maxItems": most} for most in (5001, 5000))
    answer = decide(writer, reader)
    assert isinstance(answer, Counterexample)
    assert answer.document == [""] * 5001
    assert decide(reader, writer) == Contained()


def test_many_untyped_branches_with_a_tag_close_in_time() -> None:
    def side(limit: int) -> dict[str, Any]:
        kinds = {
            f"k{i}": {
                "properties": {"tag": {"const": i}, "id": {"maxLength": limit}, "all": {"$ref": "#/definitions/any"}},
                "required": ["tag"],
            }
            for i in range(60)
        }
        union = {"oneOf": [{"$ref": f"#/definitions/{name}"} for name in kinds]}
        return {"definitions": {**kinds, "any": union}, "$ref": "#/definitions/any"}

    assert isinstance(decide(side(5), side(4), closed=True, draft="draft7"), Counterexample)
