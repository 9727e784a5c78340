"""Laws of inclusion on generated schemas: reflexive, monotone in unions and intersections, blind to key order."""

from __future__ import annotations

import time
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmreg.formats.json.inclusion.decide import Answer, Caps, Contained, Counterexample, Question, Side, Unknown

pytestmark = pytest.mark.property

LAW = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)

scalars = st.sampled_from([None, True, False, 0, 1, 2, 5, "", "a", "b", "ab"])
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
    max_leaves=4,
)
patterns = st.sampled_from(["^a", "b$", "^[ab]*$", "c", "^(a|b)c?$"])
small = st.integers(0, 3)
types = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])


def _object(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    subs = st.lists(inner, min_size=1, max_size=3)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": types,
            "enum": st.lists(values, min_size=1, max_size=3),
            "minimum": small,
            "multipleOf": st.integers(1, 3),
            "maxLength": small,
            "pattern": patterns,
            "items": inner,
            "contains": inner,
            "minItems": small,
            "uniqueItems": st.just(True),
            "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
            "patternProperties": st.dictionaries(patterns, inner, max_size=1),
            "additionalProperties": inner,
            "required": st.lists(st.sampled_from("abc"), max_size=2, unique=True),
            "maxProperties": small,
            "anyOf": subs,
            "oneOf": subs,
            "allOf": subs,
            "not": inner,
            "unevaluatedProperties": inner,
        },
    )


schemas = st.recursive(st.booleans() | _object(st.booleans()), _object, max_leaves=6)


def decide(writer: Any, reader: Any, **options: Any) -> Answer:
    left = Side(writer, "2020-12", closed=options.pop("closed", False))
    return Question(left, Side(reader, "2020-12"), deadline=time.monotonic() + 2, **options).decide()


def accepts(schema: Any, document: Any) -> bool:
    return bool(jsonschema_rs.Draft202012Validator(schema).is_valid(document))


def reordered(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: reordered(value) for key, value in reversed(schema.items())}
    return [reordered(item) for item in schema] if isinstance(schema, list) else schema


@LAW
@given(schemas)
def test_a_schema_includes_itself_in_any_key_order(schema: Any) -> None:
    assert decide(schema, reordered(schema)) == Contained()


@LAW
@given(schemas, schemas)
def test_a_union_includes_its_branches(first: Any, second: Any) -> None:
    assert isinstance(decide(first, {"anyOf": [second, first]}), Contained | Unknown)


@LAW
@given(schemas, schemas)
def test_an_intersection_is_included_in_its_members(first: Any, second: Any) -> None:
    assert isinstance(decide({"allOf": [first, second]}, first), Contained | Unknown)


@LAW
@given(schemas, schemas, st.lists(values, max_size=6))
def test_the_verdict_is_true_to_the_validator(writer: Any, reader: Any, documents: list[Any]) -> None:
    answer = decide(writer, reader)
    if isinstance(answer, Counterexample) and not answer.tainted:
        assert accepts(writer, answer.document)
        assert not accepts(reader, answer.document)
    if isinstance(answer, Contained):
        assert [one for one in documents if accepts(writer, one) and not accepts(reader, one)] == []


@LAW
@given(schemas, schemas)
def test_caps_never_turn_a_verdict(writer: Any, reader: Any) -> None:
    tight = Caps(scan=1, positions=1, placements=1, words=1, listed=1, length=1, rule_targets=1)
    kinds = {type(decide(writer, reader)), type(decide(writer, reader, caps=tight))}
    assert not {Contained, Counterexample} <= kinds


@LAW
@given(schemas, schemas)
def test_what_a_closed_writer_writes_the_open_one_writes(writer: Any, reader: Any) -> None:
    answer = decide(writer, reader, closed=True)
    if isinstance(answer, Counterexample) and not answer.tainted:
        assert accepts(writer, answer.document)
        assert not accepts(reader, answer.document)
