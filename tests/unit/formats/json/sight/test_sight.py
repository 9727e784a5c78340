"""What is seen from the texts alone is what the engine proves: nothing is trimmed, implied or sampled too boldly."""

from __future__ import annotations

import time
from typing import Any

import pytest

from llmreg.formats.interface import CompareOptions, Source
from llmreg.formats.json import FORMAT
from llmreg.formats.json.compare import verdict as pipeline
from llmreg.formats.json.inclusion.decide import Contained, Question
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.json.sight.gaps import gaps, writes_something
from llmreg.formats.json.sight.trimmed import trimmed
from llmreg.model.jsontext import dumps
from llmreg.model.report import Verdict

TEXT = {"type": "string"}
MANY = {f"p{number}": TEXT for number in range(8)}


def parse(document: Any) -> JsonSchema:
    return FORMAT.parse(Source(dumps(document).encode(), strict=False))


def record(**said: Any) -> dict[str, Any]:
    return {"type": "object", **said}


def union(*branches: Any) -> dict[str, Any]:
    return {"oneOf": list(branches)}


def tagged(tag: str, **properties: Any) -> dict[str, Any]:
    return record(properties={"kind": {"const": tag}, **properties}, required=["kind"])


def contained(writer: JsonSchema, reader: JsonSchema, *, closed: bool) -> bool:
    """What the engine says of the whole texts."""
    sides = writer.side(closed=closed), reader.side(closed=False)
    return isinstance(Question(*sides, deadline=time.monotonic() + 20).decide(), Contained)


PAIRS = [
    (record(properties=MANY), record(properties={**MANY, "more": TEXT})),
    (record(properties=MANY), record(properties={**MANY, "more": True})),
    (record(properties=MANY), record(properties=MANY, additionalProperties=False)),
    (record(properties=MANY, additionalProperties=True), record(properties=MANY, additionalProperties=False)),
    (record(properties=MANY), record(properties=MANY, required=["p1"])),
    (record(properties=MANY, minProperties=1), record(properties={**MANY, "p0": {"type": "integer"}})),
    # a list without a name in it declares nothing; without the list anything may be written
    (record(properties={}), record(properties={"a": TEXT})),
    (record(properties={}), record(properties={}, additionalProperties=False)),
    (record(properties={}), record()),
    (
        record(properties={**MANY, "in": record(properties={})}),
        record(properties={**MANY, "in": record(properties=MANY)}),
    ),
    (record(properties={**MANY, "in": record()}), record(properties={**MANY, "in": record(properties=MANY)})),
    # what is required is written, declared or not
    (record(properties=MANY, required=["q"]), record(properties=MANY, additionalProperties=False)),
    (record(properties=MANY, required=["q"]), record(properties=MANY, additionalProperties=TEXT)),
    (
        record(properties={"o": {"properties": MANY, "dependentRequired": {"p1": ["q"]}}}),
        record(properties={"o": {"properties": {**MANY, "q": TEXT}, "dependentRequired": {"p1": ["q"]}}}),
    ),
    # unions whose branches exclude each other, by type or by a tag, and some whose branches do not
    (union({"type": "null"}, record(properties=MANY)), union({"type": "null"}, record(properties={**MANY, "z": TEXT}))),
    (union({"type": "integer"}, {"minimum": 3}), union({"type": "integer"}, {"minimum": 2})),
    (union(tagged("a"), tagged("b")), union(tagged("a", x=TEXT), tagged("b"), tagged("c"))),
    (union(tagged("a"), tagged("a", x=TEXT), tagged("b")), union(tagged("a", x=TEXT), tagged("b"))),
    (union(tagged("a"), record(properties={"z": TEXT})), union(tagged("a", z={"type": "integer"}), record())),
    ({**union(tagged("a"), tagged("b")), "properties": {"z": True}}, union(tagged("a", z=TEXT), tagged("b", z=TEXT))),
    ({**union(tagged("a"), tagged("b")), "type": "object"}, union(tagged("a", z=TEXT), tagged("b", z=TEXT))),
    # told apart by a property that both declare alike
    (
        {"items": record(properties=MANY), "maxItems": 3},
        {"items": record(properties=MANY), "maxItems": 2, "uniqueItems": True},
    ),
    # what one declares, the other judges as undeclared
    (
        record(properties={**MANY, "x": {"properties": {"q": {"type": "integer"}}}}, additionalProperties=False),
        record(properties=MANY, additionalProperties={"properties": {"q": TEXT}}),
    ),
    # a definition that is met in two roles
    (
        {"$ref": "#/$defs/a", "$defs": {"a": record(properties={**MANY, "next": {"$ref": "#/$defs/a"}})}},
        {"$ref": "#/$defs/a", "$defs": {"a": record(properties={**MANY, "next": {"$ref": "#/$defs/a"}, "p0": True})}},
    ),
    (
        {"anyOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}], "$defs": {"a": record(properties=MANY), "b": TEXT}},
        {"anyOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": record(properties={**MANY, "z": True}), "b": TEXT}},
    ),
]


@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("turned", [True, False])
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_what_is_seen_at_sight_is_what_the_engine_proves(one: Any, other: Any, turned: bool, closed: bool) -> None:
    writer, reader = (parse(other), parse(one)) if turned else (parse(one), parse(other))
    expected = contained(writer, reader, closed=closed)
    seen = gaps(writer, reader, closed=closed)
    assert seen is None or (seen == []) is expected
    comparison = FORMAT.compare(writer, reader, CompareOptions(closed=closed))
    assert comparison.verdict is (Verdict.COMPATIBLE if expected else Verdict.INCOMPATIBLE)
    documents = trimmed(writer, reader)
    assert contained(parse(documents[0]), parse(documents[1]), closed=closed) is expected


@pytest.mark.parametrize(
    ("keyword", "one", "other"),
    [
        ("minimum", {"type": "integer"}, {"type": "integer", "minimum": 5}),
        ("exclusiveMaximum", {"type": "number", "maximum": 29}, {"type": "number", "exclusiveMaximum": 29}),
        ("maxLength", {**TEXT, "maxLength": 9}, {**TEXT, "maxLength": 3}),
        ("minLength", {**TEXT, "pattern": "^[ab]+$"}, {**TEXT, "minLength": 2}),
        ("maxItems", {"type": "array", "items": TEXT}, {"type": "array", "items": TEXT, "maxItems": 2}),
        ("enum", {"enum": ["a", "b"]}, {"enum": ["a"]}),
        ("type", {"anyOf": [TEXT, {"type": "null"}]}, TEXT),
    ],
)
def test_a_keyword_that_does_not_follow_comes_with_a_confirmed_document(keyword: str, one: Any, other: Any) -> None:
    comparison = FORMAT.compare(parse(record(properties={"a": one})), parse(record(properties={"a": other})), CLOSED)
    assert [finding.reader.pointer for finding in comparison.findings if finding.reader] == ["/properties/a"], keyword
    assert all(finding.witness for finding in comparison.findings)


CLOSED = CompareOptions()


def test_closed_forms_that_differ_are_not_equivalent() -> None:
    fewer, more = parse(record(properties={"a": TEXT})), parse(record(properties={"a": TEXT, "b": True}))
    assert pipeline.equivalent(fewer, more, CLOSED) is False
    assert pipeline.equivalent(more, fewer, CLOSED) is False


def test_a_recursive_union_is_sampled_within_bounds() -> None:
    branch = record(properties={"next": {"$ref": "#/$defs/n"}}, required=["next"])
    schema = {"$ref": "#/$defs/n", "$defs": {"n": {"anyOf": [branch, branch, branch]}}}
    assert not writes_something(parse(schema)) or parse(schema).stays_nonempty
