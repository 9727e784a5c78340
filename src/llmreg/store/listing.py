"""Sorted listings of paths, and the part of one that lies below a folder: found by halving, not by looking at all."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class Listing(Generic[T]):
    """Files by path. `below` costs time in proportion to what it returns, so a walk over all subjects stays linear."""

    __slots__ = ("_keys", "files")

    def __init__(self, files: Mapping[str, T]) -> None:
        self._keys = sorted(files)
        self.files: dict[str, T] = {path: files[path] for path in self._keys}

    def below(self, prefix: str) -> dict[str, T]:
        """The file at `prefix` or the files below it; all for ""."""
        if not prefix:
            return self.files
        if prefix in self.files:
            return {prefix: self.files[prefix]}
        start = bisect_left(self._keys, f"{prefix}/")
        end = bisect_left(self._keys, f"{prefix}0", start)  # "0" is the character after "/"
        found = self._keys[start:end]
        return self.files if len(found) == len(self._keys) else {path: self.files[path] for path in found}
