"""The snapshot of the index: what would be committed now, read as blobs, also while `git commit` holds a lock."""

from __future__ import annotations

from llmreg.model.snapshot import Entry
from llmreg.store.changed import INDEX, changed_paths, subjects_in
from llmreg.store.gitparse import UNMERGED
from llmreg.store.gitsnapshot import GitSnapshot
from llmreg.store.layout import BINDINGS, subject_dir
from llmreg.store.memory import below

LABEL = "the index"
_FEW = 16


class StagedSnapshot(GitSnapshot):
    """The registry as it is staged; inside a hook in the index that the hook was given (`GIT_INDEX_FILE`)."""

    @property
    def label(self) -> str:
        return LABEL

    def warm(self, prefixes: list[str]) -> None:
        """The bindings and the subjects that were changed will be asked for: subjects when they are few. They come with
        the same command."""
        super().warm(prefixes if "" in prefixes else [*prefixes, BINDINGS, *self._touched()])

    def _touched(self) -> list[str]:
        head = self._reader.try_resolve("HEAD")
        changes = changed_paths(self._reader, head, INDEX, self._prefix) if head is not None else []
        subjects = subjects_in(change.path for change in changes)
        return [subject_dir(subject) for subject in subjects] if len(subjects) <= _FEW else []

    def _list(self, prefixes: list[str]) -> tuple[dict[str, Entry], frozenset[str]]:
        """A few directories are taken from HEAD's tree and what differs from it: the check has asked for the
        difference anyway, and reading the whole index once more would cost as much again."""
        head = self._reader.try_resolve("HEAD") if prefixes else None
        if head is None or self._prefix.rstrip("/") in prefixes:
            return self._reader.index(prefixes)
        changes = [
            change
            for change in self._reader.diff_index_cached(head, self._prefix.rstrip("/"))
            if any(below(change.path, prefix) for prefix in prefixes)
        ]
        entries = self._reader.tree(head, prefixes)
        for change in changes:
            entries.pop(change.path, None)
            if change.new is not None and change.status != UNMERGED:
                entries[change.path] = change.new
        return entries, frozenset(change.path for change in changes if change.status == UNMERGED)
