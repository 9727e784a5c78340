"""Search: subjects by words and by facts, schemas by content; paged, and stopped when they take too long.

Words of three characters and more are looked up in a trigram index, always quoted, so that nothing in them is syntax;
shorter ones, which it does not hold, are looked for in the stored text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, NamedTuple

from llmreg.errors import UsageError
from llmreg.index.reader import Index

MAX_TEXT = 200  # characters of a query
MAX_WORDS = 12
SECONDS = 0.5
_TRIGRAM = 3
_MATCHES = 20
_COLUMNS = """s.name, s.format, s.kind, s.mode, s.owner, s.description, s.config ->> '$.tags', s.latest,
    (SELECT count(*) FROM versions v WHERE v.subject = s.id)"""
_ESCAPES = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


@dataclass(frozen=True, slots=True)
class Filters:
    """What a subject must be: each given one has to hold, and each of `tags`, `fields` (exact names in its latest
    schema) and `metadata` (key, value)."""

    prefix: str = ""
    format: str | None = None
    kind: str | None = None
    mode: str | None = None
    owner: str | None = None
    tags: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One subject in short. `matches` are (where, text) of the places in which a word occurs."""

    name: str
    format: str
    kind: str
    mode: str
    owner: str | None
    description: str | None
    tags: tuple[str, ...]
    latest: str | None
    versions: int
    matches: tuple[tuple[str, str], ...] = ()


class Page(NamedTuple):
    """`total` hits, of which these are from `offset` on."""

    total: int
    offset: int
    hits: tuple[Hit, ...]


def search(index: Index, text: str, filters: Filters, limit: int, offset: int = 0) -> Page:
    """Subjects in which every word occurs, in any letter case; those with it in the name come first. Without a word:
    every subject that the filters let through, by name. Raises UsageError, LimitError."""
    words = tuple(dict.fromkeys(text.lower().split()))
    if len(text) > MAX_TEXT or len(words) > MAX_WORDS:
        raise UsageError(f"a search has at most {MAX_WORDS} words and {MAX_TEXT} characters")
    if "\0" in text:  # SQLite's text ends there
        raise UsageError("a search has no NUL in it")
    conditions, values = _conditions(filters)
    order = ["s.name"]
    source = "subjects s"
    if words:
        source = "search f JOIN subjects s ON s.id = f.rowid"
        long = [word for word in words if len(word) >= _TRIGRAM]
        if long:
            conditions.append("search MATCH ?")
            values.append(" AND ".join(_quoted(word) for word in long))
            order.insert(0, "bm25(search, 10.0, 2.0, 4.0, 1.0)")
        for word in words:
            if len(word) < _TRIGRAM:
                conditions.append("(" + " OR ".join(f"f.{column} {_LIKE}" for column in _TEXTS) + ")")
                values += [_like(word)] * len(_TEXTS)
        order.insert(0, " + ".join(["(s.name = ?)", *[f"(s.name {_LIKE})"] * len(words)]) + " DESC")
    where = " AND ".join(conditions) or "1"
    ranked: list[Any] = [text.strip(), *map(_like, words)] if words else []
    total = index.rows(f"SELECT count(*) FROM {source} WHERE {where}", values, SECONDS)[0][0]
    query = f"SELECT {_COLUMNS} FROM {source} WHERE {where} ORDER BY {', '.join(order)} LIMIT ? OFFSET ?"
    rows = index.rows(query, [*values, *ranked, limit, offset], SECONDS)
    return Page(total, offset, tuple(_hit(index, row, words) for row in rows))


def schema_ids(index: Index, filters: Filters, limit: int, offset: int = 0) -> tuple[int, list[int]]:
    """(how many, content ids of this page in order) of the schemas that subjects hold which the filters let through."""
    conditions, values = _conditions(filters)
    where = ""
    if conditions:
        where = f"WHERE subject IN (SELECT s.id FROM subjects s WHERE {' AND '.join(conditions)})"
    total = index.rows(f"SELECT count(DISTINCT schema_id) FROM versions {where}", values, SECONDS)[0][0]
    query = f"SELECT DISTINCT schema_id FROM versions {where} ORDER BY schema_id LIMIT ? OFFSET ?"
    return total, [row[0] for row in index.rows(query, [*values, limit, offset], SECONDS)]


_TEXTS = ("name", "description", "tags", "fields")
_LIKE = r"LIKE ? ESCAPE '\'"


def _conditions(filters: Filters) -> tuple[list[str], list[Any]]:
    conditions, values = [], []
    for column in ("format", "kind", "mode", "owner"):
        wanted = getattr(filters, column)
        if wanted is not None:
            conditions.append(f"s.{column} = ?")
            values.append(wanted)
    if filters.prefix:
        conditions.append("substr(s.name, 1, length(?)) = ?")
        values += [filters.prefix, filters.prefix]
    inside: Iterable[tuple[str, Sequence[Any]]] = (
        *(("SELECT subject FROM tags WHERE tag = ?", (tag,)) for tag in filters.tags),
        *(("SELECT subject FROM fields WHERE name = ?", (name,)) for name in filters.fields),
        *(("SELECT subject FROM facts WHERE key = ? AND value = ?", fact) for fact in filters.metadata),
    )
    for query, given in inside:
        conditions.append(f"s.id IN ({query})")
        values += given
    return conditions, values


def _hit(index: Index, row: Sequence[Any], words: Sequence[str]) -> Hit:
    tags = tuple(json.loads(row[6]))
    hit = Hit(row[0], row[1], row[2], row[3], row[4], row[5], tags, row[7], row[8])
    if not words:
        return hit
    texts, fields = index.rows(
        "SELECT f.description, f.fields FROM search f JOIN subjects s ON s.id = f.rowid WHERE s.name = ?", (hit.name,)
    )[0]
    places = [("name", hit.name), *(("tag", tag) for tag in tags), ("owner", hit.owner or "")]
    places += [
        *(("description", line) for line in texts.split("\n")),
        *(("field", name) for name in fields.split("\n")),
    ]
    found = (place for place in places if any(word in place[1].lower() for word in words))
    return replace(hit, matches=tuple(islice(found, _MATCHES)))


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _like(word: str) -> str:
    return f"%{word.translate(_ESCAPES)}%"
