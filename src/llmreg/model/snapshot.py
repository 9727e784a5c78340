"""A snapshot: one state of a registry's files, wherever it is kept (revision, index, work tree, memory)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol


class Entry(NamedTuple):
    """One file as Git sees it: `mode` such as `100644`, `oid` its blob id in the repository's hash."""

    mode: str
    oid: str


class Snapshot(Protocol):
    """Paths are POSIX, relative to the registry's root; reading follows no link and runs no filter."""

    @property
    def label(self) -> str:
        """For people: `HEAD (1a2b3c4)`, `the index`, `the work tree`."""

    def entries(self, prefix: str = "") -> Mapping[str, Entry]:
        """Every file below `prefix` (a directory without trailing slash; "" is the whole registry), sorted by path."""

    def read(self, path: str) -> bytes:
        """The file's bytes. Raises NotFoundError, or LimitError when it is larger than a schema may be."""

    def read_many(self, paths: list[str]) -> Mapping[str, bytes]:
        """The same for many files in one pass; missing ones are left out."""
