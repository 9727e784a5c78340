"""Facts that follow from many rows at once: counts, and what is linked to a version along pinned references."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from llmreg.index.reader import Index, StoredVersion
from llmreg.model.subject import VersionStatus

SECONDS = 0.5
_DEEPEST = 32  # the longest chain of references that is followed anywhere
_COUNTED = {
    "formats": "SELECT format, count(*) FROM subjects GROUP BY format ORDER BY format",
    "kinds": "SELECT kind, count(*) FROM subjects GROUP BY kind ORDER BY kind",
    "modes": "SELECT mode, count(*) FROM subjects GROUP BY mode ORDER BY mode",
    "owners": "SELECT owner, count(*) FROM subjects WHERE owner IS NOT NULL GROUP BY owner ORDER BY owner",
    "tags": "SELECT tag, count(*) FROM tags GROUP BY tag ORDER BY tag",
    "verdicts": "SELECT verdict, count(*) FROM versions WHERE verdict IS NOT NULL GROUP BY verdict ORDER BY verdict",
    "events": "SELECT type, count(*) FROM events GROUP BY type ORDER BY type",
}
_STARTS = "SELECT value ->> 0, value ->> 1, 0 FROM json_each(?)"
_STEPS = {
    "dependencies": """SELECT r.target, r.target_version, at.depth + 1 FROM at
        JOIN subjects s ON s.name = at.subject JOIN versions v ON v.subject = s.id AND v.version = at.version
        JOIN refs r ON r.version = v.id""",
    "dependents": """SELECT s.name, v.version, at.depth + 1 FROM at
        JOIN refs r ON r.target = at.subject AND r.target_version = at.version
        JOIN versions v ON v.id = r.version JOIN subjects s ON s.id = v.subject""",
}
_LINKS = """WITH RECURSIVE at (subject, version, depth) AS ({start} UNION {step} WHERE at.depth < ?),
    links AS (SELECT subject, version, min(depth) AS depth FROM at GROUP BY subject, version HAVING min(depth) > 0)"""
_TOTAL = "SELECT count(*) FROM links"
_PAGE = """SELECT k.subject, k.version, k.depth, v.status FROM links k
    LEFT JOIN subjects s ON s.name = k.subject LEFT JOIN versions v ON v.subject = s.id AND v.version = k.version
    ORDER BY k.depth, k.subject, v.number LIMIT ? OFFSET ?"""


@dataclass(frozen=True, slots=True)
class Link:
    """One version that is linked to another. `depth` 1 is direct; `missing`: the index does not hold it."""

    subject: str
    version: str
    depth: int
    status: VersionStatus
    missing: bool


class Links(NamedTuple):
    """`total` links, of which these are from `offset` on."""

    total: int
    offset: int
    links: tuple[Link, ...]


def dependencies(index: Index, start: Sequence[StoredVersion], limit: int, offset: int, *, everything: bool) -> Links:
    """What the versions refer to; with `everything` to the end. Raises LimitError."""
    return _walk("dependencies", index, start, (_DEEPEST if everything else 1, limit, offset))


def dependents(index: Index, start: Sequence[StoredVersion], limit: int, offset: int, *, everything: bool) -> Links:
    """What refers to the versions; with `everything` to the end. Raises LimitError."""
    return _walk("dependents", index, start, (_DEEPEST if everything else 1, limit, offset))


def counts(index: Index) -> dict[str, dict[str, int]]:
    """Subjects by what they are, steps by verdict, events by type."""
    return {name: {row[0]: row[1] for row in index.rows(query, (), SECONDS)} for name, query in _COUNTED.items()}


def _walk(way: str, index: Index, start: Sequence[StoredVersion], bounds: tuple[int, int, int]) -> Links:
    deepest, limit, offset = bounds
    pairs = json.dumps([[version.subject, version.version] for version in start])
    links = _LINKS.format(start=_STARTS, step=_STEPS[way])
    total = index.rows(f"{links} {_TOTAL}", (pairs, deepest), SECONDS)[0][0]
    rows = index.rows(f"{links} {_PAGE}", (pairs, deepest, limit, offset), SECONDS)
    return Links(total, offset, tuple(Link(row[0], row[1], row[2], _status(row[3]), row[3] is None) for row in rows))


def _status(text: str | None) -> VersionStatus:
    return VersionStatus(**json.loads(text)) if text else VersionStatus()
