"""All subjects and all references at once, for what shows the whole registry: overview, search file, graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from llmreg.index.reader import Index

_SUBJECTS = """SELECT s.id, s.name, s.format, s.kind, s.mode, s.owner, s.description, s.latest, s.digest, v.verdict,
    json_extract(v.line, '$.bump'), v.status, (SELECT count(*) FROM versions n WHERE n.subject = s.id), f.fields
    FROM subjects s LEFT JOIN versions v ON v.subject = s.id AND v.version = s.latest
    LEFT JOIN search f ON f.rowid = s.id ORDER BY s.name"""
_REFERENCES = """SELECT s.name, v.version, r.name, r.target, r.target_version, t.id IS NOT NULL FROM refs r
    JOIN versions v ON v.id = r.version JOIN subjects s ON s.id = v.subject LEFT JOIN subjects o ON o.name = r.target
    LEFT JOIN versions t ON t.subject = o.id AND t.version = r.target_version
    WHERE {condition} ORDER BY s.name, v.number, r.position"""


@dataclass(frozen=True, slots=True)
class SubjectLine:
    """One subject in short. `verdict` and `bump` are those of its latest version; `fields` the names in its schema,
    `versions` how many there are."""

    name: str
    format: str
    kind: str
    mode: str
    owner: str | None
    description: str | None
    tags: tuple[str, ...]
    latest: str | None
    verdict: str | None
    bump: str | None
    deprecated: bool
    versions: int
    fields: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """One version refers to another, as `name` in its text; `there` says whether the index holds the other one."""

    subject: str
    version: str
    name: str
    target: str
    target_version: str
    there: bool


def subject_lines(index: Index) -> list[SubjectLine]:
    """Every subject, sorted by name."""
    tags = _tags(index)
    return [
        SubjectLine(
            name=row[1],
            format=row[2],
            kind=row[3],
            mode=row[4],
            owner=row[5],
            description=row[6],
            tags=tuple(tags.get(row[0], ())),
            latest=row[7],
            digest=row[8],
            verdict=row[9],
            bump=row[10],
            deprecated=bool(row[11]) and '"deprecated": "' in row[11],
            versions=row[12],
            fields=tuple(filter(None, (row[13] or "").split("\n"))),
        )
        for row in index.rows(_SUBJECTS)
    ]


def reference_lines(index: Index, subject: str | None = None, target: str | None = None) -> list[ReferenceLine]:
    """Direct references, ordered by who refers: all, or those of one subject, or those to one."""
    asked = {column: value for column, value in (("s.name", subject), ("r.target", target)) if value is not None}
    condition = " AND ".join(f"{column} = ?" for column in asked) or "TRUE"
    rows = index.rows(_REFERENCES.format(condition=condition), tuple(asked.values()))
    return [ReferenceLine(row[0], row[1], row[2], row[3], row[4], bool(row[5])) for row in rows]


def _tags(index: Index) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {}
    for subject, tag in index.rows("SELECT subject, tag FROM tags ORDER BY subject, tag"):
        found.setdefault(subject, []).append(tag)
    return found
