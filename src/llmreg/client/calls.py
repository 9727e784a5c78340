"""Every question of the client: its URL, what the answer becomes, and how an index file answers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict
from urllib.parse import quote, urlencode

from llmreg.client.bindings import Binding, Bindings
from llmreg.client.exchange import Call
from llmreg.client.judgements import Diff
from llmreg.client.results import (
    Hit,
    Link,
    Links,
    Page,
    Schema,
    SchemaBytes,
    SearchPage,
    Stats,
    Subject,
    SubjectLine,
    Version,
    Versions,
    page,
)
from llmreg.errors import UsageError
from llmreg.model.subject import name_problem

API = "/api/v1"
LATEST = "latest"
_WORDS = {"tags": "tag", "fields": "field"}  # what the URL calls them


class SubjectFilters(TypedDict, total=False):
    """What subjects must be, each that is given, and which part of the list: `limit` (100) items from `offset` on."""

    prefix: str
    format: str | None
    kind: str | None
    mode: str | None
    owner: str | None
    tags: Sequence[str]
    limit: int
    offset: int


class SearchFilters(SubjectFilters, total=False):
    """The same, with `fields`, exact names in the latest schema, and `metadata`, the subject's own facts."""

    fields: Sequence[str]
    metadata: Mapping[str, str]


def subjects(filters: SubjectFilters) -> Call[Page[SubjectLine]]:
    """Filters that are empty or None are left out."""
    return Call(
        f"{API}/subjects{_query({**filters})}",
        lambda body: Page(**page(body, "subjects", SubjectLine)),
        lambda stored: stored.subjects(filters),
    )


def search(text: str, filters: SearchFilters) -> Call[SearchPage]:
    """The same, with words."""
    return Call(
        f"{API}/search{_query({'q': text, **filters})}",
        lambda body: SearchPage(query=body["query"], **page(body, "hits", Hit)),
        lambda stored: stored.search(text, filters),
    )


def subject(name: str) -> Call[Subject]:
    return Call(_subject(name), Subject.of, lambda stored: stored.subject(name))


def versions(name: str) -> Call[Versions]:
    return Call(f"{_subject(name)}/versions", Versions.of, lambda stored: stored.versions(name))


def version(name: str, wanted: str) -> Call[Version]:
    return Call(_version(name, wanted), Version.of, lambda stored: stored.version(name, wanted))


def schema_bytes(name: str, wanted: str) -> Call[SchemaBytes]:
    return Call(
        f"{_version(name, wanted)}/schema",
        lambda data: SchemaBytes(data=data),
        lambda stored: stored.schema_bytes(name, wanted),
        raw=True,
    )


def schema(wanted: str) -> Call[Schema]:
    """`wanted`: an id, a GUID or a SHA-256."""
    return Call(f"{API}/schemas/{_segment(wanted)}", Schema.of, lambda stored: stored.schema(wanted))


def linked(what: str, name: str, wanted: str, *, transitive: bool, limit: int, offset: int) -> Call[Links]:
    """`what` is `dependencies` or `dependents`."""
    asked = _query({"transitive": "true" if transitive else None, "limit": limit, "offset": offset})
    return Call(
        f"{_version(name, wanted)}/{what}{asked}",
        lambda body: Links(**page(body, what, Link)),
        lambda stored: stored.linked(what, (name, wanted), limit, offset, transitive=transitive),
    )


def diff(name: str, old: str, new: str) -> Call[Diff]:
    path = f"{API}/diff/{_name(name)}/{_segment(old)}/{_segment(new)}"
    return Call(path, Diff.of, lambda stored: stored.diff(name, old, new))


def stats(*, newest: bool = False) -> Call[Stats]:
    return Call(f"{API}/stats", Stats.of, lambda stored: stored.stats(), newest=newest)


def bindings() -> Call[Bindings]:
    def result(body: Any) -> Bindings:
        return Bindings(items=tuple(Binding.of(item) for item in body["bindings"]))

    return Call(f"{API}/bindings", result, lambda stored: stored.bindings())


def binding(name: str) -> Call[Binding]:
    return Call(f"{API}/bindings/{_segment(name)}", Binding.of, lambda stored: stored.binding(name))


def changes(after: str) -> str:
    """The path of the stream of changes."""
    return f"{API}/stream/changes?{urlencode({'after': after})}"


def _query(given: Mapping[str, Any]) -> str:
    pairs = []
    for name, value in given.items():
        values = [f"{key}:{one}" for key, one in value.items()] if isinstance(value, Mapping) else value
        pairs += [(_WORDS.get(name, name), str(one)) for one in (values if _many(value) else [value])]
    text = urlencode([pair for pair in pairs if pair[1] not in ("", "None")])
    return f"?{text}" if text else ""


def _many(value: Any) -> bool:
    return isinstance(value, (Sequence, Mapping)) and not isinstance(value, str)


def _subject(name: str) -> str:
    return f"{API}/subjects/{_name(name)}"


def _name(name: str) -> str:
    """A name has only what a path takes as it is, so it is checked, not escaped. Raises UsageError."""
    problem = name_problem(name)
    if problem is not None:
        raise UsageError(f"{name[:80]!r} is no subject: {problem}")
    return name


def _version(name: str, wanted: str) -> str:
    return f"{_subject(name)}/versions/{_segment(wanted)}"


def _segment(text: str) -> str:
    """One segment of a path. Raises UsageError for what none can hold."""
    if text in ("", ".", ".."):
        raise UsageError(f"{text!r} names nothing here")
    return quote(text, safe="")
