"""Object Container Files and single-object encoding under a schema; fastavro writes them."""

from __future__ import annotations

import json
import zlib
from io import BytesIO
from typing import Any

import fastavro
import pytest

from llmreg.formats.avro import FORMAT
from llmreg.formats.avro.datum import zigzag
from llmreg.formats.interface import Source

EVENT: dict[str, Any] = {"type": "record", "name": "Event", "fields": [{"name": "text", "type": "string"}]}
DATED = {
    "type": "record",
    "name": "Event",
    "fields": [{"name": "id", "type": {"type": "string", "logicalType": "uuid"}}],
}
NULLS = {"type": "array", "items": "null"}
SYNC = b"s" * 16


def codes(schema: Any, data: bytes) -> list[str]:
    problems = FORMAT.validator(FORMAT.parse(Source(json.dumps(schema).encode()))).problems_binary(data)
    return [f"{problem.code} {problem.pointer}".strip() for problem in problems]


def container(schema: Any, data: list[Any], codec: str = "null", interval: int = 16000) -> bytes:
    stream = BytesIO()
    fastavro.writer(stream, schema, data, codec=codec, sync_interval=interval, sync_marker=SYNC)
    return stream.getvalue()


def header(schema: Any, codec: str = "null") -> bytes:
    return container(schema, [], codec)


def block(count: int, data: bytes, sync: bytes = SYNC) -> bytes:
    return zigzag(count) + zigzag(len(data)) + data + sync


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("codec", ["null", "deflate", "bzip2", "xz"])
def test_a_file_of_many_blocks_is_read(codec: str) -> None:
    data = [{"text": f"event {number}"} for number in range(300)]
    assert codes(EVENT, container(EVENT, data, codec, interval=100)) == []


def test_an_empty_file_is_valid() -> None:
    assert codes(EVENT, header(EVENT)) == []


def test_values_are_judged_and_numbered() -> None:
    data = [{"id": "00000000-0000-0000-0000-000000000000"}, {"id": "no uuid"}]
    plain = {**DATED, "fields": [{"name": "id", "type": "string"}]}
    assert codes(DATED, container(plain, data)) == ["format /1/id"]


def test_documentation_and_defaults_are_no_other_schema() -> None:
    described = {**EVENT, "doc": "Something happened.", "fields": [{"name": "text", "type": "string", "default": ""}]}
    assert codes(described, container(EVENT, [{"text": "a"}])) == []


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (header(EVENT)[:-1], "header"),
        (header(EVENT)[:20], "header"),
        (header(DATED), "header-schema"),
        (header(EVENT).replace(b'"record"', b'"recurd"'), "header-schema"),
        (header(EVENT) + block(1, b"\x02a")[:-1], "torn"),
        (header(EVENT) + block(1, b"\x02a", b"t" * 16), "sync-marker"),
        (header(EVENT) + block(1, b"\x02a") + block(2, b"\x02a\x04b"), "torn /2/text"),
        (header(EVENT) + block(1, b"\x02a\x00"), "trailing-bytes /1"),
        (header(EVENT) + block(-1, b"\x02a"), "block-size"),
        (header(EVENT, "deflate") + block(1, b"no deflate"), "codec"),
        (header(EVENT, "deflate").replace(b"deflate", b"sha-256"), "codec"),
    ],
)
def test_what_is_wrong_with_a_file(data: bytes, expected: str) -> None:
    assert codes(EVENT, data) == [expected]


def test_bombs_are_refused() -> None:
    bomb = header(NULLS, "deflate") + block(1, deflated(b"\0" * (65 << 20)))
    assert codes(NULLS, bomb) == ["too-large"]
    claims = header(NULLS) + block(1 << 40, zigzag(900_000) + b"\0") * 2
    assert codes(NULLS, claims) == ["torn /1"]
    many = header(NULLS) + block(2, (zigzag(600_000) + b"\0") * 2)
    assert codes(NULLS, many) == ["too-many-values /1"]


def test_single_object_encoding() -> None:
    mark = bytes.fromhex("c301" + FORMAT.parse(Source(json.dumps(EVENT).encode())).digests()["rabin"])
    assert codes(EVENT, mark + b"\x02a") == []
    assert codes(EVENT, mark + b"\x02a\x00") == ["trailing-bytes"]
    assert codes(EVENT, mark[:5]) == ["fingerprint"]
    problems = FORMAT.validator(FORMAT.parse(Source(json.dumps(DATED).encode()))).problems_binary(mark + b"\x02a")
    assert [problem.code for problem in problems] == ["fingerprint"]
    assert mark[2:].hex() in problems[0].message


def test_a_bare_datum_may_begin_like_an_envelope() -> None:
    assert codes({"type": "fixed", "name": "F", "size": 12}, b"Obj\x01" + b"x" * 8) == []
    assert codes({"type": "array", "items": "int"}, bytes.fromhex("04c301c30100")) == []
    assert codes("int", bytes.fromhex("c301")) == []


def test_a_registry_clients_header_is_hinted_at() -> None:
    judge = FORMAT.validator(FORMAT.parse(Source(json.dumps(EVENT).encode())))
    (problem,) = judge.problems_binary(b"\0\0\0\0\x07" + b"\x04ab")
    assert problem.code == "trailing-bytes"
    assert "four bytes" in (problem.hint or "")
    assert judge.problems_binary(b"\x04ab") == []
