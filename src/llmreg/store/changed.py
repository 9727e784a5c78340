"""What differs between two states of a registry: which paths, and so which subjects must be looked at."""

from __future__ import annotations

from collections.abc import Iterable

from llmreg.model.snapshot import Snapshot
from llmreg.store import layout
from llmreg.store.git import GitReader
from llmreg.store.gitparse import Change

INDEX = "index"
_MANY = 200  # paths on a command line


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


def touched_since(reader: GitReader, tree: str, head: Snapshot, prefix: str) -> set[str] | None:
    """What `touched` says of a commit or tree and the work tree, but nothing of the tree is listed: a file that is as
    it was staged differs where the index does, and those Git finds. None where nobody compared the files with an
    index, or where many files differ from it."""
    match = getattr(head, "compare_index", lambda: None)()
    if match is None:
        return None
    files = head.entries(layout.SUBJECTS)
    if len(match.touched) > _MANY:
        return None
    changes = {change.path: change for change in changed_paths(reader, tree, INDEX, prefix)}
    paths = {path for path, change in changes.items() if path in files or change.old} - match.touched
    paths.update(path for path in match.gone if path not in changes)
    old = reader.tree(tree, [prefix + path for path in match.touched]) if match.touched else {}
    paths.update(path for path in match.touched if old.get(prefix + path) != files[path])
    return subjects_in(paths)


def touched(base: Snapshot, head: Snapshot) -> set[str]:
    """The subjects with a file that differs between two snapshots, wherever they are kept."""
    old, new = base.entries(layout.SUBJECTS), head.entries(layout.SUBJECTS)
    paths = {path for path in new if path not in old or old[path] != new[path]}
    paths.update(path for path in old if path not in new)
    return subjects_in(paths)
