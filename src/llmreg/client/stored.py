"""What an index file answers to the client's questions: the same JSON as the server's, and the bytes of versions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llmreg.errors import NotFoundError
from llmreg.index import documents, facts, pick
from llmreg.index.reader import Index, StoredVersion
from llmreg.index.search import Filters, Page, search


class Stored:
    """One open file. Raises NotFoundError, and InputError for a file that is no index."""

    def __init__(self, path: Path) -> None:
        self._index = Index(path)

    def close(self) -> None:
        self._index.close()

    def subjects(self, filters: Mapping[str, Any]) -> Any:
        page, limit = self._page("", filters)
        return documents.listing(page, limit)

    def search(self, text: str, filters: Mapping[str, Any]) -> Any:
        page, limit = self._page(text, filters)
        return documents.found(page, text, limit)

    def subject(self, name: str) -> Any:
        return documents.subject(self._index.subject(name))

    def versions(self, name: str) -> Any:
        return documents.versions(self._index, self._index.subject(name))

    def version(self, name: str, wanted: str) -> Any:
        return documents.version(self._index, self._picked(name, wanted))

    def schema_bytes(self, name: str, wanted: str) -> bytes:
        return self._index.blob(self._picked(name, wanted).sha256)

    def schema(self, wanted: str) -> Any:
        return documents.schema(self._index, pick.content(self._index, wanted))

    def linked(self, what: str, start: tuple[str, str], limit: int, offset: int, *, transitive: bool) -> Any:
        """`what` is `dependencies` or `dependents`, of the version `start`."""
        walk = facts.dependencies if what == "dependencies" else facts.dependents
        found = (self._picked(*start),)
        return documents.linked(what, found, walk(self._index, found, limit, offset, everything=transitive), limit)

    def diff(self, name: str, old: str, new: str) -> Any:
        before, after = (self._picked(name, wanted) for wanted in (old, new))
        report = self._index.report(after)
        if report is None or report.get("against") != before.version:
            raise NotFoundError(
                f"the index file holds no comparison of {name} {before.version} with {after.version}",
                hint="it holds those of neighbours; a server compares any two",
            )
        return documents.diff(name, before.version, after.version, report)

    def stats(self) -> Any:
        return documents.stats(self._index)

    def bindings(self) -> Any:
        return {"bindings": list(self._index.bindings.values())}

    def binding(self, name: str) -> Any:
        if name not in self._index.bindings:
            raise NotFoundError(f"there is no binding {name[:80]!r}")
        return self._index.bindings[name]

    def _picked(self, name: str, wanted: str) -> StoredVersion:
        return pick.version(self._index, name, wanted)

    def _page(self, text: str, filters: Mapping[str, Any]) -> tuple[Page, int]:
        """What is found, and how many were asked for at most; filters that are empty or None are left out."""
        rest = dict(filters)
        limit, offset = rest.pop("limit", 100), rest.pop("offset", 0)
        wanted = Filters(**{name: _as_index(value) for name, value in rest.items() if value})
        return search(self._index, text, wanted, limit, offset), limit


def _as_index(value: Any) -> Any:
    """Words as they are, several as a tuple, a mapping as pairs."""
    if isinstance(value, str):
        return value
    return tuple(value.items() if isinstance(value, Mapping) else value)
