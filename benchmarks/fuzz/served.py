"""The targets behind the server: bodies, query strings, and index files that somebody else made."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from starlette.requests import Request

from llmreg.index import codec
from llmreg.index.confluent_posts import posted
from llmreg.index.manifest import read_manifest
from llmreg.index.reader import Index
from llmreg.server.contract import queries
from llmreg.server.contract.binding_documents import InferenceRequest
from llmreg.server.contract.bodies import CheckRequest, DataRequest, SchemaRequest
from llmreg.server.problems import HttpError
from llmreg.server.requests import decode, query

_PLACE = Path(tempfile.mkdtemp(prefix="llmreg-fuzz-"))
_QUERIES = [found for found in vars(queries).values() if isinstance(found, type) and issubclass(found, queries.Paging)]


def bodies(data: bytes) -> None:
    for wanted in (SchemaRequest, DataRequest, CheckRequest, InferenceRequest):
        try:
            decode(data, wanted)
        except HttpError:
            continue
    posted(data)


def query_strings(data: bytes) -> None:
    for wanted in _QUERIES:
        try:
            query(Request({"type": "http", "method": "GET", "headers": [], "query_string": data}), wanted)
        except HttpError:
            continue


def index_rows(data: bytes) -> None:
    """The texts in an index: written by us; a file that was changed must still fail with an error for people."""
    codec.subject_from_text(data.decode("utf-8", "replace"))


def manifest(data: bytes) -> None:
    (_PLACE / "manifest.json").write_bytes(data)
    read_manifest(_PLACE)


def index_file(data: bytes) -> None:
    path = _PLACE / "index.sqlite"
    path.write_bytes(data)
    with Index(path) as index, suppress(sqlite3.DatabaseError):  # as the server answers it: 503
        list(index.subjects())


Row = tuple[Callable[[bytes], Any], tuple[Any, ...], tuple[bytes, ...]]
SERVED: dict[str, Row] = {
    "server: bodies": (
        bodies,
        (
            b'{"schema": {"type": "string"}, "format": "json", "references": {"a": "b@1.0.0"}}',
            b'{"subject": "a", "version": "^1.0", "documents": [1, "x"], "encoding": "json", "strict": true}',
            b'{"schema": "{}", "schemaType": "JSON", "references": [{"name": "a", "subject": "b", "version": 1}]}',
        ),
        (b'"schema"', b'"schemaType"', b'"AVRO"', b'"PROTOBUF"', b'"old"', b'"mode"', b'"FULL"', b'"input"', b'"data"'),
    ),
    "server: queries": (
        query_strings,
        (b"limit=3&offset=2&tag=a&tag=b&prefix=x%20y", b"q=%C3%A9&format=json&latest=true"),
        (b"limit=", b"&", b"=", b"%00", b"%ff", b"+", b";", b"mode=FULL", b"null", b"1e9", b"_"),
    ),
    "manifests": (
        manifest,
        (b'{"manifest": 1, "generation": 1, "commit": "a", "time": 1, "content": "x", "program": "y", "files": {}}',),
        (),
    ),
    "index files": (index_file, (b"SQLite format 3\0" + bytes(84), b""), ()),
}
