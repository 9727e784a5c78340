"""Two versions of a prompt as their callers see them: may data for the variables of one be given to the other?

Which variables a version has is a range in `subject.yaml`, which moves on; so each version's ledger line keeps the
range that it was registered with.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

from llmreg.compat.policy import Terms
from llmreg.compat.schemas import Subject
from llmreg.compat.verdict import accept_waived
from llmreg.formats import catalogue
from llmreg.formats.interface import CompareOptions, Comparison, Schema
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.rule import rulebook
from llmreg.llm.prompts.unnamed import Unnamed, renders, takes
from llmreg.model.finding import ChangeClass, Finding, Severity
from llmreg.model.mode import Direction
from llmreg.model.record import replace
from llmreg.model.report import BumpReport, SubjectReport, Verdict, worst
from llmreg.model.subject import latest_of
from llmreg.model.version import Bump, Version
from llmreg.store.yamltext import locate

RULES = "llmreg.llm.prompts.caller_rules"
RECORDED = "variables"  # the key in the `meta` of a ledger line, and in `subject.yaml`


class Variables(NamedTuple):
    """The version that a range selects: `name` is `support/vars@1.2.0`; `closed`: its writers write what it
    declares."""

    name: str
    schema: Schema
    closed: bool


Filled = Variables | Unnamed  # what the callers of a version fill it in by


class Refused(NamedTuple):
    """One `cause`, a breaking finding between what two versions are filled in by, by name."""

    writer: str
    reader: str
    cause: Finding


def recorded(subject: Subject, version: Version) -> str | None:
    """The `SUBJECT@RANGE` that a version was registered with; None where its ledger line names none."""
    line = next((line for line in subject.ledger if line.version == version), None)
    return None if line is None else line.meta.get(RECORDED)


def live(subject: Subject) -> str | None:
    """What `subject.yaml` names."""
    wanted = subject.config.settings.get(RECORDED)
    return None if wanted is None else str(wanted)


def in_force(subject: Subject, version: Version, *, followed: bool = False) -> str | None:
    """The `SUBJECT@RANGE` that a registered version is filled in by. `subject.yaml` speaks of the newest version; one
    that is followed by another, or by a pending one (`followed`), keeps what it was registered with."""
    latest = latest_of(subject.ledger, subject.config)
    newest = not followed and latest is not None and latest.version == version
    return live(subject) if newest else recorded(subject, version) or live(subject)


def with_callers(report: SubjectReport, terms: Terms, old: Filled, new: Filled) -> SubjectReport:
    """The report on a version of a prompt, with what its variables refuse of the earlier version's: errors in the
    directions of the mode, notes in the other where the report tells both (a `diff`). A declared major passes."""
    verdicts, findings, undecided = [report.verdict], list[Finding](), list(report.undecided)
    notes = list(report.notes)
    directions = dict(report.directions)
    for direction in Direction:
        asked = direction in terms.rules.mode.directions
        if not (asked or directions) or old.name == new.name:
            continue
        writer, reader = (old, new) if direction is Direction.BACKWARD else (new, old)
        comparison = _compared(writer, reader, terms.budget_seconds)
        for found in _findings(writer, reader, comparison):
            applied = terms.apply(replace(found, direction=direction, against=report.against))
            findings.append(applied if asked else _lowered(applied))
        if asked:
            verdicts.append(comparison.verdict)
            notes += comparison.notes
            undecided += (
                replace(
                    item,
                    message=f"{reader.name}: {item.message}",
                    direction=direction.value,
                    against=report.against,
                )
                for item in comparison.undecided
            )
        if directions:
            directions[direction.value] = worst([Verdict(directions[direction.value]), comparison.verdict]).value
    judged = replace(
        report, verdict=worst(verdicts), undecided=tuple(undecided), directions=directions, notes=tuple(notes)
    )
    return _settled(judged, terms, findings)


def in_settings(report: SubjectReport, path: str, source: bytes) -> SubjectReport:
    """The report with each finding that has no file yet placed where `subject.yaml` names the variables."""
    spot = locate(source, f"/{RECORDED}") if any(finding.file is None for finding in report.findings) else None
    line = spot[0] if spot else None
    findings = tuple(
        replace(finding, file=path, line=line) if finding.file is None else finding for finding in report.findings
    )
    return replace(report, findings=findings)


def _compared(writer: Filled, reader: Filled, seconds: float) -> Comparison:
    if isinstance(writer, Unnamed) or isinstance(reader, Unnamed):
        return _without_names(writer, reader)
    if writer.schema.format != reader.schema.format:
        return Comparison(Verdict.COMPATIBLE)  # variables that are no JSON Schema are an error of their own
    options = CompareOptions(closed=writer.closed, deadline=time.monotonic() + seconds)
    return catalogue.get(writer.schema.format).compare(writer.schema, reader.schema, options)


def _without_names(writer: Filled, reader: Filled) -> Comparison:
    if isinstance(writer, Unnamed) and isinstance(reader, Variables) and isinstance(reader.schema, JsonSchema):
        return takes(writer, reader.schema, reader.name)
    if isinstance(reader, Unnamed) and isinstance(writer, Variables) and isinstance(writer.schema, JsonSchema):
        return renders(writer.schema, reader)
    return Comparison(Verdict.COMPATIBLE)  # neither names any, so that the templates were compared


def _findings(writer: Filled, reader: Filled, comparison: Comparison) -> Iterator[Finding]:
    for cause in comparison.findings:
        if cause.cls is not ChangeClass.BREAKING:
            continue
        for rule in rulebook(RULES).values():
            for found in rule.find(Refused(writer.name, reader.name, cause)):
                known = {"status": cause.status, "witness": cause.witness, "claim": cause.claim, "fix": rule.instead}
                yield replace(found, rule=rule.id, **known)


def _settled(report: SubjectReport, terms: Terms, findings: list[Finding]) -> SubjectReport:
    """With the findings, the bump that they ask for, and the reason why they pass where they do."""
    declared = report.bump.declared if report.bump is not None else None
    breaks = [finding for finding in findings if finding.severity is Severity.ERROR]
    if breaks:
        report = _as_major(report, terms)
    if declared is Bump.MAJOR:
        findings = [_lowered(finding) for finding in findings]
    report = replace(report, findings=(*report.findings, *findings))
    if breaks and declared is Bump.MAJOR:
        accepted = f"{report.version or report.pending} declares a new major version"
        return replace(report, accepted=report.accepted or accepted)
    return accept_waived(report) if findings else report


def _as_major(report: SubjectReport, terms: Terms) -> SubjectReport:
    """A pending version would be the next major, unless a number was declared for it."""
    if report.bump is None:
        return report
    free = report.bump.declared is None and report.pending is not None and not report.directions
    rules = ", ".join(rulebook(RULES))
    report = replace(report, bump=BumpReport(report.bump.declared, Bump.MAJOR, f"breaks {terms.rules.mode}: {rules}"))
    try:
        before = Version.parse(report.against or "")
    except ValueError:
        return report  # a diff: what is compared has no number
    return replace(report, pending=str(before.next(Bump.MAJOR))) if free else report


def _lowered(finding: Finding) -> Finding:
    return replace(finding, severity=min(finding.severity, Severity.INFO, key=lambda item: item.rank))
