"""Registrations that Git was not told of: what a crash between the ledger's rename and `git add` leaves."""

from __future__ import annotations

from pathlib import Path

from llmreg.errors import InputError
from llmreg.store import layout
from llmreg.store.git import GitReader
from llmreg.store.registry import RegistryView, SubjectView
from llmreg.store.statcache import StatCache
from llmreg.store.worktree import WorktreeSnapshot


def find_unstaged(reader: GitReader, root: Path) -> list[str]:
    """Ledgers, and version files that they name, which differ from the index; paths of the registry, sorted.

    A subject with an unresolved merge conflict is left out: `resolve` is for that."""
    prefix = reader.repository.prefix
    tracked, unmerged = reader.index([prefix + layout.SUBJECTS])
    view = RegistryView(WorktreeSnapshot(root, reader.repository.object_format, StatCache(reader)))
    found = []
    for name in view.names:
        subject = view.view(name)
        mine = [path for path in _written(subject) if path in subject.entries]
        if any(prefix + path in unmerged for path in mine):
            continue
        for path in mine:
            staged = tracked.get(prefix + path)
            if staged is None or staged.oid != subject.entries[path].oid:
                found.append(path)
    return sorted(found)


def find_conflicts(reader: GitReader) -> list[str]:
    """Ledgers whose merge conflict nobody has ended; paths of the registry, sorted."""
    prefix = reader.repository.prefix
    _, unmerged = reader.index([prefix + layout.SUBJECTS])
    paths = (path.removeprefix(prefix) for path in unmerged)
    return sorted(path for path in paths if layout.parse_path(path).role is layout.Role.LEDGER)


def _written(subject: SubjectView) -> list[str]:
    """What `register` writes for this subject's versions; nothing where the ledger cannot be read."""
    try:
        versions = [str(version) for version in subject.versions]
    except InputError:
        return []
    files = [path for version in versions for path in subject.version_paths.get(version, ())]
    return [layout.ledger_path(subject.name), *files] if versions else []
