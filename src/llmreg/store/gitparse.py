"""Parse what Git's plumbing prints with `-z`: trees, the index, raw differences."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from llmreg.model.snapshot import Entry

ABSENT_MODE = "000000"
UNMERGED = "U"


class Change(NamedTuple):
    """One path that differs: `status` is Git's letter; a side is None where the path does not exist."""

    path: str
    status: str
    old: Entry | None
    new: Entry | None


def tree_entries(output: bytes) -> dict[str, Entry]:
    """`ls-tree -r -z`: mode, type, object id, path."""
    entries = {}
    for record in os.fsdecode(output).split("\0"):
        if record:
            facts, _, path = record.partition("\t")
            mode, _, oid = facts.split(" ")
            entries[path] = Entry(mode, oid)
    return entries


def index_entries(output: bytes) -> tuple[dict[str, Entry], frozenset[str]]:
    """`ls-files -s -z`: the entries, and the paths that a merge left unresolved."""
    entries = {}
    unmerged = set()
    for record in os.fsdecode(output).split("\0"):
        if record:
            facts, _, path = record.partition("\t")
            mode, oid, stage = facts.split(" ")
            if stage == "0":
                entries[path] = Entry(mode, oid)
            else:
                unmerged.add(path)
    return entries, frozenset(unmerged)


def raw_changes(output: bytes) -> Iterator[Change]:
    """`--raw -z` of diff-tree and diff-index, without renames."""
    fields = os.fsdecode(output).split("\0")
    for facts, path in zip(fields[0::2], fields[1::2], strict=False):
        yield raw_change(facts, path)


def raw_change(facts: str, path: str) -> Change:
    """One record: `:oldmode newmode oldid newid status`, and its path."""
    old_mode, new_mode, old_oid, new_oid, status = facts[1:].split(" ")
    old = None if old_mode == ABSENT_MODE else Entry(old_mode, old_oid)
    new = None if new_mode == ABSENT_MODE else Entry(new_mode, new_oid)
    return Change(path, status, old, new)
