"""The read model in PostgreSQL, for teams whose replicas share one database: connect, lock, write what changed.

One transaction writes a generation, so that readers see the old one or the new one. Nothing here prints an address:
it may hold a password.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from llmreg.errors import InputError, LimitError, LlmregError, UsageError
from llmreg.index.past import digests, facts_of
from llmreg.index.postgres_tables import BLOBS, EVERY, LAYOUT, LOCK, MOMENTS, OF_SUBJECTS, TABLES
from llmreg.index.reader import Index

if TYPE_CHECKING:
    from psycopg import Connection

WAIT_SECONDS = 60
_BATCH = 500
_GZIP = 31
_ADDRESS = "postgresql://USER@HOST/DATABASE; a password goes into ~/.pgpass or PGPASSWORD"


@dataclass(frozen=True, slots=True)
class Pushed:
    """`mode`: `built`, `updated` or `unchanged`; `subjects` were written, `removed` taken away."""

    mode: str
    subjects: int
    removed: int


def is_address(text: str) -> bool:
    return text.startswith(("postgresql://", "postgres://"))


@contextmanager
def connected(address: str) -> Iterator[Connection]:
    """One transaction: committed at the end, rolled back on an error.

    Raises UsageError without psycopg or with an address that cannot be read, LlmregError for what PostgreSQL says."""
    try:
        import psycopg
    except ImportError:
        raise UsageError("PostgreSQL needs psycopg", hint="pip install 'llmreg[postgres]'") from None
    try:
        secret = psycopg.conninfo.conninfo_to_dict(address).get("password")
    except psycopg.ProgrammingError:
        raise UsageError("the address of the database cannot be read", hint=_ADDRESS) from None
    try:
        with psycopg.connect(address, application_name="llmreg", connect_timeout=10) as connection:
            yield connection
    except psycopg.errors.LockNotAvailable:
        raise LimitError(
            f"another export has been writing to this database for {WAIT_SECONDS} seconds",
            hint="wait for it, then run the command again",
        ) from None
    except psycopg.Error as error:
        said = " ".join(str(error).replace(address, "…").replace(str(secret or "\0"), "…").split())
        raise LlmregError(f"PostgreSQL: {said}", hint="the tables are as they were") from None


def state(connection: Connection) -> Mapping[str, str] | None:
    """`llmreg.meta`; None where there is no read model yet. Raises InputError for one that a newer program made."""
    if connection.execute("SELECT to_regclass('llmreg.meta')").fetchone() in (None, (None,)):
        return None
    facts: dict[str, str] = dict(connection.execute("SELECT key, value FROM llmreg.meta").fetchall())
    if int(facts.get("layout", 0)) > LAYOUT:
        raise InputError(
            f"the tables have layout {facts['layout']}; this program knows {LAYOUT}", hint="use the newer program"
        )
    return facts


def lock(connection: Connection) -> None:
    """Be the only one who writes, until the transaction ends."""
    connection.execute(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))


def push(connection: Connection, index: Index, *, anew: bool = False) -> Pushed:
    """Make the tables hold what the index holds. Hold `lock`, and see that the index continues what is there; `anew`
    where it does not."""
    before = state(connection)
    if before is None or int(before["layout"]) < LAYOUT:
        connection.execute("DROP SCHEMA IF EXISTS llmreg CASCADE")
        connection.execute(TABLES)
        before = None
    elif anew:
        connection.execute(f"TRUNCATE {', '.join(f'llmreg.{table}' for table in EVERY)}")
        before = None
    elif before["content"] == index.info.content and before["commit"] == index.info.commit:
        return Pushed("unchanged", 0, 0)
    theirs: dict[str, str] = dict(connection.execute("SELECT name, digest FROM llmreg.subjects").fetchall())
    ours = digests(index)
    moments = index.rows(MOMENTS, (int(before["generation"]) if before else 0,))
    gone = theirs.keys() - ours.keys()
    stale = {name for name, digest in ours.items() if theirs.get(name) != digest}
    names = sorted(stale | gone | {row[2] for row in moments})
    _replace(connection, index, names)
    _copy(connection, "moments", "generation, slot, subject, version, type, reason, origin", moments)
    facts = {**facts_of(index), "layout": str(LAYOUT)}
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO llmreg.meta VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            sorted(facts.items()),
        )
    if before is None:
        connection.execute(f"ANALYZE {', '.join(f'llmreg.{table}' for table in EVERY)}")
    return Pushed("built" if before is None else "updated", len(stale), len(gone))


def _replace(connection: Connection, index: Index, names: Iterable[str]) -> None:
    """These subjects as the index holds them, a few hundred at a time."""
    left = iter(names)
    while batch := list(islice(left, _BATCH)):
        held = connection.execute("SELECT DISTINCT sha256 FROM llmreg.versions WHERE subject = ANY(%s)", (batch,))
        old = [row[0] for row in held]
        for source in OF_SUBJECTS:
            key = "name" if source.table == "subjects" else "subject"
            connection.execute(f"DELETE FROM llmreg.{source.table} WHERE {key} = ANY(%s)", (batch,))
        asked = (json.dumps(batch),)
        for source in OF_SUBJECTS:
            _copy(connection, source.table, source.columns, index.rows(source.query, asked))
        _blobs(connection, index.rows(BLOBS, asked), old)


def _blobs(connection: Connection, wanted: Iterable[Any], old: list[str]) -> None:
    """Add the bytes that are not there, and take away those that no version holds any more."""
    rows = {row[0]: row for row in wanted}
    found = connection.execute("SELECT sha256 FROM llmreg.blobs WHERE sha256 = ANY(%s)", (list(rows),))
    known = {row[0] for row in found}
    missing = [(sha256, row[1], zlib.decompress(row[2], _GZIP)) for sha256, row in rows.items() if sha256 not in known]
    _copy(connection, "blobs", "sha256, size, data", missing)
    connection.execute(
        """DELETE FROM llmreg.blobs b WHERE b.sha256 = ANY(%s)
            AND NOT EXISTS (SELECT 1 FROM llmreg.versions v WHERE v.sha256 = b.sha256)""",
        (old,),
    )


def _copy(connection: Connection, table: str, columns: str, rows: Iterable[Any]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY llmreg.{table} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row([_value(table, place, value) for place, value in enumerate(row)])


def _value(table: str, place: int, value: Any) -> Any:
    """A report as text. PostgreSQL's text has no NUL: the sign for what cannot be shown stands for it."""
    if table == "reports" and place == 2:
        return zlib.decompress(value).decode()
    if isinstance(value, str) and "\0" in value:
        return value.replace("\0", "\ufffd")
    return value
