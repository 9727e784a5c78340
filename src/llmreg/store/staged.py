"""The snapshot of the index: what would be committed now, read as blobs, also while `git commit` holds a lock."""

from __future__ import annotations

from llmreg.model.snapshot import Entry
from llmreg.store.gitsnapshot import GitSnapshot


class StagedSnapshot(GitSnapshot):
    """The registry as it is staged; inside a hook in the index that the hook was given (`GIT_INDEX_FILE`)."""

    @property
    def label(self) -> str:
        return "the index"

    def _list(self, prefixes: list[str]) -> tuple[dict[str, Entry], frozenset[str]]:
        return self._reader.index(prefixes)
