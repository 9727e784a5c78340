"""A replica's own `index.sqlite`, made from the tables and brought up to date by what changed in them.

A server that answers from PostgreSQL reads such a copy: no request waits for the database, and nothing that a request
asks for reaches it.
"""

from __future__ import annotations

import json
import logging
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmreg.errors import LlmregError, NotFoundError
from llmreg.index.codec import line_from_text, subject_from_text
from llmreg.index.manifest import INDEX, Manifest, describe, write_manifest
from llmreg.index.past import digests
from llmreg.index.postgres import connected, state
from llmreg.index.reader import Index
from llmreg.index.rows import EventRow, MomentRow, Origin, SubjectRow, VersionRow
from llmreg.index.writer import IndexWriter
from llmreg.model.jsontext import loads

if TYPE_CHECKING:
    from psycopg import Connection

POLL_SECONDS = 2.0
_LARGEST = 1 << 30  # of a report's text: it was bounded when it was made
log = logging.getLogger("llmreg.postgres")


@contextmanager
def replica(address: str, poll: float = POLL_SECONDS) -> Iterator[Path]:
    """A directory that holds the newest generation of the database while the block runs, like one that was exported.

    When the database cannot be reached later, the last good generation stays. Raises LlmregError at the start."""
    with tempfile.TemporaryDirectory(prefix="llmreg-") as name:
        directory = Path(name)
        pull(address, directory)
        stop = threading.Event()
        thread = threading.Thread(target=_follow, args=(address, directory, poll, stop), daemon=True)
        thread.start()
        try:
            yield directory
        finally:
            stop.set()
            thread.join()


def pull(address: str, directory: Path) -> bool:
    """Bring `directory` up to date; whether there was anything new. Raises NotFoundError where nothing was exported."""
    target = directory / INDEX
    with connected(address) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        facts = state(connection)
        if facts is None:
            raise NotFoundError("the database holds no index", hint="llmreg export --to postgresql://…")
        base = None
        known: dict[str, str] = {}
        since = 0
        if target.is_file():
            with Index(target) as index:
                if (index.info.content, index.info.commit) == (facts["content"], facts["commit"]):
                    return False
                since = _common(connection, index)
                if since:
                    base, known = target, digests(index)
        _write(connection, facts, IndexWriter(target, base), known, since)
    _describe(directory)
    return True


def _common(connection: Connection, index: Index) -> int:
    """The generation of the index's newest moment, if the tables have it too: they go on from there. Else 0."""
    newest = index.rows("SELECT generation, slot, origin FROM moments ORDER BY generation DESC, slot DESC LIMIT 1")
    if not newest:
        return 0
    generation, slot, origin = tuple(newest[0])
    query = "SELECT origin FROM llmreg.moments WHERE generation = %s AND slot = %s"
    place = connection.execute(query, (generation, slot)).fetchone()
    return int(generation) if place is not None and place[0] == json.loads(origin) else 0


def _write(connection: Connection, facts: Any, writer: IndexWriter, known: dict[str, str], since: int) -> None:
    found: dict[str, str] = dict(connection.execute("SELECT name, digest FROM llmreg.subjects").fetchall())
    moments = [_moment(row) for row in connection.execute(_MOMENTS, (since,))]
    stale = {name for name, digest in found.items() if known.get(name) != digest}
    names = sorted(stale | (known.keys() - found.keys()) | {moment.subject for moment in moments})
    with writer:
        for name in names:
            writer.remove(name)
            if name in found:
                writer.put(_subject(connection, name), found[name])
        if not known:
            writer.optimize()
        writer.add_moments(moments)
        writer.add_events(map(_event, connection.execute(_EVENTS, (names,))))
        writer.finish({key: value for key, value in facts.items() if key not in {"layout", "moments"}})


_MOMENTS = """SELECT generation, slot, subject, version, type, reason, origin FROM llmreg.moments
    WHERE generation > %s ORDER BY generation, slot"""
_EVENTS = """SELECT generation, position, type, subject, version, time, body::text FROM llmreg.events
    WHERE subject = ANY(%s) ORDER BY generation, position"""
_SUBJECT = """SELECT s.name, s.config::text, s.mode, s.writer, s.latest, f.description, f.fields,
        ARRAY(SELECT n.name FROM llmreg.fields n WHERE n.subject = s.name ORDER BY n.name)
    FROM llmreg.subjects s JOIN llmreg.search f ON f.subject = s.name WHERE s.name = %s"""
_VERSIONS = """SELECT v.number, v.line::text, b.data, v.guid::text, v.digests, v.origin, v.verdict, r.report::text
    FROM llmreg.versions v JOIN llmreg.blobs b ON b.sha256 = v.sha256
        LEFT JOIN llmreg.reports r ON r.subject = v.subject AND r.number = v.number
    WHERE v.subject = %s ORDER BY v.number"""
_REFS = """SELECT number, name, target, target_version FROM llmreg.refs WHERE subject = %s ORDER BY number, position"""


def _subject(connection: Connection, name: str) -> SubjectRow:
    [row] = connection.execute(_SUBJECT, (name,)).fetchall()
    config = subject_from_text(row[1])
    references: dict[int, list[tuple[str, str, str]]] = {}
    for number, *reference in connection.execute(_REFS, (name,)):
        references.setdefault(number, []).append((reference[0], reference[1], reference[2]))
    described = 1 if config.description else 0
    texts = row[5].split("\n")[described:] if row[5] else []
    fields = row[6].split("\n") if row[6] else []
    if set(fields) != set(row[7]):  # a name with a line break in it
        fields = row[7]
    return SubjectRow(
        name=row[0],
        config=config,
        mode=row[2],
        writer=row[3],
        latest=row[4],
        versions=tuple(
            VersionRow(
                number=item[0],
                line=line_from_text(item[1]),
                data=bytes(item[2]),
                guid=item[3],
                digests=item[4],
                references=tuple(references.get(item[0], ())),
                origin=Origin(**item[5]) if item[5] else None,
                verdict=item[6],
                report=loads(item[7], max_bytes=_LARGEST) if item[7] else None,
            )
            for item in connection.execute(_VERSIONS, (name,))
        ),
        fields=tuple(fields),
        texts=tuple(texts),
    )


def _moment(row: Any) -> MomentRow:
    return MomentRow(row[0], row[1], row[2], row[3], row[4], row[5], Origin(**row[6]))


def _event(row: Any) -> EventRow:
    return EventRow(row[0], row[1], row[2], row[3], row[4], row[5], loads(row[6], max_bytes=_LARGEST))


def _describe(directory: Path) -> None:
    with Index(directory / INDEX) as index:
        info = index.info
    files = {INDEX: describe(directory / INDEX)}
    write_manifest(directory, Manifest(info.generation, info.commit, info.time, info.content, info.program, files))


def _follow(address: str, directory: Path, poll: float, stop: threading.Event) -> None:
    while not stop.wait(poll):
        try:
            pull(address, directory)
        except (LlmregError, OSError) as error:
            log.warning("the newest generation could not be read from the database: %s", error)
