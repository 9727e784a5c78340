"""`impact`: what every changed version means to the bindings and schemas that depend on its subject."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from llmreg.compat.schemas import Schemas
from llmreg.compat.subject import SubjectCase
from llmreg.errors import LlmregError
from llmreg.llm.bindings.impact import Changed, Dependant, Impact, referring
from llmreg.llm.bindings.resolve import Candidate
from llmreg.llm.bindings.terms import Policies
from llmreg.model.record import dataclass, field
from llmreg.model.report import Baseline
from llmreg.model.subject import RegistryConfig
from llmreg.store.baseline import ChosenBaseline, choose
from llmreg.store.bindings import load_bindings
from llmreg.store.changed import touched
from llmreg.store.invariants import drift
from llmreg.store.layout import Role
from llmreg.store.registry import RegistryView, SubjectView
from llmreg.store.survey import Survey
from llmreg.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ImpactRequest:
    """`subjects`: only these; none is every one that changed. `against`: the baseline, as in a check."""

    start: Path
    subjects: tuple[str, ...] = ()
    against: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Affected:
    """One changed version and everybody who depends on its subject, bindings first."""

    change: Changed
    dependants: tuple[Dependant, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "subject": self.change.subject,
            "version": str(self.change.version),
            "change": self.change.what,
            "verdict": self.change.verdict,
            "dependants": [dependant.to_json() for dependant in self.dependants],
        }


@dataclass(frozen=True, slots=True)
class ImpactReport:
    """`ok`: no dependant is broken, and none undecided. `notes`: bindings and subjects that could not be read."""

    baseline: Baseline | None
    changes: tuple[Affected, ...]
    notes: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not any(dependant.fails for change in self.changes for dependant in change.dependants)

    def to_json(self) -> dict[str, Any]:
        """The stable shape, version 1."""
        return {
            "impact": 1,
            "ok": self.ok,
            "baseline": self.baseline.to_json() if self.baseline else None,
            "changes": [change.to_json() for change in self.changes],
            "notes": list(self.notes),
        }


def impact(request: ImpactRequest) -> ImpactReport:
    """Every changed version with its dependants, by subject and version. Raises NotFoundError, GitError."""
    with Workspace.open(request.start, request.environment) as workspace:
        head = workspace.worktree()
        for name in request.subjects:
            head.subject(name)
        baseline = _baseline(request, workspace, head)
        base = workspace.at(baseline.tree, baseline.revision) if baseline else None
        notes: list[str] = []
        files = []
        for name, file in load_bindings(head.snapshot):
            if isinstance(file, LlmregError):
                notes.append(f"the binding {name} cannot be read: {file.message}")
            else:
                files.append(file)
        schemas = Schemas(head)
        before = base if base is not None and base.has_config else None
        policies = Policies(head.config, _config(before), before.snapshot if before else None)
        changes = list(_changes(_Sides(head, base, schemas), notes))
        pending = {change.subject: change.candidate for change in changes if change.candidate is not None}
        answers = Impact(schemas, Schemas(before) if before else None, files, policies, pending)
        survey = Survey(head)
        for _ in survey.load((Role.LEDGER,)):
            pass
        users = survey.users()
        found = []
        for change in changes:
            if request.subjects and change.subject not in request.subjects:
                continue
            pinned = referring(change, users, lambda name: _latest(survey, name))
            prompts = answers.prompts_of(change, head.names)
            found.append(Affected(change, (*answers.bound_to(change), *prompts, *pinned)))
        return ImpactReport(baseline, tuple(found), tuple(notes))


@dataclass(frozen=True, slots=True)
class _Sides:
    head: RegistryView
    base: RegistryView | None
    schemas: Schemas


def _baseline(request: ImpactRequest, workspace: Workspace, head: RegistryView) -> ChosenBaseline | None:
    if not workspace.in_git and request.against is None:
        return None
    return choose(workspace.reader, request.against, staged=False, env=request.environment, branch=head.config.branch)


def _changes(sides: _Sides, notes: list[str]) -> Iterator[Changed]:
    """Every change of the tree, also those that nobody asked for: a pending version is judged with the others."""
    head, base = sides.head, sides.base
    names = touched(base.snapshot, head.snapshot) if base else set(head.names)
    for name in sorted(names):
        subject = head.view(name)
        if not subject.exists:
            continue
        try:
            yield from _of_subject(sides, subject)
        except LlmregError as error:
            notes.append(f"{name}: {error.message}")


def _of_subject(sides: _Sides, subject: SubjectView) -> Iterator[Changed]:
    """The versions that the baseline does not have, then the working file; without either, a change of status."""
    base = sides.base.view(subject.name) if sides.base and sides.base.has(subject.name) else None
    case = SubjectCase(subject, sides.schemas, sides.head.config, base)
    known = {line.version for line in base.ledger} if base else set()
    fresh = [line for line in subject.ledger if line.version not in known] if sides.base else []
    for line in fresh:
        verdict = case.registered(line, strict=False).verdict.value
        yield Changed(subject.name, line.version, "added", verdict, case.judge(str(line.version)))
    working = subject.working
    if working is not None and drift.pending(subject) is not None:
        outcome = case.pending(working[1])
        candidate = Candidate(outcome.next_version, outcome.schema)
        judge = case.judge(str(outcome.next_version))
        yield Changed(subject.name, candidate.version, "pending", outcome.report.verdict.value, judge, candidate)
    elif not fresh and base is not None and base.config.status != subject.config.status and subject.ledger:
        latest = subject.latest(retired=True)
        if latest is not None:
            yield Changed(subject.name, latest.version, "status", "compatible", case.judge(None))


def _config(base: RegistryView | None) -> RegistryConfig | None:
    try:
        return base.config if base is not None else None
    except LlmregError:
        return None  # the baseline's own file is broken; mending it must be possible


def _latest(survey: Survey, name: str) -> str | None:
    subject = survey.subjects.get(name)
    return str(subject.latest.version) if subject and subject.latest else None
