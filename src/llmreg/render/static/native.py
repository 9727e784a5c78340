"""The native API's GET answers, by URL without the leading slash: the bodies are those of `index.documents`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from llmreg.index import documents, facts
from llmreg.index.reader import Index, IndexedSubject, StoredVersion
from llmreg.index.search import Filters, schema_ids, search
from llmreg.render.static.tree import Body, json_body

ROOT = "api/v1"
_PAGE = 100  # the server's own, where nothing else is asked for
_ENDINGS = {"json": "schema", "avro": "avsc"}


def general(index: Index) -> Iterator[tuple[str, Body]]:
    """What belongs to no single subject; lists are the first page that the server gives."""
    page = search(index, "", Filters(), _PAGE)
    total, ids = schema_ids(index, Filters(), _PAGE)
    yield f"{ROOT}/subjects", json_body(documents.listing(page, _PAGE))
    yield f"{ROOT}/schemas", json_body(documents.schemas(index, ids, total, _PAGE, 0))
    yield f"{ROOT}/stats", json_body(documents.stats(index))


def subject_folder(name: str) -> str:
    """Where a subject's own answers lie; only what is below `versions` is its alone."""
    return f"{ROOT}/subjects/{name}"


def of_subject(index: Index, subject: IndexedSubject) -> Iterator[tuple[str, Body]]:
    """A subject and its versions; `latest` is the pointer that moves."""
    folder = subject_folder(subject.name)
    yield folder, json_body(documents.subject(subject))
    yield f"{folder}/versions", json_body(documents.versions(index, subject))
    for version in subject.versions:
        names = [version.version, *(["latest"] if version.version == subject.latest_version else [])]
        bodies = list(_of_version(index, version))
        for name in names:
            yield from ((f"{folder}/versions/{name}{below}", body) for below, body in bodies)


def content_folder(sha256: str) -> str:
    return f"{ROOT}/schemas/{sha256}"


def of_content(index: Index, holders: Sequence[StoredVersion]) -> Iterator[tuple[str, Body]]:
    """One content by its SHA-256. The bytes never change; who holds them may."""
    folder = content_folder(holders[0].sha256)
    yield folder, json_body(documents.schema(index, holders))
    yield f"{folder}/schema", _registered(index, holders[0])
    yield f"{folder}/versions", json_body(documents.holders(index, holders))


def _of_version(index: Index, version: StoredVersion) -> Iterator[tuple[str, Body]]:
    """(what follows the version's URL, body). A version without links has no files that say so."""
    yield "", json_body(documents.version(index, version))
    yield "/schema", _registered(index, version)
    report = index.report(version)
    if report is not None:
        yield "/report", json_body(report)
    for what, walk in (("dependencies", facts.dependencies), ("dependents", facts.dependents)):
        links = walk(index, (version,), _PAGE, 0, everything=False)
        if links.total:
            yield f"/{what}", json_body(documents.linked(what, (version,), links, _PAGE))


def _registered(index: Index, version: StoredVersion) -> Body:
    ending = "txt" if version.kind == "prompt" else _ENDINGS.get(version.format, "txt")
    return Body(index.blob(version.sha256), ending, index.blob_gzip(version.sha256))
