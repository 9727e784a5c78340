"""`verify-mcp`: the tools of a server, or of a saved list, against the versions that are registered, by class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from llmreg.errors import NotFoundError, UsageError
from llmreg.llm.mcp.listing import ToolSource, tools_of
from llmreg.llm.mcp.lock import CLASSES, Lock, blocked, classes
from llmreg.model.finding import ChangeClass
from llmreg.model.record import dataclass, field
from llmreg.model.report import Report
from llmreg.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class VerifyMcpRequest:
    """`fail_on`: classes of change that fail whatever policy says; a break and a removed tool always do.

    `revision`: the registry at a commit, branch or tag instead of the work tree."""

    start: Path
    name: str
    source: ToolSource
    fail_on: tuple[str, ...] = ()
    revision: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


def verify_mcp(request: VerifyMcpRequest) -> Report:
    """One report per schema that changed, came or went, in order of the subjects' names. Raises LlmregError."""
    unknown = sorted(set(request.fail_on) - set(CLASSES))
    if unknown:
        raise UsageError(f"unknown class of change {unknown[0]!r}", hint=f"one of {', '.join(CLASSES)}")
    failing = frozenset({*request.fail_on, ChangeClass.BREAKING.value})
    with Workspace.open(request.start, request.environment) as workspace:
        lock = Lock(workspace.head(request.revision), request.name)
        if not lock.tools:
            raise NotFoundError(f"no tool is locked below {request.name}", hint=f"llmreg lock-mcp {request.name} …")
        parts = lock.parts(tools_of(request.source))
        reports = [lock.compare(part) for part in parts]
        reports += [lock.missing(subject, what) for subject, what in lock.removed(parts).items()]
    reports = sorted((blocked(report, failing) for report in reports), key=lambda report: report.subject)
    counted = Counter(name for report in reports for name in classes(report))
    words = ", ".join(f"{number} {name}" for name, number in sorted(counted.items()))
    return Report(tuple(reports), notes=(f"{len(reports)} schemas by class of change: {words}",), checked=len(reports))
