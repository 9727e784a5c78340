"""The native API's answers as plain dicts: made only here, for server, static tree and offline client.

Keys are in a fixed order. `schema` is always the exact registered text as one string.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from llmreg.index.facts import Links, counts
from llmreg.index.reader import Index, IndexedSubject, StoredVersion
from llmreg.index.rows import EventRow
from llmreg.index.search import Hit, Page
from llmreg.model.subject import VersionStatus


def subject(subject: IndexedSubject) -> dict[str, Any]:
    """One subject: its facts, what it says to its format (`settings`), and its versions in short, in order of
    registration."""
    config = subject.config
    return {
        "subject": subject.name,
        "format": config.format,
        "kind": config.kind,
        "mode": subject.mode,
        "writer": subject.writer,
        "owner": config.owner,
        "description": config.description,
        "tags": list(config.tags),
        "metadata": dict(config.custom),
        "settings": {key: list(value) if isinstance(value, tuple) else value for key, value in config.settings.items()},
        "latest": subject.latest_version,
        "versions": [_short(version) for version in subject.versions],
    }


def version_line(index: Index, version: StoredVersion) -> dict[str, Any]:
    """Everything about one version but its text. `ordinal` is the integer version of Kafka clients."""
    line = version.line
    return {
        "subject": version.subject,
        "version": version.version,
        "ordinal": version.number,
        "id": version.schema_id,
        "guid": version.guid,
        "format": version.format,
        "kind": version.kind,
        "mode": line.mode.value,
        "bump": line.bump.value,
        "verdict": version.verdict,
        "status": _status(version.status),
        "references": _references(index, version),
        "sha256": version.sha256,
        "size": version.size,
        "fp": line.fp,
        "digests": dict(version.digests),
        "meta": dict(line.meta),
        "origin": version.origin.to_json() if version.origin else None,
    }


def version(index: Index, version: StoredVersion) -> dict[str, Any]:
    """Everything about one version, its text last."""
    return version_line(index, version) | {"schema": index.blob(version.sha256).decode()}


def listing(page: Page, limit: int) -> dict[str, Any]:
    """Subjects in short, a page of them."""
    return _paged("subjects", [_hit(hit) for hit in page.hits], page.total, limit, page.offset)


def found(page: Page, query: str, limit: int) -> dict[str, Any]:
    """The answer to a search: subjects in short, each with the places in which a word occurs."""
    hits = [
        _hit(hit) | {"matches": [{"where": where, "text": text} for where, text in hit.matches]} for hit in page.hits
    ]
    return {"query": query, **_paged("hits", hits, page.total, limit, page.offset)}


def versions(index: Index, subject: IndexedSubject) -> dict[str, Any]:
    """Every version without its text, in order of registration."""
    return {"subject": subject.name, "versions": [version_line(index, version) for version in subject.versions]}


def schema(index: Index, holders: Sequence[StoredVersion]) -> dict[str, Any]:
    """One content, with every version that holds it (at least one); the text is that of the first."""
    first = holders[0]
    return schema_line(holders) | {
        "references": _references(index, first),
        "digests": dict(first.digests),
        "schema": index.blob(first.sha256).decode(),
    }


def schema_line(holders: Sequence[StoredVersion]) -> dict[str, Any]:
    """One content in short, with every version that holds it."""
    first = holders[0]
    return {
        "id": first.schema_id,
        "guid": first.guid,
        "format": first.format,
        "sha256": first.sha256,
        "size": first.size,
        "fp": first.line.fp,
        "versions": [{"subject": holder.subject, **_short(holder)} for holder in holders],
    }


def schemas(index: Index, ids: Sequence[int], total: int, limit: int, offset: int) -> dict[str, Any]:
    """Contents in short, a page of them, in order of their ids."""
    return _paged("schemas", [schema_line(index.by_schema_id(one)) for one in ids], total, limit, offset)


def holders(index: Index, found: Sequence[StoredVersion]) -> dict[str, Any]:
    """Every version that holds one content, without the text."""
    return {"id": found[0].schema_id, "versions": [version_line(index, version) for version in found]}


def linked(what: str, start: Sequence[StoredVersion], links: Links, limit: int) -> dict[str, Any]:
    """`what` is `dependencies` or `dependents`: of the versions `start`, nearest first."""
    lines = [
        {
            "subject": link.subject,
            "version": link.version,
            "depth": link.depth,
            "status": _status(link.status),
            "missing": link.missing,
        }
        for link in links.links
    ]
    of = [{"subject": version.subject, "version": version.version} for version in start]
    return {"of": of, **_paged(what, lines, links.total, limit, links.offset)}


def diff(subject: str, old: str, new: str, report: Mapping[str, Any]) -> dict[str, Any]:
    """The report on the step between two versions."""
    return {"subject": subject, "old": old, "new": new, "report": dict(report)}


def stats(index: Index) -> dict[str, Any]:
    """What the index holds, counted."""
    info = index.info
    return {
        "generation": info.generation,
        "commit": info.commit,
        "time": info.time,
        "content": info.content,
        "subjects": info.subjects,
        "versions": info.versions,
        "schemas": info.schemas,
        **counts(index),
    }


def event(event: EventRow) -> dict[str, Any]:
    """One thing that happened; `id` is its place in the stream, `data` what there is to know about its type."""
    return {
        "id": event.id,
        "type": event.type,
        "subject": event.subject,
        "version": event.version,
        "time": event.time,
        "data": dict(event.body),
    }


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "subject": hit.name,
        "format": hit.format,
        "kind": hit.kind,
        "mode": hit.mode,
        "owner": hit.owner,
        "description": hit.description,
        "tags": list(hit.tags),
        "latest": hit.latest,
        "versions": hit.versions,
    }


def _paged(name: str, items: list[dict[str, Any]], total: int, limit: int, offset: int) -> dict[str, Any]:
    return {name: items, "total": total, "limit": limit, "offset": offset}


def _references(index: Index, version: StoredVersion) -> list[dict[str, str]]:
    return [{"name": name, "subject": target, "version": number} for name, target, number in index.references(version)]


def _short(version: StoredVersion) -> dict[str, Any]:
    return {
        "version": version.version,
        "ordinal": version.number,
        "id": version.schema_id,
        "sha256": version.sha256,
        "bump": version.line.bump.value,
        "verdict": version.verdict,
        "status": _status(version.status),
    }


def _status(status: VersionStatus) -> dict[str, Any]:
    return {"deprecated": status.deprecated, "retired": status.retired}
