"""What Git's index remembers of each file, so that an untouched work tree of 60,000 files is not read again.

An id is believed only when size, inode, modification time *and* change time are those that Git saw, and the file is
older than the index. No program can set a file's change time back, so this also sees what `assume-unchanged` hides.
"""

from __future__ import annotations

import os

from llmreg.store.git import GitReader

_32_BITS = 0xFFFFFFFF
_SECOND = 1_000_000_000
_MANY = 300  # fewer files are hashed faster than the index is listed


class StatCache:
    """Object ids by path (from the registry's root), for files that are as Git last saw them."""

    def __init__(self, reader: GitReader) -> None:
        self._reader = reader
        self._asked = 0
        self._known: dict[str, tuple[str, str]] | None = None
        self._written = 0

    def oid(self, path: str, facts: os.stat_result) -> str | None:
        """The id of the content that was staged, when the file was not touched since; else None."""
        if self._known is None:
            self._asked += 1
            if self._asked < _MANY:
                return None
            self._known = self._load()
        oid, seen = self._known.get(path, ("", ""))
        return oid if seen == _as_git_prints(facts) and facts.st_mtime_ns < self._written else None

    def _load(self) -> dict[str, tuple[str, str]]:
        """(id, Git's words on the file) by path. The listing is Git's debugging aid: where another version prints it
        otherwise, the words differ from ours, and every file is hashed."""
        self._written, listing = self._reader.index_facts()
        cut = len(self._reader.repository.prefix)
        known = {}
        head, *rest = os.fsdecode(listing).split("\0")
        for item in rest:
            words, _, following = item.rpartition("\n")
            entry, _, path = head.partition("\t")
            if entry.endswith(" 0"):  # stage 0: not in conflict
                known[path[cut:]] = (entry[7:-2], words)
            head = following
        return known


def _as_git_prints(facts: os.stat_result) -> str:
    """The five lines of `ls-files --debug` for a file without flags (`assume-unchanged` is one)."""
    return (
        f"  ctime: {facts.st_ctime_ns // _SECOND}:{facts.st_ctime_ns % _SECOND}\n"
        f"  mtime: {facts.st_mtime_ns // _SECOND}:{facts.st_mtime_ns % _SECOND}\n"
        f"  dev: {facts.st_dev & _32_BITS}\tino: {facts.st_ino & _32_BITS}\n"
        f"  uid: {facts.st_uid}\tgid: {facts.st_gid}\n"
        f"  size: {facts.st_size & _32_BITS}\tflags: 0"
    )
