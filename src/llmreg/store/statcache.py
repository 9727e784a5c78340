"""What Git's index remembers of each file, so that an untouched work tree of 60,000 files is not read again.

An id is believed only when size, inode, modification time *and* change time are those that Git saw, and the file is
older than the index. No program can set a file's change time back, so this also sees what `assume-unchanged` hides.
"""

from __future__ import annotations

import os
import re
from typing import NamedTuple, Self

from llmreg.store.git import GitReader

_RECORD = re.compile(
    rb"(?:100644|100755|120000) ([0-9a-f]+) 0\t([^\0]+)\0"
    rb"  ctime: (\d+):(\d+)\n  mtime: (\d+):(\d+)\n  dev: \d+\tino: (\d+)\n"
    rb"  uid: \d+\tgid: \d+\n  size: (\d+)\tflags: [0-9a-f]+\n"
)
_32_BITS = 0xFFFFFFFF
_MANY = 300  # fewer files are hashed faster than the index is listed


class Facts(NamedTuple):
    """What `lstat` says of a file; times in nanoseconds."""

    mode: int
    size: int
    inode: int
    modified: int
    changed: int

    @classmethod
    def of(cls, status: os.stat_result) -> Self:
        return cls(status.st_mode, status.st_size, status.st_ino, status.st_mtime_ns, status.st_ctime_ns)


class StatCache:
    """Object ids by path (from the registry's root), for files that are as Git last saw them."""

    def __init__(self, reader: GitReader) -> None:
        self._reader = reader
        self._asked = 0
        self._known: dict[str, tuple[str, Facts]] | None = None
        self._written = 0

    def oid(self, path: str, facts: Facts) -> str | None:
        """The id of the content that was staged, when the file was not touched since; else None."""
        if self._known is None:
            self._asked += 1
            if self._asked < _MANY:
                return None
            self._known = self._load()
        oid, seen = self._known.get(path, ("", None))
        if seen is None or facts.modified >= self._written:
            return None
        same = (facts.size & _32_BITS, facts.inode & _32_BITS) == (seen.size, seen.inode)
        return oid if same and (facts.modified, facts.changed) == (seen.modified, seen.changed) else None

    def _load(self) -> dict[str, tuple[str, Facts]]:
        """The listing is Git's debugging aid: where another version prints it otherwise, nothing is known."""
        index, listing = self._reader.index_facts()
        self._written = index
        cut = len(os.fsencode(self._reader.repository.prefix))
        known = {}
        for oid, path, changed, changed_ns, modified, modified_ns, inode, size in _RECORD.findall(listing):
            facts = Facts(
                0, int(size), int(inode), _nanoseconds(modified, modified_ns), _nanoseconds(changed, changed_ns)
            )
            known[os.fsdecode(path[cut:])] = (oid.decode(), facts)
        return known


def _nanoseconds(seconds: bytes, rest: bytes) -> int:
    return int(seconds) * 1_000_000_000 + int(rest)
