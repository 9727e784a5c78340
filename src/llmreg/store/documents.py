"""Documents to validate: JSON, YAML, JSON Lines by file name, and the binary forms of Avro and Protobuf."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from llmreg.errors import DocumentError
from llmreg.model.jsontext import MAX_DOCUMENT_BYTES, loads
from llmreg.model.record import dataclass

_YAML = (".yaml", ".yml")
_LINES = (".jsonl", ".ndjson")
_BINARY = (".avro", ".bin", ".binpb", ".pb")


@dataclass(frozen=True, slots=True)
class Document:
    """One document: `value` from text, or `binary` bytes, or `error` when it cannot be read; `line` in JSON Lines."""

    name: str
    line: int | None = None
    value: Any = None
    binary: bytes | None = None
    error: DocumentError | None = None
    source: bytes = b""


def read_documents(data: bytes, name: str, *, lines: bool = False) -> Iterator[Document]:
    """Every document in a file. `lines`: it is JSON Lines whatever its name says. Raises LimitError."""
    suffix = PurePath(name).suffix.lower()
    if lines or suffix in _LINES:
        yield from _json_lines(data, name)
    elif suffix in _BINARY:
        yield Document(name, binary=data)
    else:
        yield _one(data, name, yaml=suffix in _YAML)


def _json_lines(data: bytes, name: str) -> Iterator[Document]:
    for number, text in enumerate(data.split(b"\n"), start=1):
        if text.strip():
            document = _one(text.removesuffix(b"\r"), name, yaml=False)
            yield Document(name, number, document.value, None, document.error, document.source)


def _one(data: bytes, name: str, *, yaml: bool) -> Document:
    try:
        if yaml:
            from llmreg.store import yamltext

            value = yamltext.load(data, name, max_bytes=MAX_DOCUMENT_BYTES)
        else:
            value = loads(data, max_bytes=MAX_DOCUMENT_BYTES)
    except DocumentError as error:
        return Document(name, error=error, source=data)
    return Document(name, value=value, source=data)
