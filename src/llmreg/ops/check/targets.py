"""Tell subjects from loose files among the targets of a check."""

from __future__ import annotations

from pathlib import Path, PurePath

from llmreg.errors import NotFoundError
from llmreg.ops.check.request import CheckRequest
from llmreg.store import layout
from llmreg.store.workspace import Workspace

_GLOB = frozenset("*?[")
_EXTENSIONS = frozenset({".json", ".yaml", ".yml", ".avsc", ".proto"})


def split_targets(request: CheckRequest, workspace: Workspace) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(subjects, loose files). A path into `subjects/` means its subject; any other existing file is loose.

    What is neither is kept as a subject, so that the error says which subject is missing. Raises NotFoundError for what
    can only be meant as a file."""
    subjects: list[str] = []
    files: list[str] = []
    for target in request.targets:
        inside = _subject_of(target, request.start, workspace.root)
        if inside is not None:
            subjects.append(inside)
        elif _GLOB & set(target) or (request.start / target).is_file():
            files.append(target)
        elif _is_path(target, workspace):
            raise NotFoundError(
                f"no file {target!r} here", hint="name a schema file, or a glob in quotes such as 'schemas/**/*.json'"
            )
        else:
            subjects.append(target.rstrip("/"))
    return tuple(dict.fromkeys(subjects)), tuple(files)


def _is_path(target: str, workspace: Workspace) -> bool:
    """Whether a target that is no file can only be meant as one: a subject's name may hold dots as well."""
    if target.startswith("."):
        return True
    known = workspace.root is not None and workspace.worktree().has(target)
    return PurePath(target).suffix in _EXTENSIONS and not known


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
