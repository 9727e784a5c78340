"""`lock-mcp`: what has to be registered so that the registry says what a server's tools are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llmreg.compat.planner import Entry
from llmreg.compat.proposal import unchanged
from llmreg.errors import InputError
from llmreg.llm.mcp.listing import ToolSource, facts_of, tools_of
from llmreg.llm.mcp.lock import Lock
from llmreg.model.finding import ChangeClass, Severity
from llmreg.model.record import dataclass, field, replace
from llmreg.model.report import Report, SubjectReport
from llmreg.store.changed import INDEX, changed_paths, subjects_in
from llmreg.store.unstaged import find_unstaged
from llmreg.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class LockRequest:
    """`name`: the subjects' common part. `accept_breaks`: a break becomes a new major instead of being refused.
    `commit`: what is registered is to be committed."""

    start: Path
    name: str
    source: ToolSource
    accept_breaks: bool = False
    commit: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LockPlan:
    """`report`: the changes of subjects that exist. When it passes, or breaks are accepted, `entries` are what is to be
    registered, in order of the tools' names, and what a run that was cut off has not staged or committed. `unchanged`
    and `removed` are subjects."""

    report: Report
    entries: tuple[Entry, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {"unchanged": list(self.unchanged), "removed": list(self.removed)}


def plan_lock(request: LockRequest) -> LockPlan:
    """Asks the server, or reads the list; writes nothing. Raises LlmregError, InputError for a schema that is none."""
    tools = tools_of(request.source)
    facts = facts_of(request.source)
    bump = "auto" if request.accept_breaks else None
    entries: list[Entry] = []
    same: list[str] = []
    changes: list[SubjectReport] = []
    with Workspace.open(request.start, request.environment) as workspace:
        lock = Lock(workspace.worktree(), request.name)
        parts = lock.parts(tools)
        unsettled = _unsettled(workspace, commit=request.commit)
        for part in parts:
            report = lock.compare(part)
            _refuse_invalid(report, part.what)
            if unchanged(report) and part.subject not in unsettled:
                same.append(part.subject)
            else:
                entries.append(Entry(part.subject, part.data, bump=bump, format="json", kind=part.kind, meta=facts))
                changes += [report] if lock.has(part.subject) and not unchanged(report) else []
        return LockPlan(_report(changes), tuple(entries), tuple(same), tuple(lock.removed(parts)))


def _unsettled(workspace: Workspace, *, commit: bool) -> set[str]:
    """Subjects whose registrations are not staged yet, or where a commit is wanted not committed."""
    if workspace.root is None or not workspace.in_git:
        return set()
    found = subjects_in(find_unstaged(workspace.reader, workspace.root))
    if commit:
        tip = workspace.reader.try_resolve("HEAD") or workspace.reader.empty_tree()
        found |= subjects_in(change.path for change in changed_paths(workspace.reader, tip, INDEX))
    return found


def _report(changes: list[SubjectReport]) -> Report:
    report = Report(tuple(changes), checked=len(changes))
    if report.ok:
        return report
    return replace(report, notes=("to register the breaks as new major versions: --accept-breaks",))


def _refuse_invalid(report: SubjectReport, what: str) -> None:
    for finding in report.findings:
        if finding.cls is ChangeClass.INVALID and finding.severity is Severity.ERROR:
            raise InputError(f"{what}: {finding.message}", hint=finding.fix)
