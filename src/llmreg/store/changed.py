"""What differs between two states of a registry: which paths, and so which subjects must be looked at."""

from __future__ import annotations

from collections.abc import Iterable

from llmreg.model.snapshot import Snapshot
from llmreg.store import layout
from llmreg.store.git import GitReader
from llmreg.store.gitparse import Change

INDEX = "index"


def changed_paths(reader: GitReader, base: str, head: str, prefix: str | None = None) -> list[Change]:
    """What differs between the commit or tree `base` and `head`: an object id, or "index".

    `prefix` is the registry's place below the repository's top (default: where the reader was opened); the paths of
    the changes are relative to it.
    """
    inside = reader.repository.prefix if prefix is None else prefix
    where = inside.rstrip("/")
    changes = reader.diff_index_cached(base, where) if head == INDEX else reader.diff_tree(base, head, where)
    if not inside:
        return changes
    cut = len(inside)
    return [Change(change.path[cut:], change.status, change.old, change.new) for change in changes]


def subjects_in(paths: Iterable[str]) -> set[str]:
    """The subjects that own these paths (also notes and examples: an example may have become invalid)."""
    return {subject for path in paths if (subject := layout.parse_path(path).subject)}


def touched(base: Snapshot, head: Snapshot) -> set[str]:
    """The subjects with a file that differs between two snapshots, wherever they are kept."""
    old, new = base.entries(layout.SUBJECTS), head.entries(layout.SUBJECTS)
    paths = {path for path in new if path not in old or old[path] != new[path]}
    paths.update(path for path in old if path not in new)
    return subjects_in(paths)
