"""Open files below a folder without following a link anywhere on the way, one folder after the other."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Self

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_NOWHERE = frozenset({"", ".", ".."})
_BLOCK = 1 << 16


class OpenFolders:
    """A context manager. Every part of a path is opened by itself, because O_NOFOLLOW guards only the last one; the
    folders of the last file stay open, because the next file mostly lies in them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._names: list[str] = []
        self._open: list[int] = []  # the root, then one for each name

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._leave(0)

    def open(self, path: str) -> int:
        """A descriptor of the file at a POSIX path below the root, for the caller to close. Raises OSError."""
        *folders, name = path.split("/")
        if not _NOWHERE.isdisjoint(folders) or name in _NOWHERE:
            raise NotADirectoryError(errno.ENOTDIR, path)
        shared = 0
        for old, new in zip(self._names, folders, strict=False):
            if old != new:
                break
            shared += 1
        if not self._open:
            self._open.append(os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
        self._leave(shared + 1)
        for folder in folders[shared:]:
            self._open.append(os.open(folder, _FOLDER, dir_fd=self._open[-1]))
            self._names.append(folder)
        return os.open(name, _FILE, dir_fd=self._open[-1])

    def _leave(self, kept: int) -> None:
        while len(self._open) > kept:
            os.close(self._open.pop())
        del self._names[max(0, kept - 1) :]


def content(descriptor: int, size: int, limit: int) -> bytes | None:
    """What a file of about `size` bytes holds; None when it turns out to be more than `limit`."""
    data, asked = b"", size + 1
    while len(data) <= limit:
        more = os.read(descriptor, asked)
        data += more
        if len(more) < asked and (not more or len(data) == size):  # the end: a look for more would find nothing
            break
        asked = _BLOCK
    return data if len(data) <= limit else None
