"""From the command line's words, or a batch file's lines, to entries of a registration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from llmreg.cli.files import read_input
from llmreg.errors import DocumentError, InputError, NotFoundError, UsageError
from llmreg.model.jsontext import dumps, loads
from llmreg.model.problem import Problem
from llmreg.model.record import replace
from llmreg.ops.register import Entry

_KEYS = frozenset({"subject", "schema", "file", "format", "kind", "version", "bump", "meta"})
_BUMPS = ("patch", "minor", "major", "auto")


def one_entry(
    subject: str,
    bump: str | None,
    version: str | None,
    meta: list[str],
    schema_format: str | None,
    kind: str | None,
) -> Entry:
    """The entry of `llmreg register SUBJECT`: its working file."""
    return Entry(subject, None, "", bump, version, _pairs(meta), schema_format, kind)


def with_file(entry: Entry, file: str | None) -> Entry:
    """The entry with the schema in a file, where one is named; `-` is standard input."""
    if file is None:
        return entry
    try:
        return replace(entry, data=read_input(file), file=file)
    except NotFoundError as error:
        error.hint = "the second word is a schema's file; several subjects: llmreg register --changed"
        raise


def batch_entries(file: Path) -> Iterator[Entry]:
    """One entry per line: `{"subject", "schema" | "file", "format"?, "kind"?, "version"?, "bump"?, "meta"?}`.

    `schema` is text, or the JSON value itself. Raises InputError that names the line.
    """
    try:
        lines = file.read_bytes().split(b"\n")
    except OSError as error:
        raise NotFoundError(f"cannot read {file}: {error.strerror}") from None
    for number, text in enumerate(lines, start=1):
        if text.strip():
            try:
                yield _entry(loads(text), file)
            except DocumentError as error:
                raise _bad_line(file, number, error.message) from None
            except ValueError as error:
                raise _bad_line(file, number, str(error)) from None


def _entry(line: Any, file: Path) -> Entry:
    if not isinstance(line, dict) or not isinstance(line.get("subject"), str):
        raise ValueError('expected an object with "subject" and "schema" or "file"')
    unknown = sorted(set(line) - _KEYS)
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r}; known are {', '.join(sorted(_KEYS))}")
    if ("schema" in line) == ("file" in line):
        raise ValueError('give either "schema" or "file"')
    bump = line.get("bump")
    if bump is not None and bump not in _BUMPS:
        raise ValueError(f'"bump" is one of {", ".join(_BUMPS)}')
    meta = line.get("meta", {})
    if not isinstance(meta, dict) or not all(isinstance(value, str) for value in meta.values()):
        raise ValueError('"meta" is an object of texts')
    for key in ("file", "format", "kind", "version"):
        if not isinstance(line.get(key, ""), str):
            raise ValueError(f"{key!r} must be text")
    name = line.get("file", "")
    schema = line.get("schema")
    data = (
        read_input(str(file.parent / name)) if name else (schema if isinstance(schema, str) else dumps(schema)).encode()
    )
    return Entry(line["subject"], data, name, bump, line.get("version"), meta, line.get("format"), line.get("kind"))


def _pairs(meta: list[str]) -> dict[str, str]:
    pairs = {}
    for item in meta:
        key, equals, value = item.partition("=")
        if not equals or not key:
            raise UsageError(f"--meta {item!r} is not KEY=VALUE")
        pairs[key] = value
    return pairs


def _bad_line(file: Path, number: int, message: str) -> InputError:
    return InputError(f"{file}:{number}: {message}", problems=[Problem("batch-line", message, line=number)])
