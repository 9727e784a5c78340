"""What Git's index remembers of each file, so that an untouched work tree of 60,000 files is not read again.

An id is believed only when size, inode, modification time *and* change time are those that Git saw, and the file is
older than the index. No program can set a file's change time back, so this also sees what `assume-unchanged` hides.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from llmreg.store.git import GitReader
from llmreg.store.indexfile import facts_of, listed, oid_of, staged
from llmreg.store.memory import blob_id

# What is known of a path in the work tree: its state; the index's record, where it is as it was staged; None for a
# folder that is a repository of its own.
Facts: TypeAlias = os.stat_result | bytes | None

_32_BITS = 0xFFFFFFFF
_SECOND = 1_000_000_000
_MANY = 300  # fewer files are hashed faster than the index is read


class IndexMatch(NamedTuple):
    """`touched`: the files that may not be as they were staged, going by their facts; `gone`: what is staged and no
    file."""

    touched: frozenset[str]
    gone: frozenset[str]


class StatCache:
    """The index's records by path (from the registry's root), for files that are as Git last saw them."""

    def __init__(self, reader: GitReader) -> None:
        self._reader = reader
        self._asked = 0
        self._records: dict[str, bytes] | None = None
        self._written = 0

    def oid(self, path: str, facts: Facts) -> str | None:
        """The id of the content that was staged, when the file was not touched since; else None."""
        if isinstance(facts, bytes):
            return oid_of(facts)
        if self._records is None:
            self._asked += 1
            if self._asked < _MANY:
                return None
        record = self._known().get(path)
        return oid_of(record) if record and facts is not None and _same(facts, record, self._written) else None

    def look(self, root: str, paths: Sequence[str]) -> dict[str, Facts]:
        """The state of many files below `root`; where there are few, the index is not asked."""
        known = self._known() if len(paths) >= _MANY else {}
        return look(root, paths, known, self._written)

    def compare(self, files: Mapping[str, Facts], below: str) -> IndexMatch | None:
        """How all files below a folder, as `look` saw them, stand to the index; None for so few that hashing them is
        faster."""
        if len(files) < _MANY:
            return None
        touched = frozenset(path for path, facts in files.items() if not isinstance(facts, bytes))
        absent = self._known().keys() - files.keys()
        return IndexMatch(touched, frozenset(path for path in absent if path.startswith(below)))

    def _known(self) -> dict[str, bytes]:
        if self._records is None:
            repository = self._reader.repository
            self._written, data = self._reader.index_file()
            oid_bytes = len(blob_id(b"", repository.object_format)) // 2
            records = staged(data, oid_bytes, repository.prefix) if data else {}
            self._records = listed(self._reader.index_facts(), repository.prefix) if records is None else records
        return self._records


def look(
    root: str, paths: Sequence[str], known: Mapping[str, bytes] | None = None, written: int = 0
) -> dict[str, Facts]:
    """The state of files at these paths; what is gone by now is left out. `known`: the index's records, `written`: when
    it was, in ns.

    A state is not kept where there is a record: that of 80,000 files takes 50 MB."""
    found: dict[str, Facts] = {}
    record_of = (known or {}).get
    for path in paths:
        try:
            facts = os.lstat(f"{root}/{path}")
        except FileNotFoundError:
            continue
        record = record_of(path)
        found[path] = record if record and _same(facts, record, written) else facts
    return found


def _same(facts: os.stat_result, record: bytes, written: int) -> bool:
    changed, changed_ns, modified, modified_ns, device, inode, _, user, group, size = facts_of(record)
    modification = facts.st_mtime_ns
    return (
        modification == modified * _SECOND + modified_ns
        and modification < written
        and facts.st_ctime_ns == changed * _SECOND + changed_ns
        and facts.st_ino & _32_BITS == inode
        and facts.st_size & _32_BITS == size
        and facts.st_dev & _32_BITS == device
        and facts.st_uid == user
        and facts.st_gid == group
    )
