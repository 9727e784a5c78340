"""The pipeline: verdicts only from proofs and confirmed witnesses, one finding per cause, budgets kept and told."""

from __future__ import annotations

import time
from typing import Any

import pytest

from llmreg.formats.interface import CompareOptions, Comparison, Source
from llmreg.formats.json import FORMAT
from llmreg.formats.json.compare import unions
from llmreg.formats.json.compare import verdict as pipeline
from llmreg.formats.json.explain.unions import Cut, cut_down
from llmreg.formats.json.inclusion.answers import Counterexample, Unknown
from llmreg.formats.json.schema import JsonSchema
from llmreg.model.finding import Status
from llmreg.model.jsontext import dumps
from llmreg.model.report import Verdict

TEXT = {"type": "string"}


def parse(document: Any) -> JsonSchema:
    return FORMAT.parse(Source(dumps(document).encode(), strict=False))


def compare(writer: Any, reader: Any, **options: Any) -> Comparison:
    return FORMAT.compare(parse(writer), parse(reader), CompareOptions(**options))


def told(comparison: Comparison) -> list[tuple[str, str, str, Any]]:
    return [
        (found.rule, found.writer.pointer, found.reader.pointer, found.witness and found.witness.document)
        for found in comparison.findings
        if found.writer and found.reader
    ]


def test_every_witness_names_both_engines_with_versions():
    (found,) = compare(TEXT, {"type": "integer"}).findings
    assert found.status is Status.WITNESSED
    assert found.witness is not None
    assert [name.rsplit(" ", 1)[0] for name in found.witness.confirmed_by] == ["jsonschema", "jsonschema-rs"]
    assert all(name.rsplit(" ", 1)[1][0].isdigit() for name in found.witness.confirmed_by)


def test_a_hundred_causes_give_a_hundred_findings_in_the_order_of_the_text():
    names = [f"p{number}" for number in range(100)]
    writer = {"properties": {name: {"type": "string", "maxLength": 2} for name in names}}
    reader = {"properties": {name: {"type": "string", "maxLength": 1} for name in reversed(names)}}
    found = told(compare(writer, reader, deadline=time.monotonic() + 60))
    assert [reader for _, _, reader, _ in found] == [f"/properties/{name}" for name in reversed(names)]
    assert [witness for _, _, _, witness in found] == [{name: "aa"} for name in reversed(names)]


def test_causes_that_only_come_together_are_still_two_findings():
    def schema(first: Any, second: Any) -> Any:
        return {"type": "object", "properties": {"a": first, "b": second}, "required": ["a", "b"]}

    comparison = compare(schema(TEXT, {"type": "integer"}), schema({"type": "integer"}, TEXT))
    assert told(comparison) == [
        ("type_changed", "/properties/a", "/properties/a", {"a": "", "b": 0}),
        ("type_changed", "/properties/b", "/properties/b", {"a": "", "b": 0}),
    ]


def test_one_definition_by_several_ways_is_one_cause_with_the_shortest_way():
    def schema(most: int) -> Any:
        node = {
            "type": "object",
            "properties": {"next": {"$ref": "#/$defs/Node"}, "v": {"type": "integer", "maximum": most}},
        }
        return {"$defs": {"Node": node}, "$ref": "#/$defs/Node"}

    place = "/$defs/Node/properties/v"
    assert told(compare(schema(6), schema(5))) == [("maximum_lowered", place, place, {"v": 6})]


def test_unions_hide_no_cause():
    def kind(name: str, **properties: Any) -> Any:
        return {"type": "object", "properties": {"kind": {"const": name}, **properties}, "required": ["kind"]}

    number = {"type": "integer"}
    writer = {"oneOf": [kind("a", x=TEXT, y=number), kind("b", z=TEXT), TEXT]}
    reader = {"oneOf": [kind("b", z=number), kind("a", x=number, y=TEXT)]}
    assert told(compare(writer, reader)) == [
        ("any_of_branch_removed", "/oneOf/2", "", ""),
        ("type_changed", "/oneOf/1/properties/z", "/oneOf/0/properties/z", {"kind": "b", "z": ""}),
        ("type_changed", "/oneOf/0/properties/x", "/oneOf/1/properties/x", {"kind": "a", "x": ""}),
        ("type_changed", "/oneOf/0/properties/y", "/oneOf/1/properties/y", {"kind": "a", "y": 0}),
    ]


def test_unions_within_unions_are_entered():
    def schema(length: int, most: int) -> Any:
        inner = {"anyOf": [{"type": "string", "maxLength": length}, {"type": "integer", "maximum": most}]}
        return {"anyOf": [{"type": "null"}, {"type": "array", "items": inner}]}

    place = "/anyOf/1/items/anyOf"
    assert told(compare(schema(2, 2), schema(1, 1))) == [
        ("max_length_lowered", f"{place}/0", f"{place}/0", ["aa"]),
        ("maximum_lowered", f"{place}/1", f"{place}/1", [2]),
    ]


@pytest.mark.parametrize("closed", [True, False])
def test_the_mode_of_the_writer_decides_about_added_properties(closed: bool):
    old = {"type": "object", "properties": {"a": TEXT}}
    new = {"type": "object", "properties": {"a": TEXT, "b": TEXT}}
    assert compare(old, new, closed=closed).verdict is (Verdict.COMPATIBLE if closed else Verdict.INCOMPATIBLE)


def test_the_witness_of_a_closed_writer_holds_declared_properties_only():
    old = {"allOf": [{"properties": {"a": TEXT}}, {"properties": {"b": TEXT}, "required": ["b"]}]}
    new = {"type": "object", "maxProperties": 1}
    (found,) = compare(old, new).findings[:1]
    assert found.witness is not None
    assert found.rule in ("type_narrowed", "max_properties_lowered")
    assert not isinstance(found.witness.document, dict) or found.witness.document.keys() <= {"a", "b"}


def test_opaque_parts_are_no_proof():
    remote = {"$ref": "https://example.com/remote.json"}
    comparison = compare({"enum": ["x"]}, remote)
    assert comparison.verdict is Verdict.UNDECIDED
    assert comparison.undecided[0].reason == "remote-ref"


def test_no_time_at_all_is_undecided():
    comparison = compare(TEXT, {"type": "string", "minLength": 1}, deadline=time.monotonic() - 1)
    assert comparison.verdict is Verdict.UNDECIDED
    assert comparison.undecided[0].reason == "budget"


def test_a_list_that_runs_out_of_time_says_so_and_keeps_what_it_has(monkeypatch: pytest.MonkeyPatch):
    left = iter([True] * 10)
    monkeypatch.setattr(pipeline._Comparing, "running", lambda self: next(left, False))
    names = [f"p{number}" for number in range(30)]
    comparison = compare(
        {"properties": dict.fromkeys(names, TEXT)}, {"properties": {name: {"type": "integer"} for name in names}}
    )
    assert comparison.verdict is Verdict.INCOMPATIBLE
    assert 1 <= len(comparison.findings) < 30
    assert any("time" in note for note in comparison.notes)


def test_the_witness_of_the_whole_question_is_kept_without_any_time_for_the_list(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pipeline._Comparing, "running", lambda self: False)
    comparison = compare({"type": ["null", "string"]}, TEXT)
    assert told(comparison) == [("type_narrowed", "", "", None)]
    assert comparison.findings[0].status is Status.WITNESSED


def test_null_is_a_witness_like_any_other():
    assert told(compare(True, False)) == [("documents_refused", "", "", None)]


def test_unconfirmed_candidates_are_undecided_with_the_doubt_in_words(monkeypatch: pytest.MonkeyPatch):
    class Wrong(pipeline.Question):
        def decide(self) -> Any:
            return Counterexample("fine", tainted=False)

        def next_counterexample(self, exclude: Any) -> Any:
            return Counterexample("fine too", tainted=False)

        def demands(self) -> Any:
            return iter(())

    monkeypatch.setattr(pipeline, "gaps", lambda *_, closed: None)  # so that the engine is asked
    monkeypatch.setattr(pipeline, "Question", Wrong)
    comparison = compare(TEXT, {"type": ["string", "null"]})
    assert comparison.verdict is Verdict.UNDECIDED
    (why,) = comparison.undecided
    assert why.reason == "validators-disagree"
    assert "jsonschema" in why.message
    assert "accepts" in why.message


def test_a_finding_decides_even_where_the_whole_question_could_not(monkeypatch: pytest.MonkeyPatch):
    class Partial(pipeline.Question):
        def decide(self) -> Any:
            return Unknown("cap", "too much")

    monkeypatch.setattr(pipeline, "Question", Partial)
    comparison = compare(TEXT, {"type": "string", "minLength": 1})
    assert comparison.verdict is Verdict.INCOMPATIBLE
    assert told(comparison) == [("min_length_raised", "", "", "")]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"enum": ["x"]}, {"const": "x"}, True),
        ({"type": "object", "properties": {"a": TEXT}}, {"properties": {"a": TEXT}, "type": "object"}, True),
        ({"properties": {"a": TEXT}}, {"properties": {"a": TEXT, "b": TEXT}}, False),
        (TEXT, TEXT, True),
    ],
)
def test_equivalent(old: Any, new: Any, expected: bool):
    assert FORMAT.equivalent(parse(old), parse(new), CompareOptions()) is expected


DRAFT_7 = "http://json-schema.org/draft-07/schema#"


def test_a_recursive_union_is_cut_down_once():
    """The way to the inner union enters the outer one twice."""
    again = {"properties": {"a": {"anyOf": [{"const": 0}]}, "b": {"oneOf": [{"$ref": "#/definitions/q"}]}}}
    reader = {
        "$schema": DRAFT_7,
        "allOf": [{"$ref": "#/definitions/p"}],
        "definitions": {"p": {"items": {"$ref": "#/definitions/q"}}, "q": again},
    }
    comparison = compare({"$schema": DRAFT_7}, reader, closed=False)
    assert comparison.verdict is Verdict.INCOMPATIBLE
    assert comparison.findings


def test_a_union_that_is_entered_by_two_branches_stays_whole():
    document = {"anyOf": [{"type": "null"}, {"properties": {"a": {"oneOf": [True, TEXT]}}}]}
    outer = [Cut("", "anyOf", 0), Cut("", "anyOf", 1)]
    inner = Cut("/anyOf/1/properties/a", "oneOf", 1)
    assert cut_down(document, [*outer, inner]) == {
        "anyOf": [{"type": "null"}, {"properties": {"a": {"allOf": [TEXT]}}}],
    }
    assert cut_down(document, [outer[1], inner, outer[1]]) == {"allOf": [{"properties": {"a": {"allOf": [TEXT]}}}]}


@pytest.mark.parametrize("closed", [True, False])
def test_long_arrays_of_objects_are_judged(closed: bool):
    def schema(most: int) -> Any:
        item = {"type": "object", "properties": {"a": TEXT}, "required": ["a"]}
        return {"type": "array", "items": item, "maxItems": most}

    place, rule, witness = "", "max_items_lowered", [{"a": ""}] * 1001
    assert told(compare(schema(1001), schema(1000), closed=closed)) == [(rule, place, place, witness)]


def test_a_union_in_a_place_that_the_writer_leaves_free_is_one_cause(monkeypatch: pytest.MonkeyPatch):
    asked = questions_behind_unions(monkeypatch)
    reader = {"properties": {"a": {"anyOf": [record(b={"anyOf": [TEXT, {"type": "null"}]}), {"type": "integer"}]}}}
    assert compare({"type": "object"}, reader, closed=False).verdict is Verdict.INCOMPATIBLE
    assert asked == []


def test_no_pair_of_branches_is_asked_about_twice(monkeypatch: pytest.MonkeyPatch):
    def schema(most: int) -> Any:
        union = {"anyOf": [{"type": "integer", "maximum": most}, {"type": "string", "maxLength": most}]}
        kinds = [record(kind={"const": kind}, v={"$ref": "#/$defs/v"}) for kind in "abc"]
        return {"anyOf": [{**kind, "required": ["kind"]} for kind in kinds], "$defs": {"v": union}}

    asked = questions_behind_unions(monkeypatch)
    found = told(compare(schema(2), schema(1)))
    assert [rule for rule, *_ in found] == ["maximum_lowered", "max_length_lowered"]
    assert len({pairs[-1] for pairs in asked}) == len(asked) == 5


def test_the_share_of_the_unions_can_run_out_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(unions, "_MAX_WORK", -1)
    union = {"anyOf": [record(a=TEXT), {"type": "null"}]}
    other = {"anyOf": [record(a={"type": "integer"}), {"type": "null"}]}
    comparison = compare(union, other)
    assert comparison.verdict is Verdict.INCOMPATIBLE
    assert any("time" in note for note in comparison.notes)


def record(**properties: Any) -> Any:
    return {"type": "object", "properties": properties}


def questions_behind_unions(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The pairs that are asked about from now on."""
    asked: list[Any] = []
    documents = unions.BehindUnions._documents

    def spy(self: Any, pairs: Any) -> Any:
        asked.append(pairs)
        return documents(self, pairs)

    monkeypatch.setattr(unions.BehindUnions, "_documents", spy)
    return asked
