"""Enforce provider profiles on what a change adds: new violations in a new version, or in the working file, and
properties that a provider generates in another order."""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.compat.lines import with_lines
from llmreg.compat.loosened import loosened_finding
from llmreg.compat.subject import SubjectCase
from llmreg.errors import LlmregError
from llmreg.formats.interface import Schema
from llmreg.llm.profiles import catalogue
from llmreg.llm.profiles.engine import lint_schema
from llmreg.llm.profiles.generation import order_findings, with_followers
from llmreg.llm.profiles.profile import Profile
from llmreg.llm.profiles.wanted import wanted
from llmreg.model.finding import ChangeClass, Finding, Severity
from llmreg.model.record import replace
from llmreg.model.report import SubjectReport
from llmreg.model.version import Bump, Version
from llmreg.store import layout
from llmreg.store.registry import SubjectView

RULE = "profile-unknown"


def with_profiles(case: SubjectCase, head: SubjectView, report: SubjectReport, *, told: bool) -> SubjectReport:
    """The report with the violations that its version brings; what the version before it had is no news.

    `told`: every version is judged, so that one which is registered already is left alone."""
    if head.config.format != "json":
        return report
    before, now = wanted(case.base_config, case.base.config if case.base else None), wanted(case.config, head.config)
    try:
        profiles = catalogue.choose((*now, *before))
        if report.pending is None and (told or report.bump is None):
            return report  # registered before this change
        schema = _schema(case, head, report)
        earlier = _earlier(case, head, report)
    except LlmregError as error:
        return replace(report, findings=(*report.findings, *_unknown(head, error)))
    report = replace(report, findings=with_followers(report.findings, earlier, schema, profiles))
    found = (
        *_new(case, head, report, profiles, (schema, earlier)),
        *_reordered(case, report, profiles, (schema, earlier)),
    )
    lost = [name for name in before if name not in now]
    loosened = [loosened_finding(f"profile {name} was lifted", layout.config_path(head.name)) for name in lost]
    path = report.file or layout.config_path(head.name)
    source = head.working_source if report.pending is not None else head.version_bytes(report.version or "")
    placed = with_lines(replace(report, findings=found), path, source or b"").findings
    return replace(report, findings=(*report.findings, *placed, *loosened))


def _new(
    case: SubjectCase,
    head: SubjectView,
    report: SubjectReport,
    profiles: tuple[Profile, ...],
    schemas: tuple[Schema, Schema | None],
) -> Iterator[Finding]:
    terms = case.judge(report.version if report.pending is None else report.pending).terms
    name = head.name.rpartition("/")[2]
    new, old = (None if schema is None else getattr(schema, "document", None) for schema in schemas)
    for profile in profiles:
        known = {_key(item) for item in lint_schema(old, profile, name=name)} if schemas[1] is not None else set()
        for finding in lint_schema(new, profile, name=name):
            if _key(finding) not in known:
                yield terms.apply(finding)


def _reordered(
    case: SubjectCase, report: SubjectReport, profiles: tuple[Profile, ...], schemas: tuple[Schema, Schema | None]
) -> Iterator[Finding]:
    """What a provider generates in another order; a declared major passes, as it does for any other change."""
    terms = case.judge(report.version if report.pending is None else report.pending).terms
    declared = report.bump is not None and report.bump.declared is Bump.MAJOR
    for finding in order_findings(schemas[1], schemas[0], profiles):
        applied = terms.apply(finding)
        passes = declared and applied.severity is Severity.ERROR
        yield replace(applied, severity=Severity.INFO) if passes else applied


def _key(finding: Finding) -> tuple[str, str]:
    return finding.rule, finding.reader.pointer if finding.reader is not None else ""


def _schema(case: SubjectCase, head: SubjectView, report: SubjectReport) -> Schema:
    if report.pending is not None and head.working is not None:
        return case.schemas.fresh(head, head.working[1], head.name)
    return case.schemas.registered(head, Version.parse(report.version or ""))


def _earlier(case: SubjectCase, head: SubjectView, report: SubjectReport) -> Schema | None:
    """The version before, by number; for the working file the latest one."""
    versions = sorted(head.versions)
    if report.pending is None:
        versions = [version for version in versions if version < Version.parse(report.version or "")]
    return case.schemas.registered(head, versions[-1]) if versions else None


def _unknown(head: SubjectView, error: LlmregError) -> Iterator[Finding]:
    """A profile that nobody has; a schema that cannot be read has been reported by then."""
    if error.code == "not-found":
        yield Finding(
            rule=RULE,
            cls=ChangeClass.INVALID,
            severity=Severity.ERROR,
            message=f"`profiles`: {error.message}",
            file=layout.config_path(head.name),
            fix=error.hint,
        )
