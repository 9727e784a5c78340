"""Reads `index.sqlite`: opened read-only and immutable, so that nothing that is served can be changed by serving it."""

from __future__ import annotations

import json
import sqlite3
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from llmreg.errors import InputError, LimitError, NotFoundError
from llmreg.index.codec import line_from_text, registry_from_text, subject_from_text
from llmreg.index.rows import EventRow, Origin
from llmreg.index.tables import FORMAT
from llmreg.model.subject import LedgerLine, RegistryConfig, SubjectConfig, VersionStatus

_GZIP = 31
_STEPS = 10_000  # of SQLite's machine between two looks at the clock: well below a millisecond
_VERSION_COLUMNS = """v.id, s.name, v.number, v.line, v.schema_id, v.guid, b.sha256, b.size, v.digests, v.origin,
    v.status, v.verdict, s.format, s.kind"""
_VERSIONS = f"""SELECT {_VERSION_COLUMNS} FROM versions v
    JOIN subjects s ON s.id = v.subject JOIN blobs b ON b.id = v.blob"""


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """`generation`: the commit's number along the first parent; `time`: the committer's, seconds since 1970 (UTC);
    `content`: the digest that two indexes with the same content share; `registry` names the registry in its events."""

    generation: int
    commit: str
    time: int
    content: str
    program: str
    registry: str
    subjects: int
    versions: int
    schemas: int


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """One version without its bytes. `number` is its line in the ledger, the integer version of Kafka clients."""

    key: int
    subject: str
    number: int
    line: LedgerLine
    schema_id: int
    guid: str
    sha256: str
    size: int
    digests: Mapping[str, str]
    origin: Origin | None
    status: VersionStatus
    verdict: str | None
    format: str
    kind: str

    @property
    def version(self) -> str:
        return str(self.line.version)


class IndexedSubject:
    """One subject of the index: what `compat` needs of a subject, and its versions in the order of the ledger."""

    def __init__(self, index: Index, row: sqlite3.Row) -> None:
        self._index = index
        self.name: str = row["name"]
        self.mode: str = row["mode"]
        self.writer: str = row["writer"]
        self.latest_version: str | None = row["latest"]
        self._config: str = row["config"]

    @cached_property
    def config(self) -> SubjectConfig:
        return subject_from_text(self._config)

    @cached_property
    def versions(self) -> tuple[StoredVersion, ...]:
        return self._index.versions_where("s.name = ?", (self.name,))

    @property
    def ledger(self) -> tuple[LedgerLine, ...]:
        return tuple(version.line for version in self.versions)

    def stored(self, version: str) -> StoredVersion:
        """A version by its number as text. Raises NotFoundError."""
        for item in self.versions:
            if item.version == version:
                return item
        raise NotFoundError(f"subject {self.name!r} has no version {version}")

    def version_bytes(self, version: str) -> bytes:
        """Raises NotFoundError."""
        return self._index.blob(self.stored(version).sha256)


def mark_of(path: Path) -> tuple[int, int, int]:
    """What changes when a file is replaced or written to. Raises OSError."""
    found = path.stat()
    return (found.st_ino, found.st_mtime_ns, found.st_size)


class Index:
    """One index file. Not for several threads at a time: open it once per thread. `mark`: which file it is."""

    def __init__(self, path: Path) -> None:
        """Raises NotFoundError, and InputError for a file that is no index of this layout."""
        self.path = path
        if not path.is_file():
            raise NotFoundError(f"there is no index at {path}", hint="make one: llmreg export --out DIR")
        self.mark = mark_of(path)
        self._db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        try:
            layout = self._one("PRAGMA user_version")
            self._facts = dict(self._db.execute("SELECT key, value FROM meta").fetchall()) if layout == FORMAT else {}
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise InputError(f"{path} is no index: {error}", hint="make it anew: llmreg export --out DIR") from None
        if layout != FORMAT:
            self._db.close()
            raise InputError(
                f"{path} has index layout {layout}; this program reads {FORMAT}",
                hint="make it anew with this program: llmreg export --out DIR",
            )

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def info(self) -> IndexInfo:
        return IndexInfo(
            generation=int(self._facts["generation"]),
            commit=self._facts["commit"],
            time=int(self._facts["time"]),
            content=self._facts["content"],
            program=self._facts["program"],
            registry=self._facts["registry"],
            subjects=self._one("SELECT count(*) FROM subjects"),
            versions=self._one("SELECT count(*) FROM versions"),
            schemas=self._one("SELECT count(DISTINCT schema_id) FROM versions"),
        )

    @cached_property
    def config(self) -> RegistryConfig:
        """`llmreg.yaml` of the exported commit."""
        return registry_from_text(self._facts["config"])

    @cached_property
    def bindings(self) -> dict[str, dict[str, Any]]:
        """Every binding by name, with the versions that it resolves to; none in a file of an older program."""
        return {item["name"]: item for item in json.loads(self._facts.get("bindings", "[]"))}

    def has(self, name: str) -> bool:
        return self._db.execute("SELECT 1 FROM subjects WHERE name = ?", (name,)).fetchone() is not None

    def subject(self, name: str) -> IndexedSubject:
        """Raises NotFoundError."""
        row = self._db.execute("SELECT * FROM subjects WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise NotFoundError(f"no subject {name!r} in the index", hint="search: /api/v1/search?q=…")
        return IndexedSubject(self, row)

    def subjects(self) -> Iterator[IndexedSubject]:
        """Every subject, sorted by name."""
        for row in self._db.execute("SELECT * FROM subjects ORDER BY name"):
            yield IndexedSubject(self, row)

    def versions_where(self, condition: str, values: Sequence[Any]) -> tuple[StoredVersion, ...]:
        """Versions by a condition of this room's own making, ordered by subject and number."""
        rows = self._db.execute(f"{_VERSIONS} WHERE {condition} ORDER BY s.name, v.number", values)
        return tuple(_stored(row) for row in rows)

    def by_schema_id(self, schema_id: int) -> tuple[StoredVersion, ...]:
        """Every version with this content id; the same content may be in several subjects."""
        return self.versions_where("v.schema_id = ?", (schema_id,))

    def by_guid(self, guid: str) -> tuple[StoredVersion, ...]:
        return self.versions_where("v.guid = ?", (guid,))

    def by_sha256(self, sha256: str) -> tuple[StoredVersion, ...]:
        return self.versions_where("b.sha256 = ?", (sha256,))

    def max_schema_id(self) -> int:
        return int(self._one("SELECT coalesce(max(schema_id), 0) FROM versions"))

    def blob(self, sha256: str) -> bytes:
        """The bytes of a version as registered. Raises NotFoundError."""
        return zlib.decompress(self.blob_gzip(sha256), _GZIP)

    def blob_gzip(self, sha256: str) -> bytes:
        """The same as one gzip member, ready for `Content-Encoding: gzip`. Raises NotFoundError."""
        row = self._db.execute("SELECT gzip FROM blobs WHERE sha256 = ?", (sha256,)).fetchone()
        if row is None:
            raise NotFoundError(f"no schema with SHA-256 {sha256}")
        return bytes(row[0])

    def references(self, version: StoredVersion) -> list[tuple[str, str, str]]:
        """(name in the text, subject, version) of every direct reference, in order."""
        query = "SELECT name, target, target_version FROM refs WHERE version = ? ORDER BY position"
        return [(row[0], row[1], row[2]) for row in self._db.execute(query, (version.key,))]

    def users(self, subject: str, version: str) -> tuple[StoredVersion, ...]:
        """Every version that refers to this one."""
        condition = "v.id IN (SELECT version FROM refs WHERE target = ? AND target_version = ?)"
        return self.versions_where(condition, (subject, version))

    def report(self, version: StoredVersion) -> dict[str, Any] | None:
        """The answer on the step from the version before (docs/reference/report.md); None for a first version."""
        row = self._db.execute("SELECT report FROM reports WHERE version = ?", (version.key,)).fetchone()
        return None if row is None else json.loads(zlib.decompress(row[0]))

    def events(self, after: tuple[int, int] = (0, -1), limit: int = 1000) -> list[EventRow]:
        """What happened after a place in the stream, oldest first."""
        query = "SELECT * FROM events WHERE (generation, position) > (?, ?) ORDER BY generation, position LIMIT ?"
        return [_event(row) for row in self._db.execute(query, (*after, limit))]

    def recent(self, limit: int) -> list[EventRow]:
        """The newest events, newest first."""
        query = "SELECT * FROM events ORDER BY generation DESC, position DESC LIMIT ?"
        return [_event(row) for row in self._db.execute(query, (limit,))]

    def rows(self, query: str, values: Sequence[Any] = (), seconds: float | None = None) -> list[sqlite3.Row]:
        """For this room's other files: search, statistics. Raises LimitError when it takes longer than `seconds`."""
        if seconds is None:
            return self._db.execute(query, values).fetchall()
        end = time.monotonic() + seconds
        self._db.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.OperationalError as error:
            if time.monotonic() <= end:
                raise
            raise LimitError(f"the query took longer than {seconds:g} s: {error}") from None
        finally:
            self._db.set_progress_handler(None, 0)

    def _one(self, query: str) -> Any:
        return self._db.execute(query).fetchone()[0]


def _stored(row: sqlite3.Row) -> StoredVersion:
    return StoredVersion(
        key=row[0],
        subject=row[1],
        number=row[2],
        line=line_from_text(row[3]),
        schema_id=row[4],
        guid=row[5],
        sha256=row[6],
        size=row[7],
        digests=json.loads(row[8]),
        origin=Origin(**json.loads(row[9])) if row[9] else None,
        status=VersionStatus(**json.loads(row[10])),
        verdict=row[11],
        format=row[12],
        kind=row[13],
    )


def _event(row: sqlite3.Row) -> EventRow:
    return EventRow(
        row["generation"],
        row["position"],
        row["type"],
        row["subject"],
        row["version"],
        row["time"],
        json.loads(row["body"]),
    )
