"""The snapshot of one commit (or tree): read from the object store, never checked out."""

from __future__ import annotations

from llmreg.model.snapshot import Entry
from llmreg.store.git import GitReader
from llmreg.store.gitsnapshot import GitSnapshot


class RevisionSnapshot(GitSnapshot):
    """The registry as it is in `oid`; `name` is what the person called it."""

    def __init__(self, reader: GitReader, oid: str, name: str = "", prefix: str | None = None) -> None:
        super().__init__(reader, prefix)
        self.oid = oid
        self._name = name

    @property
    def label(self) -> str:
        short = self.oid[:7]
        return f"{self._name} ({short})" if self._name and not self.oid.startswith(self._name) else short

    def _list(self, prefixes: list[str]) -> tuple[dict[str, Entry], frozenset[str]]:
        return self._reader.tree(self.oid, prefixes), frozenset()
