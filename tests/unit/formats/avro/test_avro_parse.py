"""The strict parser: every problem with code and place, leniency for stored versions, limits before building."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from llmreg.errors import DocumentError, LimitError, SchemaError
from llmreg.formats.avro import FORMAT
from llmreg.formats.avro.types import Enum, Record, walk
from llmreg.formats.interface import Source

CASES = Path(__file__).parents[3] / "cases" / "formats" / "avro"
INVALID = yaml.safe_load((CASES / "invalid.yaml").read_text(encoding="utf-8"))
WARNED = yaml.safe_load((CASES / "warned.yaml").read_text(encoding="utf-8"))
ONLY_STRICT = {
    *("name-invalid", "namespace-invalid", "alias-invalid", "symbol-invalid", "symbols-missing", "union-empty"),
    *("enum-default-unknown", "default-invalid", "order-invalid", "doc-form"),
}


@pytest.mark.parametrize("row", INVALID, ids=lambda row: row["about"])
def test_refused_with_every_place(row: dict[str, Any]) -> None:
    with pytest.raises(SchemaError) as caught:
        FORMAT.parse(Source(row["schema"].encode(), name="reply.avsc"))
    problems = caught.value.problems
    assert [f'{problem.code} "{problem.pointer}"' for problem in problems] == row["problems"]
    assert all(problem.line and problem.column for problem in problems if problem.pointer)
    assert caught.value.message.startswith("reply.avsc")
    for key in ("line", "column"):
        if key in row:
            assert getattr(problems[0], key) == row[key]


@pytest.mark.parametrize("row", INVALID, ids=lambda row: row["about"])
def test_a_stored_version_is_read_where_a_type_can_be_built(row: dict[str, Any]) -> None:
    codes = {problem.split()[0] for problem in row["problems"]}
    nested = row["about"] == "a type inside a type"
    source = Source(row["schema"].encode(), strict=False)
    if codes <= ONLY_STRICT or nested:
        assert {problem.code for problem in FORMAT.parse(source).warnings} == codes
    else:
        with pytest.raises(SchemaError):
            FORMAT.parse(source)


@pytest.mark.parametrize("row", WARNED, ids=lambda row: row["about"])
def test_warned(row: dict[str, Any]) -> None:
    schema = FORMAT.parse(Source(row["schema"].encode()))
    assert [f'{problem.code} "{problem.pointer}"' for problem in schema.warnings] == row["warnings"]


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b'{"type":"int","type":"long"}', b"\xff\xfe", b'{"type": NaN}', b"\xef\xbb\xbf3", b'"\\ud800"'],
)
def test_text_that_is_no_strict_json(text: bytes) -> None:
    with pytest.raises(DocumentError):
        FORMAT.parse(Source(text))


def test_limits_come_before_parsing() -> None:
    with pytest.raises(LimitError):
        FORMAT.parse(Source(b'{"type":"array","items":' * 100_000 + b'"int"' + b"}" * 100_000))
    with pytest.raises(LimitError):
        FORMAT.parse(Source(b"[" * 200 + b"]" * 200))


def test_types_nest_as_deep_as_the_text_may() -> None:
    text = '{"type":"array","items":' * 120 + '"int"' + "}" * 120
    schema = FORMAT.parse(Source(text.encode()))
    assert len(list(walk(schema.root))) == 121
    assert schema.digests()["pcf"]


def test_names_take_the_namespace_around_them() -> None:
    text = {
        "type": "record",
        "name": "chat.v1.Reply",
        "namespace": "ignored",
        "aliases": ["Answer", "old.Reply"],
        "fields": [
            {"name": "a", "type": {"type": "enum", "name": "Reason", "symbols": ["stop"]}},
            {"name": "b", "type": "Reason"},
            {"name": "c", "type": {"type": "fixed", "name": "F", "namespace": "", "size": 1}},
            {"name": "d", "type": {"type": "chat.v1.Reason"}},
        ],
    }
    schema = FORMAT.parse(Source(json.dumps(text).encode()))
    assert list(schema.names) == ["chat.v1.Reply", "chat.v1.Reason", "F"]
    root = schema.root
    assert isinstance(root, Record)
    assert root.aliases == {"chat.v1.Answer", "old.Reply"}
    reason = root.fields[1].type
    assert isinstance(reason, Enum)
    assert reason is root.fields[0].type is root.fields[3].type


def test_defaults_that_double_each_other_are_refused() -> None:
    schema: dict[str, Any] = {"type": "record", "name": "R0", "fields": [{"name": "a", "type": "int", "default": 1}]}
    for level in range(1, 25):
        left = {"name": "l", "type": schema, "default": {}}
        schema = {
            "type": "record",
            "name": f"R{level}",
            "fields": [left, {**left, "name": "r", "type": f"R{level - 1}"}],
        }
    with pytest.raises(SchemaError, match="more than 1000000 values"):
        FORMAT.parse(Source(json.dumps(schema).encode()))
