"""What is posted to be judged: every route with what it takes and what it refuses."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
TOOL = "tools/search-docs"
CHECK = "/api/v1/compatibility/check"
DATA = "/api/v1/validate/data"
TEXT = "/api/v1/validate/schema"


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    return body


def test_a_schema_is_one(site: Any) -> None:
    body = site.post(TEXT, json={"schema": SCHEMA}).json()
    assert (body["valid"], body["format"], body["problems"]) == (True, "json", [])


def test_problems_of_a_schema_have_their_place(site: Any) -> None:
    text = '{\n "type": "object",\n "properties": {"a": {"type": "intger"}}\n}'
    body = site.post(TEXT, json={"schema": text, "kind": "tool-input"}).json()
    assert not body["valid"]
    assert [(item["pointer"], item["line"]) for item in body["problems"]] == [("/properties/a/type", 3)]


@pytest.mark.parametrize(
    ("text", "format_name"),
    [
        ('syntax = "proto3"; message A { int32 a = 1; }', "protobuf"),
        ('{"type": "record", "name": "A", "fields": []}', "avro"),
    ],
)
def test_the_format_is_found(site: Any, text: str, format_name: str) -> None:
    body = site.post(TEXT, json={"schema": text}).json()
    assert (body["valid"], body["format"]) == (True, format_name)


def test_a_pinned_reference_is_found_in_the_index(site: Any) -> None:
    schema = {"$ref": "llmreg:chat/message@1.0.0"}
    assert site.post(TEXT, json={"schema": schema}).json()["valid"]
    lost = site.post(TEXT, json={"schema": {"$ref": "llmreg:chat/message@9.9.9"}}).json()
    assert not lost["valid"]


def test_documents_under_a_registered_schema(site: Any) -> None:
    good = site.post(DATA, json={"subject": TOOL, "version": "^1", "data": {"query": "x"}}).json()
    assert good["valid"]
    assert (good["subject"], good["format"], good["errors"]) == (TOOL, "json", [])
    bad = site.post(DATA, json={"subject": TOOL, "data": {"query": 1}}).json()
    assert not bad["valid"]
    assert [(item["pointer"], item["line"]) for item in bad["errors"]] == [("/query", 1)]
    assert bad["version"] == good["version"]


@pytest.mark.parametrize("name", ["schema_id", "guid", "sha256"])
def test_a_schema_has_three_names(site: Any, name: str) -> None:
    found = site.get(f"/api/v1/subjects/{TOOL}/versions/latest").json()
    value = found.get(name, found.get("id"))
    body = site.post(DATA, json={"schema_id": value, "data": {"query": "x"}}).json()
    assert body["valid"], body
    assert body["schema_id"] == found.get("id", found.get("schema_id"))


def test_strict_refuses_what_is_not_declared(site: Any) -> None:
    for schema in ({"schema": SCHEMA}, {"subject": "chat/message"}):
        document: dict[str, Any] = {"a": 1, "b": 2}
        if "subject" in schema:
            document = {"role": "user", "content": "x", "undeclared": 1}
        loose = site.post(DATA, json={**schema, "data": document}).json()
        strict = site.post(DATA, json={**schema, "data": document, "strict": True}).json()
        assert loose["valid"] or not strict["valid"]
        assert not strict["valid"]


def test_a_batch_has_a_result_for_each(site: Any) -> None:
    body = site.post(DATA, json={"schema": SCHEMA, "documents": [{"a": 1}, {"a": "x"}, []]}).json()
    assert [item["valid"] for item in body["results"]] == [True, False, False]
    assert (body["valid"], body["valid_count"], body["invalid_count"]) == (False, 1, 2)


def test_numbers_are_exact(site: Any) -> None:
    text = '{"schema": {"multipleOf": 0.01}, "documents": [19.99, 4.35, 0.071, 36893488147419103232]}'
    body = site.post(DATA, content=text).json()
    assert [item["valid"] for item in body["results"]] == [True, True, False, True]
    huge = '{"schema": {"const": 36893488147419103232}, "documents": [36893488147419103232, 36893488147419103233]}'
    assert [item["valid"] for item in site.post(DATA, content=huge).json()["results"]] == [True, False]


def test_avro_has_a_binary_form(site: Any) -> None:
    schema = {"type": "record", "name": "A", "fields": [{"name": "a", "type": "int"}]}
    asked = {"schema": schema, "encoding": "base64"}
    good = site.post(DATA, json={**asked, "data": base64.b64encode(b"\x02").decode()}).json()
    torn = site.post(DATA, json={**asked, "documents": [base64.b64encode(b"").decode(), "!"]}).json()
    assert good["valid"], good
    assert [item["valid"] for item in torn["results"]] == [False, False]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ('{"schema": {}, "data": 1, "data": 2}', 400),
        ('{"schema": {}, "d\\u0061ta": 1, "data": 2}', 400),
        ('{"schema": {}, "data": NaN}', 400),
        ('{"schema": {}}', 422),
        ('{"schema": {}, "data": 1, "documents": [1]}', 422),
        ('{"data": 1}', 422),
        ('{"schema": {}, "subject": "tools/search-docs", "data": 1}', 422),
        ('{"schema": {}, "data": 1, "unknown": 1}', 422),
        ('{"schema": {}, "data": 1, "encoding": "base64"}', 422),
        ('{"subject": "nobody", "data": 1}', 404),
        ('{"subject": "tools/search-docs", "version": "7", "data": 1}', 404),
        ('{"subject": "tools/search-docs", "version": "nonsense!", "data": 1}', 400),
        ('{"schema_id": "xyz", "data": 1}', 400),
        ('{"schema": {"type": "nonsense"}, "data": 1}', 422),
        ('{"subject": "tools/search-docs", "format": "json", "data": 1}', 422),
    ],
)
def test_bodies_that_are_refused(site: Any, body: str, status: int) -> None:
    assert problem(site.post(DATA, content=body), status)["detail"]


def test_a_break_is_shown(site: Any) -> None:
    schema = {"type": "object", "properties": {"query": {"type": "integer"}}, "required": ["query"]}
    body = site.post(CHECK, json={"subject": TOOL, "schema": schema}).json()
    assert (body["report"], body["verdict"], body["compatible"], body["ok"]) == (1, "incompatible", False, False)
    assert len(body["compared_versions"]) == 1
    broken = [item for item in body["subjects"][0]["findings"] if item["class"] == "breaking"]
    assert all(item["witness"]["confirmed_by"] for item in broken if item["status"] == "witnessed")


def test_the_same_schema_breaks_nobody_under_any_mode(site: Any) -> None:
    text = site.get(f"/api/v1/subjects/{TOOL}/versions/latest/schema").text
    for mode, against in (("FULL_TRANSITIVE", None), ("TRANSITIVE", "latest"), ("NONE", None)):
        asked = {"subject": TOOL, "schema": text, "mode": mode}
        body = site.post(CHECK, json=asked if against is None else asked | {"against": against}).json()
        assert body["compatible"] or mode == "FULL_TRANSITIVE", body
        assert bool(body["compared_versions"]) == (mode != "NONE")


def test_two_schemas_without_a_subject(site: Any) -> None:
    asked = {"schema": SCHEMA, "old": {"type": "object"}, "mode": "BACKWARD"}
    body = site.post(CHECK, json=asked).json()
    assert (body["verdict"], body["compared_versions"]) == ("incompatible", [])
    assert site.post(CHECK, json=asked | {"mode": "FORWARD"}).json()["verdict"] == "compatible"


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({}, 422),
        ({"subject": TOOL, "old": {}}, 422),
        ({"old": {}, "against": "1.0.0"}, 422),
        ({"subject": "nobody"}, 404),
        ({"subject": TOOL, "against": "9.9.9"}, 404),
        ({"subject": TOOL, "mode": "SIDEWAYS"}, 422),
        ({"subject": TOOL, "format": "avro"}, 400),
        ({"old": {}, "policy": "nobody's"}, 400),
    ],
)
def test_checks_that_are_refused(site: Any, more: dict[str, Any], status: int) -> None:
    problem(site.post(CHECK, json={"schema": SCHEMA, **more}), status)


def test_versions_that_are_no_neighbours_are_compared(site: Any) -> None:
    versions = [item["version"] for item in site.get(f"/api/v1/subjects/{TOOL}/versions").json()["versions"]]
    body = site.get(f"/api/v1/diff/{TOOL}/{versions[0]}/{versions[-1]}").json()
    report = body["report"]
    assert (report["subject"], report["version"], report["against"]) == (TOOL, versions[-1], versions[0])
    assert set(report["directions"]) == {"backward", "forward"}


def test_limits_on_size(serve: Any) -> None:
    site = serve(max_schema_bytes=100, max_data_bytes=200, judges=1)
    problem(site.post(TEXT, json={"schema": {"description": "x" * 200}}), 413)
    problem(site.post(CHECK, json={"old": {}, "schema": {"description": "x" * 200}}), 413)
    problem(site.post(DATA, json={"subject": TOOL, "data": "x" * 300}), 413)
    problem(site.post(DATA, content=b" " * 100_000), 413)


def test_metrics_count_what_was_judged(serve: Any) -> None:
    site = serve(judges=1)
    for document in ({"query": "x"}, {"query": "x"}, {"query": 1}):
        site.post(DATA, json={"subject": TOOL, "data": document})
    site.post(DATA, json={"schema": SCHEMA, "data": {"a": 1}})
    site.post(CHECK, json={"old": {}, "schema": SCHEMA})
    text = site.get("/metrics").text
    for line in (
        'schema_validations_total{outcome="valid"} 3.0',
        'schema_validations_total{outcome="invalid"} 1.0',
        "schema_validation_duration_seconds_count 4.0",
        "compatibility_check_failures_total 1.0",
        'llmreg_judging_cache_total{outcome="hit",place="process"} 2.0',
        'llmreg_judging_cache_total{outcome="miss",place="worker"} 1.0',
    ):
        assert line in text, line


def test_workers_follow_a_new_generation(serve: Any, registry: Any) -> None:
    site = serve(judges=1)
    site.post(DATA, json={"subject": TOOL, "documents": [{"query": "x"}]})
    registry.describe("chat/message", "another text")
    generation = site.state.generation
    site.run(site.state.load())
    assert site.state.generation is not generation
    body = site.post(DATA, json={"subject": TOOL, "documents": [{"query": "x"}]}).json()
    assert body["valid"]


def test_the_audit_log_never_holds_data(serve: Any, tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    site = serve(judges=1, audit_log=log)
    site.post(DATA, json={"subject": TOOL, "data": {"query": "secret-words"}})
    site.post(DATA, json={"schema": SCHEMA, "documents": [{"a": 1}, {"a": "secret-words"}]})
    site.post(CHECK, json={"subject": TOOL, "schema": SCHEMA})
    site.post(DATA, json={"schema": {"type": "nonsense"}, "data": 1})
    text = log.read_text()
    assert "secret-words" not in text
    lines = [json.loads(line) for line in text.splitlines()]
    told = [(line["kind"], line["verdict"]) for line in lines]
    assert told == [
        ("validation", "valid"),
        ("validation", "valid"),
        ("validation", "invalid"),
        ("compatibility", "incompatible"),
        ("validation", "failed"),
    ]
    assert lines[0]["subject"] == TOOL
    assert all(len(line["data_sha256"]) == 64 for line in lines[:3])
    assert all({"time", "duration_ms", "errors"} <= line.keys() for line in lines)
    assert lines[-1]["status"] == 422
