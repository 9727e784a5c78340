"""What the snapshots of a revision and of the index share: entries from one listing, blobs from one process."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from llmreg.errors import ConflictError, LimitError, NotFoundError
from llmreg.model.snapshot import Entry
from llmreg.store.catfile import TooLargeError
from llmreg.store.git import GitReader
from llmreg.store.layout import max_bytes
from llmreg.store.memory import below

_REGULAR_MODES = ("100644", "100755")
_MANY = 200  # above this one listing of everything is cheaper than a command line of paths


class GitSnapshot(ABC):
    """Paths are relative to the registry's root, which lies at `prefix` below the repository's top."""

    def __init__(self, reader: GitReader, prefix: str | None = None) -> None:
        self._reader = reader
        self._prefix = reader.repository.prefix if prefix is None else prefix
        self._listed: dict[str, dict[str, Entry]] = {}
        self._blobs: dict[str, bytes] = {}
        self._unmerged: frozenset[str] = frozenset()

    @property
    @abstractmethod
    def label(self) -> str:
        """For people."""

    @abstractmethod
    def _list(self, prefixes: list[str]) -> tuple[dict[str, Entry], frozenset[str]]:
        """Entries at or below paths that count from the repository's top (none: everything); unmerged paths."""

    def entries(self, prefix: str = "") -> Mapping[str, Entry]:
        if prefix not in self._listed:
            whole = self._covering(prefix)
            if whole is None:
                self.warm([prefix])
            else:
                self._listed[prefix] = {path: entry for path, entry in whole.items() if below(path, prefix)}
        return self._listed[prefix]

    def warm(self, prefixes: list[str]) -> None:
        """List many directories with one command."""
        wanted = sorted({prefix for prefix in prefixes if self._covering(prefix) is None})
        if not wanted:
            return
        if "" in wanted or len(wanted) > _MANY:
            self._listed[""] = self._relative([self._prefix.rstrip("/")] if self._prefix else [])
            return
        found = self._relative([f"{self._prefix}{prefix}" for prefix in wanted])
        groups: dict[str, dict[str, Entry]] = {prefix: {} for prefix in wanted}
        for path, entry in found.items():
            for length in range(1, path.count("/") + 2):
                group = groups.get("/".join(path.split("/")[:length]))
                if group is not None:
                    group[path] = entry
        self._listed.update(groups)

    def read(self, path: str) -> bytes:
        found = self.read_many([path])
        if path not in found:
            raise NotFoundError(f"no file {path} in {self.label}")
        return found[path]

    def read_many(self, paths: list[str]) -> Mapping[str, bytes]:
        oids: dict[str, str] = {}
        for path in paths:
            entry = self._entry(path)
            if path in self._unmerged:
                raise ConflictError(f"{path}: unresolved merge conflict", hint="finish the merge, then `git add` it")
            if entry is not None and entry.mode in _REGULAR_MODES:
                oids[path] = entry.oid
        for limit in {max_bytes(path) for path in oids}:
            self._fetch([path for path in oids if max_bytes(path) == limit], oids, limit)
        return {path: self._blobs[oid] for path, oid in oids.items()}

    def _fetch(self, paths: list[str], oids: Mapping[str, str], limit: int) -> None:
        missing = {oids[path]: path for path in paths if oids[path] not in self._blobs}
        try:
            for oid, data in self._reader.read_objects(list(missing), limit=limit):
                self._blobs[oid] = data
        except TooLargeError as error:
            raise LimitError(
                f"{missing[error.oid]}: {error.size} bytes is more than the limit of {limit}",
                hint="a schema this large does not belong into a registry",
            ) from None

    def _entry(self, path: str) -> Entry | None:
        listed = self._covering(path)
        if listed is None:
            return self.entries(path.rpartition("/")[0] or path).get(path)
        return listed.get(path)

    def _covering(self, prefix: str) -> dict[str, Entry] | None:
        """A listing that holds everything below `prefix`."""
        parts = prefix.split("/") if prefix else []
        for length in range(len(parts), -1, -1):
            listed = self._listed.get("/".join(parts[:length]))
            if listed is not None:
                return listed
        return None

    def _relative(self, prefixes: list[str]) -> dict[str, Entry]:
        entries, unmerged = self._list(prefixes)
        cut = len(self._prefix)
        self._unmerged |= {path[cut:] for path in unmerged if path.startswith(self._prefix)}
        if not cut:
            return entries
        return {path[cut:]: entry for path, entry in entries.items() if path.startswith(self._prefix)}
