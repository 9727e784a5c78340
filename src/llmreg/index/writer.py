"""Writes `index.sqlite`: a new file, or a private copy of an old one that is brought up to date subject by subject.

The file is written without a journal beside the one that is being served, and replaces it in one step when it is whole.
Built anew from the same commit by the same program it has the same bytes; brought up to date it has the same content,
which `content` in its `meta` table says: a digest over every subject's digest and the moments of the history.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from llmreg.errors import LlmregError
from llmreg.index.packed import Packed, PackedVersion, origin_text, pack
from llmreg.index.rows import EventRow, MomentRow, SubjectRow
from llmreg.index.tables import FORMAT, TABLES
from llmreg.model.jsontext import dumps

_PRIMARY = 0xFF  # of SQLite's extended error codes
_OF_THE_DISK = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY})


class IndexWriter:
    """A context manager: an error inside leaves the served file as it was. Raises LlmregError for the disk's no."""

    def __init__(self, target: Path, base: Path | None = None) -> None:
        self._target = target
        self._path = target.with_name(f".{target.name}.tmp")
        self._path.unlink(missing_ok=True)
        if base is not None:
            shutil.copyfile(base, self._path)
        self._db = sqlite3.connect(self._path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("BEGIN")
        self._anew = base is None
        if self._anew:
            self._create("CREATE TABLE", "CREATE VIRTUAL TABLE")
        self._next = self._highest()
        self._blobs: dict[str, int] = {}
        self._chain = self._moments()

    def _create(self, *kinds: str) -> None:
        for statement in TABLES.split(";\n"):
            if statement.strip().startswith(kinds):
                self._db.execute(statement)

    def _highest(self) -> dict[str, int]:
        tables = ("subjects", "versions", "blobs")
        return {table: self._one(f"SELECT coalesce(max(id), 0) FROM {table}") for table in tables}

    def _moments(self) -> str:
        row = self._db.execute("SELECT value FROM meta WHERE key = 'moments'").fetchone()
        return str(row[0]) if row else ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
        self._path.unlink(missing_ok=True)
        if isinstance(value, sqlite3.OperationalError) and value.sqlite_errorcode & _PRIMARY in _OF_THE_DISK:
            raise LlmregError(
                f"{self._target} cannot be written: {value}", hint="what was there before is unchanged"
            ) from None

    def put(self, row: SubjectRow, digest: str | None = None) -> None:
        """Add a subject, or replace it. `digest`: as another index of the same subject has it."""
        self.put_packed(pack(row, digest))

    def put_packed(self, row: Packed) -> None:
        """The same of a subject that is packed already."""
        if not self._anew or self._has(row.name):
            self.remove(row.name)
        subject = self._insert("subjects", **row.columns)
        self._many("tags (tag, subject)", [(tag, subject) for tag in row.tags])
        self._many("facts (key, value, subject)", [(*fact, subject) for fact in row.facts])
        self._many("fields (name, subject)", [(name, subject) for name in row.fields])
        self._versions(subject, row.versions)
        self._db.execute(
            "INSERT INTO search (rowid, name, description, tags, fields) VALUES (?, ?, ?, ?, ?)",
            (subject, *row.search),
        )

    def remove(self, name: str) -> None:
        """Take a subject out, with what only it needs and its events; what the history says of it stays."""
        self._db.execute("DELETE FROM events WHERE subject = ?", (name,))
        found = self._db.execute("SELECT id FROM subjects WHERE name = ?", (name,)).fetchone()
        if found is None:
            return
        held = "SELECT id FROM versions WHERE subject = ?"
        blobs = self._db.execute("SELECT DISTINCT blob FROM versions WHERE subject = ?", found).fetchall()
        self._db.execute(f"DELETE FROM reports WHERE version IN ({held})", found)
        self._db.execute(f"DELETE FROM refs WHERE version IN ({held})", found)
        for table in ("versions", "tags", "facts", "fields"):
            self._db.execute(f"DELETE FROM {table} WHERE subject = ?", found)
        self._db.execute("DELETE FROM subjects WHERE id = ?", found)
        self._db.execute("DELETE FROM search WHERE rowid = ?", found)
        self._blobs.clear()
        for blob in blobs:
            self._db.execute(
                "DELETE FROM blobs WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM versions WHERE blob = ?1)", blob
            )

    def add_moments(self, found: Iterable[MomentRow]) -> None:
        """Append what the history says; each call goes on after the moments that are there."""
        rows = []
        for moment in found:
            origin = origin_text(moment.origin)
            row = (moment.generation, moment.slot, moment.subject, moment.version, moment.type, moment.reason, origin)
            self._chain = hashlib.sha256(f"{self._chain}{json.dumps(row)}".encode()).hexdigest()
            rows.append(row)
        self._many("moments", rows)

    def add_events(self, events: Iterable[EventRow]) -> None:
        """Add to the stream, each at its place."""
        rows = [
            (*_place(event), event.type, event.subject, event.version, event.time, dumps(event.body))
            for event in events
        ]
        self._many("events", rows)

    def finish(self, facts: Mapping[str, str]) -> None:
        """Write `meta`, and put the file in its place. `content` among the facts: as another index has it."""
        if self._anew:
            self._create("CREATE INDEX")  # sorting every row once is cheaper than keeping an order while they come
        content = hashlib.sha256()
        for name, digest in self._db.execute("SELECT name, digest FROM subjects ORDER BY name"):
            content.update(f"{name} {digest}\n".encode())
        content.update(self._chain.encode())
        content.update(facts.get("bindings", "").encode())
        self._set(**{"content": content.hexdigest(), **facts, "moments": self._chain})
        self._db.execute("COMMIT")
        self._db.execute(f"PRAGMA user_version = {FORMAT}")
        self._db.close()
        with self._path.open("rb+") as file:
            os.fsync(file.fileno())
        self._path.replace(self._target)

    def optimize(self) -> None:
        """Merge the search index into one piece: for a file built anew."""
        self._db.execute("INSERT INTO search (search) VALUES ('optimize')")

    def _has(self, name: str) -> bool:
        return self._db.execute("SELECT 1 FROM subjects WHERE name = ?", (name,)).fetchone() is not None

    def _versions(self, subject: int, packed: Sequence[PackedVersion]) -> None:
        versions: list[tuple[Any, ...]] = []
        references: list[tuple[Any, ...]] = []
        reports: list[tuple[Any, ...]] = []
        for each in packed:
            self._next["versions"] += 1
            identity = self._next["versions"]
            versions.append((identity, subject, each.number, each.version, self._blob(each), *each.columns))
            references += [(identity, place, *reference) for place, reference in enumerate(each.references)]
            if each.report is not None:
                reports.append((identity, each.report))
        self._many("versions", versions)
        self._many("refs (version, position, name, target, target_version)", references)
        self._many("reports (version, report)", reports)

    def _blob(self, version: PackedVersion) -> int:
        sha256 = version.sha256
        if sha256 in self._blobs:
            return self._blobs[sha256]
        found = None
        if not self._anew:
            found = self._db.execute("SELECT id FROM blobs WHERE sha256 = ?", (sha256,)).fetchone()
        if found is None:
            identity = self._insert("blobs", sha256=sha256, size=version.size, gzip=version.gzip)
        else:
            identity = int(found[0])
        self._blobs[sha256] = identity
        return identity

    def _insert(self, table: str, **columns: Any) -> int:
        self._next[table] += 1
        self._many(f"{table} (id, {', '.join(columns)})", [(self._next[table], *columns.values())])
        return self._next[table]

    def _many(self, into: str, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self._db.executemany(f"INSERT INTO {into} VALUES ({marks})", rows)

    def _set(self, **facts: str) -> None:
        self._db.executemany("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", sorted(facts.items()))

    def _one(self, query: str) -> Any:
        return self._db.execute(query).fetchone()[0]


def _place(event: EventRow) -> tuple[int, int]:
    return event.generation, event.position
