"""Hostile schemas: an error with a sentence, no crash of the interpreter, no file, no network."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from typing import Any

import pytest

from llmreg.errors import DocumentError, LimitError, LlmregError, SchemaError
from llmreg.formats.interface import Source
from llmreg.formats.json import FORMAT


def parse(data: bytes | str | Any, *, strict: bool = True) -> Any:
    if not isinstance(data, bytes):
        data = (data if isinstance(data, str) else json.dumps(data)).encode()
    return FORMAT.parse(Source(data, strict=strict))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "json-syntax"),
        (b'{"type": "string",}', "json-syntax"),
        (b'{"a": 1, "a": 2}', "duplicate-key"),
        (b'{"maximum": NaN}', "json-constant"),
        (b'{"maximum": -Infinity}', "json-constant"),
        (b'\xef\xbb\xbf{"type": "string"}', "encoding"),
        ('{"type": "string"}'.encode("utf-16"), "encoding"),
        (b'{"title": "\xff"}', "encoding"),
        (b'{"title": "\\ud800"}', "lone-surrogate"),
        (b'{"maximum": 1e99999}', "number-range"),
    ],
)
def test_text_that_is_not_strict_json_is_refused_with_its_reason(data: bytes, code: str) -> None:
    for strict in (True, False):
        with pytest.raises(DocumentError) as caught:
            parse(data, strict=strict)
        assert [problem.code for problem in caught.value.problems] == [code]
    assert 0 <= FORMAT.sniff(data) <= 1


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":' * 200 + b"1" + b"}" * 200,
        b"[" * 100_000,
        b'{"not":' * 100_000,
        b'{"title": "' + b"a" * (1 << 20) + b'"}',
    ],
    ids=["nested", "brackets", "unfinished", "large"],
)
def test_size_and_depth_are_limits_checked_first(data: bytes) -> None:
    with pytest.raises(LimitError):
        parse(data)
    FORMAT.sniff(data)


def doubling(levels: int) -> dict[str, Any]:
    """Each definition refers to the next one twice."""
    defs: dict[str, Any] = {f"d{level}": {"allOf": [{"$ref": f"#/$defs/d{level + 1}"}] * 2} for level in range(levels)}
    return {"$ref": "#/$defs/d0", "$defs": {**defs, f"d{levels}": {"type": "string"}}}


def test_references_that_double_are_a_limit() -> None:
    assert FORMAT.validator(parse(doubling(10))).is_valid("x")
    for strict in (True, False):
        with pytest.raises(LimitError, match="unfold"):
            parse(doubling(40), strict=strict)


def test_a_long_chain_of_references_is_a_limit() -> None:
    defs: dict[str, Any] = {f"d{level}": {"$ref": f"#/$defs/d{level + 1}"} for level in range(5000)}
    with pytest.raises(LimitError, match="lead from one to the next"):
        parse({"$defs": {**defs, "d5000": True}})


@pytest.mark.parametrize("pattern", ["(", "[a", "a{2,1}", "\\"])
def test_a_pattern_that_does_not_compile_is_an_error(pattern: str) -> None:
    with pytest.raises(SchemaError) as caught:
        parse({"patternProperties": {"^ok$": {"pattern": pattern}}})
    assert [problem.code for problem in caught.value.problems] == ["pattern-syntax"]


def test_a_thousand_problems_are_all_placed() -> None:
    text = '{"properties": {\n' + ",\n".join(f'"p{number}": {{"type": {number}}}' for number in range(1000)) + "}}"
    with pytest.raises(SchemaError) as caught:
        parse(text)
    assert [problem.line for problem in caught.value.problems] == list(range(2, 1002))


def test_nothing_is_fetched() -> None:
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.setblocking(False)
        address = f"http://127.0.0.1:{canary.getsockname()[1]}/schema.json"
        for document in (
            {"$ref": address},
            {"$schema": address},
            {"$id": address, "$ref": "other.json"},
            {"$dynamicRef": address},
            {"default": 1, "minimum": 5, "$defs": {"a": {"$ref": address}}},
        ):
            for strict in (True, False):
                try:
                    schema = parse(document, strict=strict)
                    from llmreg.formats.json.verify import accepts

                    accepts(schema, {"a": 1})
                    FORMAT.validator(schema)
                except LlmregError:
                    continue
        with pytest.raises(BlockingIOError):
            canary.accept()


def test_parsing_loads_no_validator() -> None:
    program = (
        "import sys; from llmreg.formats.json import FORMAT; from llmreg.formats.interface import Source\n"
        's = FORMAT.parse(Source(b\'{"properties": {"a": {"type": "integer", "default": 1}}}\'))\n'
        "s.canonical(); s.digests(); list(s.outline())\n"
        "print([m for m in ('jsonschema', 'jsonschema_rs', 'referencing', 'rpds', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
