"""Documents and binary data under a schema; strangers' bytes."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import fastavro
import pytest
import yaml

from llmreg.formats.avro import FORMAT
from llmreg.formats.avro.datum import zigzag
from llmreg.formats.interface import Source
from llmreg.model import jsontext

TABLE = yaml.safe_load((Path(__file__).parents[3] / "cases/formats/avro/documents.yaml").read_text(encoding="utf-8"))
ROWS = [(entry["schema"], row) for entry in TABLE for row in entry["rows"]]
LIST = '{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}'


def validator(schema: str, *, strict: bool = False) -> Any:
    return FORMAT.validator(FORMAT.parse(Source(schema.encode())), strict=strict)


@pytest.mark.parametrize(("schema", "row"), ROWS, ids=[f"{row['document']} under {text[:40]}" for text, row in ROWS])
def test_document(schema: str, row: dict[str, Any]) -> None:
    judge = validator(schema, strict=row.get("strict", False))
    document = jsontext.loads(row["document"])
    problems = judge.problems(document)
    assert [f'{each.code} "{each.pointer}" "{each.schema_pointer}"' for each in problems] == row["problems"]
    assert judge.is_valid(document) is not bool(problems)


def test_a_moved_field_is_hinted_at() -> None:
    schema = '{"type":"record","name":"R","fields":[{"name":"b","type":"int","aliases":["a"]}]}'
    (missing, undeclared) = validator(schema, strict=True).problems({"a": 1})
    assert missing.code == "missing"
    assert undeclared.hint == "it is called b now"


def test_python_values_that_are_no_json() -> None:
    judge = validator('["null", "bytes"]')
    assert [problem.code for problem in judge.problems(b"raw")] == ["union"]
    assert validator('"double"').is_valid(float("nan"))
    assert not validator('"string"').is_valid("\ud800")


def test_deep_and_ambiguous_documents_end() -> None:
    document: Any = "no L"
    for _ in range(60):
        document = {"m": {"map": document}}
    schema = '{"type":"record","name":"L","fields":[{"name":"m","type":["null",{"type":"map","values":"L"}]}]}'
    assert validator(schema).problems(document)
    for _ in range(400):
        document = {"next": document}
    assert [problem.code for problem in validator(LIST).problems(document)] == ["too-deep"]


@pytest.mark.parametrize(
    ("schema", "data", "code"),
    [
        ('"int"', b"", "torn"),
        ('"int"', b"\x00\x00", "trailing-bytes"),
        ('"int"', zigzag(2**31), "range"),
        ('"long"', b"\xff" * 11, "range"),
        ('"boolean"', b"\x02", "boolean"),
        ('"string"', b"\x02\xff", "encoding"),
        ('"string"', b"\x01", "length"),
        ('"bytes"', zigzag(2**40), "torn"),
        ('["null"]', b"\x02", "union-branch"),
        ('{"type":"enum","name":"E","symbols":["A"]}', b"\x02", "symbol"),
        ('{"type":"array","items":"null"}', zigzag(25_000_000) + b"\x00", "too-many-values"),
        ('{"type":"array","items":"null"}', zigzag(-25_000_000) + b"\x00\x00", "too-many-values"),
        ('{"type":"array","items":"null"}', (zigzag(900_000)) * 3 + b"\x00", "too-many-values"),
        ('{"type":"array","items":"int"}', b"\x01\x01", "block-size"),
        (LIST, b"\x02" * 1_000_000 + b"\x00", "too-deep"),
    ],
)
def test_hostile_bytes_are_refused_with_their_place(schema: str, data: bytes, code: str) -> None:
    (problem,) = validator(schema).problems_binary(data)
    assert problem.code == code
    assert "at byte" in problem.message


def test_a_torn_place_has_pointers() -> None:
    schema = '{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"array","items":"boolean"}}]}'
    (problem,) = validator(schema).problems_binary(b"\x04\x01\x05\x00")
    assert (problem.pointer, problem.schema_pointer) == ("/a/1", "/fields/0/type/items")


def test_binary_data_obey_logical_types_too() -> None:
    schema = '{"type":"string","logicalType":"uuid"}'
    assert [problem.code for problem in validator(schema).problems_binary(b"\x02a")] == ["format"]


def test_fastavros_data_are_accepted() -> None:
    schema = {
        "type": "record",
        "name": "Run",
        "fields": [
            {"name": "id", "type": {"type": "string", "logicalType": "uuid"}},
            {"name": "scores", "type": {"type": "map", "values": "double"}},
            {"name": "tags", "type": {"type": "array", "items": ["null", "string", "float"]}},
            {"name": "raw", "type": "bytes"},
        ],
    }
    datum = {
        "id": "123e4567-e89b-12d3-a456-426614174000",
        "scores": {"f1": 0.5},
        "tags": [None, "a", 1.5],
        "raw": b"\0\xff",
    }
    stream = BytesIO()
    fastavro.schemaless_writer(stream, fastavro.parse_schema(schema), datum)
    assert validator(json.dumps(schema)).problems_binary(stream.getvalue()) == []
