"""What an older index says to whoever brings it up to date: what happened to subjects, and who depends on them."""

from __future__ import annotations

import json
from collections.abc import Iterable

from llmreg.index.reader import Index
from llmreg.index.rows import MomentRow, Origin

_MOMENTS = """SELECT generation, slot, subject, version, type, reason, origin FROM moments
    WHERE subject IN (SELECT value FROM json_each(?)) ORDER BY generation, slot"""
_USERS = """WITH RECURSIVE users (name) AS (SELECT value FROM json_each(?) UNION
    SELECT s.name FROM users u JOIN refs r ON r.target = u.name JOIN versions v ON v.id = r.version
    JOIN subjects s ON s.id = v.subject) SELECT name FROM users"""
_UNREAD = "SELECT DISTINCT s.name FROM versions v JOIN subjects s ON s.id = v.subject WHERE v.digests = '{}'"


def known_moments(index: Index, subjects: Iterable[str]) -> list[MomentRow]:
    """Everything that the history up to the index says of these subjects, oldest first."""
    rows = index.rows(_MOMENTS, (json.dumps(list(subjects)),))
    return [MomentRow(row[0], row[1], row[2], row[3], row[4], row[5], Origin(**json.loads(row[6]))) for row in rows]


def users_of(index: Index, subjects: Iterable[str]) -> set[str]:
    """These subjects, and all that refer to them to the end."""
    return {row[0] for row in index.rows(_USERS, (json.dumps(list(subjects)),))}


def unread(index: Index) -> set[str]:
    """Subjects with a version that could not be read: another subject may have what it lacked."""
    return {row[0] for row in index.rows(_UNREAD)}


def digests(index: Index) -> dict[str, str]:
    """Every subject's digest by its name, in order: two indexes with the same one hold the same of it."""
    return {row[0]: row[1] for row in index.rows("SELECT name, digest FROM subjects ORDER BY name")}


def facts_of(index: Index) -> dict[str, str]:
    """What the index says of itself."""
    return {row[0]: row[1] for row in index.rows("SELECT key, value FROM meta")}
