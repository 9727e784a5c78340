"""What Git's index remembers of each file, so that an untouched work tree of 60,000 files is not read again.

An id is believed only when size, inode, modification time *and* change time are those that Git saw, and the file is
older than the index. No program can set a file's change time back, so this also sees what `assume-unchanged` hides.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from llmreg.store.git import GitReader

_32_BITS = 0xFFFFFFFF
_SECOND = 1_000_000_000
_INTENDED = "flags: 20000000"  # `git add --intent-to-add`: a path without content, which no commit would hold
_MANY = 300  # fewer files are hashed faster than the index is listed


class IndexMatch(NamedTuple):
    """`same`: the files that are as they were staged, told by their facts alone; `gone`: what is staged and no file."""

    same: frozenset[str]
    gone: frozenset[str]


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

    def compare(self, files: Mapping[str, os.stat_result | None], below: str) -> IndexMatch | None:
        """How all files below a folder stand to the index; None for so few that hashing them is faster."""
        if len(files) < _MANY:
            return None
        if self._known is None:
            self._known = self._load()
        known, written, nothing = self._known, self._written, ("", "")
        same = frozenset(
            path
            for path, facts in files.items()
            if facts is not None
            and known.get(path, nothing)[1] == _as_git_prints(facts)
            and facts.st_mtime_ns < written
        )
        absent = known.keys() - files.keys()
        gone = (path for path in absent if path.startswith(below) and not known[path][1].endswith(_INTENDED))
        return IndexMatch(same, frozenset(gone))

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
