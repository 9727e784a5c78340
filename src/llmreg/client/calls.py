"""Every question of the client: its URL, what the answer becomes, and how an index file answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict
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
from llmreg.errors import NotFoundError, UsageError
from llmreg.model.subject import name_problem

if TYPE_CHECKING:
    from llmreg.index.reader import Index, StoredVersion
    from llmreg.index.search import Filters

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
    limit, offset = filters.get("limit", 100), filters.get("offset", 0)

    def offline(index: Index) -> Any:
        from llmreg.index import documents
        from llmreg.index.search import search as find

        return documents.listing(find(index, "", _filters(filters), limit, offset), limit)

    def result(body: Any) -> Page[SubjectLine]:
        return Page(**page(body, "subjects", SubjectLine))

    return Call(f"{API}/subjects{_query({**filters})}", result, offline)


def search(text: str, filters: SearchFilters) -> Call[SearchPage]:
    """The same, with words."""
    limit, offset = filters.get("limit", 100), filters.get("offset", 0)

    def offline(index: Index) -> Any:
        from llmreg.index import documents
        from llmreg.index.search import search as find

        return documents.found(find(index, text, _filters(filters), limit, offset), text, limit)

    def result(body: Any) -> SearchPage:
        return SearchPage(query=body["query"], **page(body, "hits", Hit))

    return Call(f"{API}/search{_query({'q': text, **filters})}", result, offline)


def subject(name: str) -> Call[Subject]:
    def offline(index: Index) -> Any:
        from llmreg.index import documents

        return documents.subject(index.subject(name))

    return Call(_subject(name), Subject.of, offline)


def versions(name: str) -> Call[Versions]:
    def offline(index: Index) -> Any:
        from llmreg.index import documents

        return documents.versions(index, index.subject(name))

    return Call(f"{_subject(name)}/versions", Versions.of, offline)


def version(name: str, wanted: str) -> Call[Version]:
    def offline(index: Index) -> Any:
        from llmreg.index import documents

        return documents.version(index, _picked(index, name, wanted))

    return Call(_version(name, wanted), Version.of, offline)


def schema_bytes(name: str, wanted: str) -> Call[SchemaBytes]:
    def offline(index: Index) -> Any:
        return index.blob(_picked(index, name, wanted).sha256)

    return Call(f"{_version(name, wanted)}/schema", lambda data: SchemaBytes(data=data), offline, raw=True)


def schema(wanted: str) -> Call[Schema]:
    """`wanted`: an id, a GUID or a SHA-256."""

    def offline(index: Index) -> Any:
        from llmreg.index import documents
        from llmreg.index.pick import content

        return documents.schema(index, content(index, wanted))

    return Call(f"{API}/schemas/{_segment(wanted)}", Schema.of, offline)


def linked(what: str, name: str, wanted: str, *, transitive: bool, limit: int, offset: int) -> Call[Links]:
    """`what` is `dependencies` or `dependents`."""

    def offline(index: Index) -> Any:
        from llmreg.index import documents, facts

        walk: Callable[..., facts.Links] = facts.dependencies if what == "dependencies" else facts.dependents
        start = (_picked(index, name, wanted),)
        return documents.linked(what, start, walk(index, start, limit, offset, everything=transitive), limit)

    def result(body: Any) -> Links:
        return Links(**page(body, what, Link))

    asked = _query({"transitive": "true" if transitive else None, "limit": limit, "offset": offset})
    return Call(f"{_version(name, wanted)}/{what}{asked}", result, offline)


def diff(name: str, old: str, new: str) -> Call[Diff]:
    def offline(index: Index) -> Any:
        from llmreg.index import documents

        before, after = (_picked(index, name, wanted) for wanted in (old, new))
        report = index.report(after)
        if report is None or report.get("against") != before.version:
            raise NotFoundError(
                f"the index file holds no comparison of {name} {before.version} with {after.version}",
                hint="it holds those of neighbours; a server compares any two",
            )
        return documents.diff(name, before.version, after.version, report)

    return Call(f"{API}/diff/{_name(name)}/{_segment(old)}/{_segment(new)}", Diff.of, offline)


def stats(*, newest: bool = False) -> Call[Stats]:
    def offline(index: Index) -> Any:
        from llmreg.index import documents

        return documents.stats(index)

    return Call(f"{API}/stats", Stats.of, offline, newest=newest)


def bindings() -> Call[Bindings]:
    def offline(index: Index) -> Any:
        return {"bindings": list(index.bindings.values())}

    def result(body: Any) -> Bindings:
        return Bindings(items=tuple(Binding.of(item) for item in body["bindings"]))

    return Call(f"{API}/bindings", result, offline)


def binding(name: str) -> Call[Binding]:
    def offline(index: Index) -> Any:
        if name not in index.bindings:
            raise NotFoundError(f"there is no binding {name[:80]!r}")
        return index.bindings[name]

    return Call(f"{API}/bindings/{_segment(name)}", Binding.of, offline)


def changes(after: str) -> str:
    """The path of the stream of changes."""
    return f"{API}/stream/changes?{urlencode({'after': after})}"


def _picked(index: Index, name: str, wanted: str) -> StoredVersion:
    from llmreg.index import pick

    return pick.version(index, name, wanted)


def _filters(given: SearchFilters | SubjectFilters) -> Filters:
    """The same in the words of the index."""
    from llmreg.index.search import Filters

    members: dict[str, Any] = {**given}
    for name, value in given.items():
        if not value or name in ("limit", "offset"):
            del members[name]
        elif isinstance(value, Mapping):
            members[name] = tuple(value.items())
        elif _many(value):
            members[name] = tuple(members[name])
    return Filters(**members)


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
