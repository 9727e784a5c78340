"""From pairs to a subject's verdict: scope, declared majors, the bump that is asked for and the one that was declared.

Scope is the same major version: a new major is the declared way to break, unless `breaking: forbid` is set. A
pre-release promises nothing, so nobody answers to one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from llmreg.compat.bump import FIRST_VERSION, compute, step
from llmreg.compat.judge import Earlier, Judge
from llmreg.formats.interface import Schema
from llmreg.model.finding import ChangeClass, Finding, Severity
from llmreg.model.record import replace
from llmreg.model.report import BumpReport, SubjectReport, Verdict
from llmreg.model.version import Bump, Version

_SETTLED = frozenset({ChangeClass.INTEGRITY, ChangeClass.INVALID})


class Candidate(NamedTuple):
    """A version to be judged: `number` None is the working file, whose number follows from the verdict.

    `declared` is what the ledger line or the caller says; None leaves it to the numbers."""

    schema: Schema
    number: Version | None = None
    declared: Bump | None = None


class Outcome(NamedTuple):
    """`next_version` is the number that the bump leads to (the candidate's own, where it has one)."""

    report: SubjectReport
    schema: Schema
    next_version: Version

    @property
    def breaks(self) -> bool:
        """Whether only a declared major lets this pass."""
        bump = self.report.bump
        return bump is not None and bump.computed is Bump.MAJOR and bump.why != FIRST_VERSION


def judge_version(subject: str, judge: Judge, history: Sequence[Earlier], candidate: Candidate) -> Outcome:
    """Judge `candidate` against `history` (every other version of the subject, in any order)."""
    releases = sorted((item for item in history if not item.version.prerelease), key=lambda item: item.version.key)
    limit = candidate.number.key if candidate.number else None
    before = [item for item in releases if limit is None or item.version.key < limit]
    predecessor = before[-1] if before else None
    declared = _declared(candidate, predecessor)
    opens_major = declared is Bump.MAJOR and predecessor is not None
    forbidden = opens_major and judge.terms.rules.breaking == "forbid"
    scope = (
        before
        if forbidden
        else [item for item in before if predecessor and item.version.major == predecessor.version.major]
    )
    judgement = judge.against(scope, candidate.schema, before)
    changes = judge.changes(predecessor.schema, candidate.schema) if predecessor else ()
    computed = compute(judge, judgement, changes, predecessor.schema if predecessor else None, candidate.schema)
    bump = replace(computed, declared=declared)
    chosen = declared or computed.computed or Bump.MAJOR
    number = candidate.number or (predecessor.version.next(chosen) if predecessor else Version(1, 0, 0))
    report = SubjectReport(
        subject=subject,
        format=judge.format.name,
        mode=judge.terms.rules.mode,
        verdict=judgement.verdict,
        findings=judgement.findings + changes,
        undecided=judgement.undecided,
        version=str(number) if candidate.number else None,
        pending=None if candidate.number else str(number),
        bump=bump,
        notes=judgement.notes,
        against=str(predecessor.version) if predecessor else None,
        kind=judge.terms.kind.name,
    )
    if forbidden:
        report = replace(report, notes=(*report.notes, "breaking: forbid is set, so a major may not break either"))
    elif opens_major:
        report = _accept_major(report, number)
    report = _bump_checked(report, bump)
    return Outcome(report, candidate.schema, number)


def named(report: SubjectReport, names: Mapping[str, str]) -> SubjectReport:
    """The report with other names for the versions compared with: revisions or files that have no number."""

    def name(version: str | None) -> str | None:
        return None if version is None else names.get(version)

    return replace(
        report,
        against=name(report.against),
        findings=tuple(replace(finding, against=name(finding.against)) for finding in report.findings),
        undecided=tuple(replace(item, against=name(item.against)) for item in report.undecided),
    )


def accept_waived(report: SubjectReport) -> SubjectReport:
    """Say why an incompatible verdict passes when every break is waived or policy lets it pass."""
    if report.accepted or report.verdict is not Verdict.INCOMPATIBLE:
        return report
    breaks = [finding for finding in report.findings if finding.cls is ChangeClass.BREAKING]
    if any(finding.severity is Severity.ERROR for finding in breaks):
        return report
    reasons = dict.fromkeys(finding.waived for finding in breaks if finding.waived)
    return replace(report, accepted="waived: " + "; ".join(reasons) if reasons else "policy lets these findings pass")


def _declared(candidate: Candidate, predecessor: Earlier | None) -> Bump | None:
    if candidate.number is not None:
        return step(predecessor.version if predecessor else None, candidate.number)
    return candidate.declared


def _accept_major(report: SubjectReport, number: Version) -> SubjectReport:
    """A declared major passes; its breaks are told, because whoever upgrades will meet them."""
    findings = tuple(
        replace(finding, severity=Severity.INFO)
        if finding.severity is Severity.ERROR and finding.cls not in _SETTLED
        else finding
        for finding in report.findings
    )
    accepted = f"{number} declares a new major version" if report.verdict is not Verdict.COMPATIBLE else None
    return replace(report, findings=findings, accepted=accepted)


def _bump_checked(report: SubjectReport, bump: BumpReport) -> SubjectReport:
    if bump.declared is None or bump.computed is None or bump.declared.rank >= bump.computed.rank:
        return report
    finding = Finding(
        rule="bump",
        cls=ChangeClass.INTEGRITY,
        severity=Severity.ERROR,
        message=f"{report.version or report.pending} is declared {bump.declared}, "
        f"but the change is {bump.computed}: {bump.why}",
        fix=f"register it with --bump {bump.computed}, or make the change smaller",
    )
    return replace(report, findings=(*report.findings, finding))
