"""What a crash may leave, and how it is mended: temporary files, and version files that no ledger names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from llmreg.errors import InputError
from llmreg.model.record import dataclass
from llmreg.store import layout
from llmreg.store.git import GitReader
from llmreg.store.layout import Role
from llmreg.store.registry import RegistryView
from llmreg.store.worktree import WorktreeSnapshot


@dataclass(frozen=True, slots=True)
class Leftover:
    """One file that belongs to no registration. `tracked`: Git knows it, so a person must decide."""

    path: str
    what: str
    tracked: bool = False


def find_leftovers(reader: GitReader, root: Path) -> list[Leftover]:
    """Temporary files and orphan version files of the work tree, by path. Ledgers that cannot be read are skipped:
    the invariants report them."""
    tracked = reader.index([reader.repository.prefix + layout.SUBJECTS])[0]
    cut = reader.repository.prefix
    found = [Leftover(path, "temporary file of a cut-off write", cut + path in tracked) for path in _temporary(root)]
    view = RegistryView(WorktreeSnapshot(root, reader.repository.object_format))
    for name in view.names:
        subject = view.view(name)
        try:
            known = {str(version) for version in subject.versions}
        except InputError:
            continue
        for stem, paths in subject.version_paths.items():
            if stem not in known:
                found += [Leftover(path, "version file without a ledger line", cut + path in tracked) for path in paths]
    return sorted(found, key=lambda leftover: leftover.path)


def mend(root: Path, leftovers: list[Leftover]) -> list[str]:
    """Remove the leftovers that Git does not track, and say which. The caller holds the write lock."""
    removed = []
    for leftover in leftovers:
        if not leftover.tracked and layout.parse_path(leftover.path).role in (Role.STRAY, Role.VERSION, Role.OTHER):
            (root / leftover.path).unlink(missing_ok=True)
            removed.append(leftover.path)
    return removed


def _temporary(root: Path) -> Iterator[str]:
    for folder, _, names in os.walk(root / layout.SUBJECTS):
        for name in names:
            if name.startswith(layout.TEMPORARY_PREFIX):
                yield (Path(folder) / name).relative_to(root).as_posix()
