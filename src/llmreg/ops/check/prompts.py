"""Prompts and their variables across subjects: a changed prompt, and the prompts that use changed variables.

What is found stands in the report of the subject that changed; its place is in the prompt.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from llmreg.compat.lines import with_lines
from llmreg.compat.policy import Terms
from llmreg.compat.subject import SubjectCase
from llmreg.errors import LlmregError
from llmreg.formats.interface import Schema
from llmreg.llm.prompts.registry import Draft, Found, Prompts
from llmreg.model.report import SubjectReport, Verdict
from llmreg.model.version import Version
from llmreg.ops.check.subject import Sides
from llmreg.store import layout
from llmreg.store.invariants import drift
from llmreg.store.registry import SubjectView

FORMAT = "prompt"
KIND = "prompt-variables"


def with_prompts(sides: Sides, reports: Iterable[SubjectReport]) -> list[SubjectReport]:
    """The reports, with what prompts and their variables say of each other."""
    reports = list(reports)
    last = {report.subject: place for place, report in enumerate(reports)}
    prompts = Prompts(sides.head, sides.schemas)
    for name, place in last.items():
        head = sides.head.view(name)
        try:
            kind, schema_format = head.config.kind, head.config.format
        except LlmregError:
            continue  # told already
        if schema_format == FORMAT:
            reports[place] = _with(sides, reports[place], head, prompts, None)
        elif kind == KIND:
            draft = _draft(sides, head, reports[place])
            for user in _users(sides, prompts, name):
                reports[place] = _with(sides, reports[place], sides.head.view(user), prompts, draft)
    return reports


def _users(sides: Sides, prompts: Prompts, variables: str) -> list[str]:
    """The prompts that use a subject."""
    paths = (path for path in sides.head.snapshot.entries(layout.SUBJECTS) if path.endswith((".jinja", "/schema.yaml")))
    names = dict.fromkeys(where for path in paths if (where := layout.parse_path(path).subject))
    return prompts.users(names, variables)


def _draft(sides: Sides, head: SubjectView, report: SubjectReport) -> Draft | None:
    """The working file of a variables subject, as the version that it would become."""
    try:
        if report.pending is None or head.working is None:
            return None
        return Draft(head.name, Version.parse(report.pending), sides.schemas.fresh(head, head.working[1], head.name))
    except (LlmregError, ValueError):
        return None


def _with(
    sides: Sides, report: SubjectReport, head: SubjectView, prompts: Prompts, draft: Draft | None
) -> SubjectReport:
    """The report with the findings on one prompt, which may be another subject."""
    try:
        prompt, path, source = _newest(sides, head)
    except LlmregError:
        return report  # told where that subject is judged
    if prompt is None:
        return report
    found = prompts.of_prompt(head, prompt, draft or _unregistered(sides, head))
    return _told(report, found, head, (path, source), _terms(sides, head, report))


def _unregistered(sides: Sides, head: SubjectView) -> Draft | None:
    """The working file of the prompt's variables, where nothing of them is registered yet."""
    name = str(head.config.settings.get("variables") or "").partition("@")[0]
    if not name or not sides.head.has(name):
        return None
    variables = sides.head.view(name)
    try:
        if variables.ledger or variables.working is None:
            return None
        return Draft(name, Version(1, 0, 0), sides.schemas.fresh(variables, variables.working[1], name))
    except LlmregError:
        return None


def _newest(sides: Sides, head: SubjectView) -> tuple[Schema | None, str, bytes]:
    """(the prompt as it would be registered next, its file, the file's text)."""
    if head.working is not None and drift.pending(head) is not None:
        path, data = head.working
        return sides.schemas.fresh(head, data, head.name), path, head.working_source or b""
    latest = head.latest()
    if latest is None:
        return None, "", b""
    version = str(latest.version)
    return sides.schemas.registered(head, latest.version), head.version_path(version), head.version_bytes(version)


def _terms(sides: Sides, head: SubjectView, report: SubjectReport) -> Terms:
    case = SubjectCase(head, sides.schemas, sides.head.config, overrides=sides.overrides)
    return case.judge(report.version or report.pending).terms


def _told(
    report: SubjectReport, found: Found, head: SubjectView, file: tuple[str, bytes], terms: Terms
) -> SubjectReport:
    other = head.name != report.subject
    findings = tuple(terms.apply(finding) for finding in found.findings)
    if other:
        findings = tuple(replace(item, message=f"prompt {head.name}: {item.message}") for item in findings)
    placed = with_lines(replace(report, findings=findings), *file).findings
    broken = any(finding.witness is not None and finding.severity.value == "error" for finding in placed)
    verdict = Verdict.INCOMPATIBLE if broken else report.verdict
    undecided = (*report.undecided, *found.undecided)
    return replace(report, findings=(*report.findings, *placed), undecided=undecided, verdict=verdict)
