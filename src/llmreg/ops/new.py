"""`new`: start a subject with its `subject.yaml` and a small valid working file."""

from __future__ import annotations

from pathlib import Path

from llmreg.errors import UsageError
from llmreg.formats import catalogue
from llmreg.model.kind import KINDS
from llmreg.model.record import dataclass
from llmreg.model.subject import SubjectConfig, name_problem
from llmreg.store import layout
from llmreg.store.atomic import make_folder, replace_all
from llmreg.store.config import render_subject_yaml
from llmreg.store.registry import RegistryView, SubjectView
from llmreg.store.worktree import WorktreeSnapshot


@dataclass(frozen=True, slots=True)
class Created:
    """Paths of the new files, relative to the registry's root."""

    subject: str
    format: str
    kind: str
    files: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        return {"subject": self.subject, "format": self.format, "kind": self.kind, "files": list(self.files)}


def new(start: Path, subject: str, schema_format: str, kind: str, description: str | None = None) -> Created:
    """Raises UsageError for a bad name, kind or format, and for a subject that exists or differs only in case."""
    root = layout.find_root(start)
    problem = name_problem(subject)
    if problem:
        raise UsageError(f"{subject!r} cannot name a subject: {problem}")
    if kind not in KINDS:
        raise UsageError(f"unknown kind {kind!r}", hint=f"one of {', '.join(KINDS)}")
    chosen = catalogue.get(schema_format)
    view = RegistryView(WorktreeSnapshot(root))
    config = render_subject_yaml(SubjectConfig(format=chosen.name, kind=kind, description=description))
    twin = next((name for name in view.names if name.casefold() == subject.casefold()), None)
    if twin is not None and not (twin == subject and _was_cut_off(view.view(subject), config)):
        raise UsageError(f"the subject {twin} exists" + ("" if twin == subject else "; names differ in more than case"))
    files = {
        layout.config_path(subject): config,
        layout.working_path(subject, chosen.extensions[0]): chosen.skeleton(subject.rsplit("/", maxsplit=1)[-1], kind),
    }
    make_folder(root, layout.subject_dir(subject))
    replace_all({root / path: data for path, data in files.items()})
    return Created(subject, chosen.name, kind, tuple(files))


def _was_cut_off(subject: SubjectView, config: bytes) -> bool:
    """Whether a run like this one ended between its two files."""
    path = layout.config_path(subject.name)
    lone = subject.working_path is None and not subject.ledger_bytes and path in subject.entries
    return lone and subject.snapshot.read(path) == config
