"""`list`: every subject with its latest version and what people should know about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from llmreg.errors import NotFoundError
from llmreg.model.mode import Mode
from llmreg.model.record import dataclass
from llmreg.model.subject import Rules
from llmreg.store.layout import Role
from llmreg.store.survey import Survey, SurveyedSubject
from llmreg.store.workspace import Workspace

Advance = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Listed:
    """One subject. `latest` is the highest version that is not retired; `problem` says why something is unknown."""

    subject: str
    format: str | None = None
    kind: str | None = None
    mode: Mode | None = None
    latest: str | None = None
    versions: int = 0
    deprecated: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    owner: str | None = None
    description: str | None = None
    tags: tuple[str, ...] = ()
    problem: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def list_subjects(
    start: Path,
    env: Mapping[str, str],
    below: str | None = None,
    revision: str | None = None,
    advance: Advance | None = None,
) -> tuple[Listed, ...]:
    """The subjects, by name; `below` takes one subject and those whose names continue it: `chat`, `chat/reply`.

    Raises NotFoundError where `below` names none."""
    with Workspace.open(start, env) as workspace:
        survey = Survey(workspace.head(revision))
        if below is not None:
            survey.keep(below)
            if not survey.subjects:
                raise NotFoundError(f"no subject {below!r}, and none below it", hint="list all: llmreg list")
        for done, total in survey.load((Role.CONFIG, Role.LEDGER)):
            if advance is not None:
                advance(done, total, "reading")
        return tuple(_listed(survey, subject) for subject in survey.subjects.values())


def _listed(survey: Survey, subject: SurveyedSubject) -> Listed:
    config, ledger = subject.readable_config, subject.readable_ledger
    problem = subject.problem.message if subject.problem else None
    if config is None:
        latest = str(subject.latest.version) if subject.latest else None
        return Listed(subject.name, latest=latest, versions=len(ledger), problem=problem)
    stati = [(str(line.version), config.status.get(str(line.version))) for line in ledger]
    return Listed(
        subject=subject.name,
        format=config.format,
        kind=config.kind,
        mode=Rules.of(survey.config, config).mode,
        latest=str(subject.latest.version) if subject.latest else None,
        versions=len(ledger),
        deprecated=tuple(version for version, status in stati if status and status.deprecated is not None),
        retired=tuple(version for version, status in stati if status and status.retired is not None),
        owner=config.owner,
        description=config.description,
        tags=config.tags,
        problem=problem,
    )
