"""Tell subjects from loose files among the targets of a check."""

from __future__ import annotations

from pathlib import Path

from llmreg.errors import NotFoundError
from llmreg.ops.check.request import CheckRequest
from llmreg.store import layout
from llmreg.store.workspace import Workspace

_GLOB = frozenset("*?[")


def split_targets(request: CheckRequest, workspace: Workspace) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(subjects, loose files). A path into `subjects/` means its subject; any other existing file is loose.

    What is neither is kept as a subject, so that the error says which subject is missing."""
    subjects: list[str] = []
    files: list[str] = []
    for target in request.targets:
        inside = _subject_of(target, request.start, workspace.root)
        if inside is not None:
            subjects.append(inside)
        elif _GLOB & set(target) or (request.start / target).is_file():
            files.append(target)
        else:
            subjects.append(target.rstrip("/"))
    return tuple(dict.fromkeys(subjects)), tuple(files)


def working_files(subjects: tuple[str, ...], workspace: Workspace) -> tuple[str, ...]:
    """The working files of subjects, which are compared with themselves at releases. Raises NotFoundError."""
    view = workspace.worktree()
    paths = {name: view.subject(name).working_path for name in subjects}
    for name, path in paths.items():
        if path is None:
            raise NotFoundError(f"{name} has no working file to compare with the tags")
    return tuple(str(workspace.root / path) for path in paths.values() if workspace.root and path)


def _subject_of(target: str, start: Path, root: Path | None) -> str | None:
    """The subject that a path lies in; None when it lies in none."""
    if root is None or not (start / target).exists():
        return None
    try:
        relative = (start / target).resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return None
    parts = relative.split("/")
    if parts[0] != layout.SUBJECTS or len(parts) < 2:
        return None
    found = layout.parse_path(relative).subject
    if found and not (start / target).is_dir():
        return found
    return "/".join(parts[1:])
