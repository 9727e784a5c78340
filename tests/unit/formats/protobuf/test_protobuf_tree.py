"""Files of one tree, compiled once each: what comes out is what a compilation of each by itself gives."""

from __future__ import annotations

from typing import Any

import pytest

from llmreg.errors import SchemaError
from llmreg.formats.interface import Source
from llmreg.formats.protobuf import protoc
from llmreg.formats.protobuf.schema import ProtobufSchema, parse


class Files(dict[str, bytes]):
    """Files that things are remembered of, as those of a revision are."""

    __hash__ = object.__hash__  # type: ignore[assignment]


TREE = {
    "protos/a/base.proto": (
        'syntax = "proto3"; package a;\n// A base.\nmessage Base { int32 x = 1; Kind k = 2; } enum Kind { K = 0; }'
    ),
    "protos/a/old.proto": 'package a; import "a/base.proto"; message Old { optional Base base = 1; }',
    "protos/a/mid.proto": (
        'syntax = "proto3"; package a; import "a/base.proto"; import "google/protobuf/timestamp.proto";\n'
        'import "google/protobuf/any.proto";\nmessage Mid { Base base = 1; google.protobuf.Timestamp at = 2; }'
    ),
    "protos/b/top.proto": (
        'edition = "2023"; package b; import "a/mid.proto"; import public "a/old.proto";'
        'import "google/protobuf/api.proto";\n'
        "message Top { a.Mid mid = 1; a.Old old = 2; google.protobuf.Api api = 3; }"
    ),
    "protos/b/twin.proto": 'syntax = "proto3"; package a; message Base { string y = 1; }',
    "protos/b/both.proto": (
        'syntax = "proto3"; package c; import "a/base.proto"; import "b/twin.proto"; message C { a.Base b = 1; }'
    ),
    "protos/b/wrong.proto": 'syntax = "proto3"; package b; import "a/mid.proto"; message W { a.Nothing n = 1; }',
}


def _source(path: str, files: dict[str, bytes]) -> Source:
    return Source(files[path], name=path, strict=False, path=path, files=files)


def _outcome(path: str, files: dict[str, bytes]) -> Any:
    try:
        schema = parse(_source(path, files))
    except SchemaError as error:
        return str(error), error.problems
    return _content(schema), schema.warnings, schema.digests(), schema.payload_digest


def _content(schema: ProtobufSchema) -> dict[str, bytes]:
    return {name: item.SerializeToString(deterministic=True) for name, item in schema.side.files.items()}


@pytest.mark.parametrize("backwards", [False, True])
def test_a_tree_says_what_each_file_by_itself_says(backwards: bool) -> None:
    texts = {path: text.encode() for path, text in TREE.items()}
    kept = Files(texts)
    for path in sorted(TREE, reverse=backwards):
        # a plain dict is no tree whose files anything is remembered of
        assert _outcome(path, kept) == _outcome(path, dict(texts)), path


def test_a_file_is_compiled_once_however_many_import_it(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {f"p/f{number}.proto": _chained(number) for number in range(6)}
    files, compiled = Files(texts), []
    together = protoc.compile_together

    def counting(mains: Any, given: Any, known: bytes) -> protoc.Compiled:
        compiled.extend(mains)
        return together(mains, given, known)

    monkeypatch.setattr(protoc, "compile_together", counting)
    for path in [*reversed(texts), *texts]:
        parse(_source(path, files))
    assert sorted(compiled) == sorted(texts)


def _chained(number: int) -> bytes:
    """A file that imports the one before it."""
    before = (
        f'import "p/f{number - 1}.proto"; message M{number} {{ M{number - 1} m = 1; }}' if number else "message M0 {}"
    )
    return f'syntax = "proto3"; {before}'.encode()
