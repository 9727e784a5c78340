"""`lock-mcp`: what has to be registered so that the registry says what a server's tools are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from llmreg.compat.planner import Entry
from llmreg.compat.proposal import unchanged
from llmreg.errors import InputError
from llmreg.llm.mcp.listing import ToolSource, tools_of
from llmreg.llm.mcp.lock import Lock
from llmreg.model.finding import ChangeClass, Severity
from llmreg.model.report import Report, SubjectReport
from llmreg.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class LockRequest:
    """`name`: the subjects' common part. `accept_breaks`: a break becomes a new major instead of being refused."""

    start: Path
    name: str
    source: ToolSource
    accept_breaks: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LockPlan:
    """`report`: the changes of subjects that exist. When it passes, or breaks are accepted, `entries` are what is to be
    registered, in order of the tools' names. `unchanged` and `removed` are subjects."""

    report: Report
    entries: tuple[Entry, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {"unchanged": list(self.unchanged), "removed": list(self.removed)}


def plan_lock(request: LockRequest) -> LockPlan:
    """Asks the server, or reads the list; writes nothing. Raises LlmregError, InputError for a schema that is none."""
    tools = tools_of(request.source)
    bump = "auto" if request.accept_breaks else None
    entries: list[Entry] = []
    same: list[str] = []
    changes: list[SubjectReport] = []
    with Workspace.open(request.start, request.environment) as workspace:
        lock = Lock(workspace.worktree(), request.name)
        parts = lock.parts(tools)
        for part in parts:
            report = lock.compare(part)
            _refuse_invalid(report, part.what)
            if unchanged(report):
                same.append(part.subject)
            else:
                entries.append(Entry(part.subject, part.data, bump=bump, format="json", kind=part.kind))
                changes += [report] if lock.has(part.subject) else []
        return LockPlan(_report(changes), tuple(entries), tuple(same), tuple(lock.removed(parts)))


def _report(changes: list[SubjectReport]) -> Report:
    report = Report(tuple(changes), checked=len(changes))
    if report.ok:
        return report
    return replace(report, notes=("to register the breaks as new major versions: --accept-breaks",))


def _refuse_invalid(report: SubjectReport, what: str) -> None:
    for finding in report.findings:
        if finding.cls is ChangeClass.INVALID and finding.severity is Severity.ERROR:
            raise InputError(f"{what}: {finding.message}", hint=finding.fix)
