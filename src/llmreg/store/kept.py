"""A snapshot that reads each file once: for a check, where several rules look at the same subject."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from llmreg.model.snapshot import Entry, Snapshot

if TYPE_CHECKING:
    from llmreg.store.statcache import IndexMatch


class KeptSnapshot:
    """What was read is kept until `forget`: call it when a subject is done, so that memory does not grow with the
    registry."""

    def __init__(self, under: Snapshot) -> None:
        self._under = under
        self._data: dict[str, bytes] = {}

    @property
    def label(self) -> str:
        return self._under.label

    def entries(self, prefix: str = "") -> Mapping[str, Entry]:
        return self._under.entries(prefix)

    def read(self, path: str) -> bytes:
        if path not in self._data:
            self._data[path] = self._under.read(path)
        return self._data[path]

    def read_many(self, paths: list[str]) -> Mapping[str, bytes]:
        missing = [path for path in paths if path not in self._data]
        if missing:
            self._data.update(self._under.read_many(missing))
        return {path: self._data[path] for path in paths if path in self._data}

    def warm(self, prefixes: list[str]) -> None:
        """List many folders with one command, where the snapshot underneath can."""
        warm = getattr(self._under, "warm", None)
        if warm is not None:
            warm(prefixes)

    def fetch(self, paths: list[str]) -> None:
        """Read many files with one question to Git, where the snapshot underneath asks Git."""
        fetch = getattr(self._under, "fetch", None)
        if fetch is not None:
            fetch(paths)

    def compare_index(self) -> IndexMatch | None:
        """How the files stand to Git's index, where the snapshot underneath is a work tree."""
        compare = getattr(self._under, "compare_index", None)
        return compare() if compare is not None else None

    def forget(self) -> None:
        """Let go of every file that was read."""
        self._data.clear()
