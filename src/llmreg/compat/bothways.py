"""Two schemas side by side: the verdict each way, also of the way that the mode does not ask for."""

from __future__ import annotations

from llmreg.compat.judge import Earlier, Judge
from llmreg.compat.verdict import Candidate, accept_waived, judge_version, named
from llmreg.formats.interface import Schema
from llmreg.model.finding import Severity
from llmreg.model.mode import Direction
from llmreg.model.record import replace
from llmreg.model.report import SubjectReport
from llmreg.model.version import Version

_OLD = Version(1, 0, 0)


def compare_both_ways(judge: Judge, label: str, before: Schema, after: Schema, old: str) -> SubjectReport:
    """The report on `label` (the new side) against `old`, with `directions`.

    What breaks only in a direction that the mode does not ask for is told, but fails nothing."""
    earlier = Earlier(_OLD, lambda: before)
    report = judge_version(label, judge, [earlier], Candidate(after)).report
    directions = {}
    for direction in Direction:
        judged = judge.pair(earlier, after, direction)
        directions[direction.value] = judged.verdict.value
        if direction not in judge.terms.rules.mode.directions:
            told = tuple(
                replace(finding, severity=min(finding.severity, Severity.INFO, key=lambda item: item.rank))
                for finding in judged.findings
            )
            report = replace(report, findings=report.findings + told)
    report = named(report, {str(_OLD): old})
    return accept_waived(replace(report, pending=label, directions=directions))
