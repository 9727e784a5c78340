"""What the snapshots of a revision and of the index share: entries from one listing, blobs from one process."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress

from llmreg.errors import ConflictError, LimitError, LlmregError, NotFoundError
from llmreg.model.snapshot import Entry
from llmreg.store.catfile import TooLargeError
from llmreg.store.git import GitReader
from llmreg.store.layout import REGISTRY_FILE, max_bytes
from llmreg.store.listing import Listing

_REGULAR_MODES = ("100644", "100755")
_KEPT_BYTES = 64 << 20
_MANY = 200  # above this one listing of everything is cheaper than a command line of paths


class GitSnapshot(ABC):
    """Paths are relative to the registry's root, which lies at `prefix` below the repository's top."""

    def __init__(self, reader: GitReader, prefix: str | None = None) -> None:
        self._reader = reader
        self._prefix = reader.repository.prefix if prefix is None else prefix
        self._listed: dict[str, Listing[Entry]] = {}
        self._blobs: dict[str, bytes] = {}
        self._kept = 0
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
                return whole.below(prefix)
        return self._listed[prefix].files

    def warm(self, prefixes: list[str]) -> None:
        """List many directories with one command."""
        wanted = sorted({prefix for prefix in prefixes if self._covering(prefix) is None})
        if not wanted:
            return
        if "" in wanted or len(wanted) > _MANY:
            self._listed[""] = Listing(self._relative([self._prefix.rstrip("/")] if self._prefix else []))
            return
        if self._covering(REGISTRY_FILE) is None and REGISTRY_FILE not in wanted:
            wanted.append(REGISTRY_FILE)  # its settings are always asked for, and a command costs more than a path
        found = Listing(self._relative([f"{self._prefix}{prefix}" for prefix in wanted]))
        self._listed.update({prefix: Listing(found.below(prefix)) for prefix in wanted})

    def fetch(self, paths: list[str]) -> None:
        """Read many files with one question to Git, before they are asked for one by one. What cannot be read is told
        then."""
        with suppress(LlmregError):
            self.read_many(paths)

    def read(self, path: str) -> bytes:
        found = self.read_many([path])
        if path not in found:
            raise NotFoundError(f"no file {path} in {self.label}")
        return found[path]

    def read_many(self, paths: list[str]) -> Mapping[str, bytes]:
        self.warm([path.rpartition("/")[0] or path for path in paths if self._covering(path) is None])
        if self._kept > _KEPT_BYTES:
            self._blobs.clear()
            self._kept = 0
        oids: dict[str, str] = {}
        for path in paths:
            listed = self._covering(path)
            entry = listed.files.get(path) if listed is not None else None
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
                self._kept += len(data)
        except TooLargeError as error:
            raise LimitError(
                f"{missing[error.oid]}: {error.size} bytes is more than the limit of {limit}",
                hint="a schema this large does not belong into a registry",
            ) from None

    def _covering(self, prefix: str) -> Listing[Entry] | None:
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
