"""Prompts and their variables across subjects: a changed prompt, and the prompts that use changed variables.

What is found stands in the report of the subject that changed; its place is in the prompt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from llmreg.compat.lines import with_lines
from llmreg.compat.policy import Terms
from llmreg.compat.schemas import Schemas
from llmreg.compat.subject import SubjectCase
from llmreg.errors import LlmregError, NotFoundError
from llmreg.formats.interface import Schema
from llmreg.llm.prompts.callers import Variables, in_settings, live, recorded, with_callers
from llmreg.llm.prompts.registry import Draft, Found, Prompts
from llmreg.llm.prompts.unnamed import Unnamed
from llmreg.model.record import replace
from llmreg.model.report import SubjectReport, Verdict
from llmreg.model.version import Version
from llmreg.ops.check.subject import Sides
from llmreg.store import layout
from llmreg.store.invariants import drift
from llmreg.store.registry import SubjectView

FORMAT = "prompt"
KIND = "prompt-variables"


def with_prompts(sides: Sides, reports: Iterable[SubjectReport]) -> list[SubjectReport]:
    """The reports, with what prompts and their variables say of each other, pending versions as if they were
    registered. A prompt that has a report of its own is told of there, any other with its variables."""
    reports = list(reports)
    last = {report.subject: place for place, report in enumerate(reports)}
    prompts = Prompts(sides.head, sides.schemas)
    reports = [_with_callers(sides, report, prompts, reports, last) for report in reports]
    for name, place in last.items():
        head = sides.head.view(name)
        try:
            kind, schema_format = head.config.kind, head.config.format
        except LlmregError:
            continue  # told already
        if schema_format == FORMAT:
            draft = _draft_for(sides, head, reports, last)
            reports[place] = _with(sides, reports[place], head, prompts, draft)
        elif kind == KIND:
            draft = _draft(sides, head, reports[place])
            for user in (user for user in _users(sides, prompts, name) if user not in last):
                reports[place] = _with(sides, reports[place], sides.head.view(user), prompts, draft)
    return reports


def _with_callers(
    sides: Sides, report: SubjectReport, prompts: Prompts, reports: list[SubjectReport], last: Mapping[str, int]
) -> SubjectReport:
    """The report on a prompt, with what its variables refuse of those that the version before it had."""
    if report.format != FORMAT or not (head := sides.head.view(report.subject)).exists:
        return report
    try:
        before, after = _selected_before(sides, head, report), _selected_after(head, report)
        if after is None or before == after:
            return report
        old = _earlier(sides, prompts, before) if before is not None else _unnamed(sides, head, report, prompts)
        if old is None:
            return report
        new = prompts.variables(after, _draft_for(sides, head, reports, last))
    except LlmregError as error:  # what the new version names is told as `refs`
        return replace(report, notes=(*report.notes, f"its variables are not compared with the old ones: {error}"))
    judged = with_callers(report, _terms(sides, head, report), old, new)
    path = layout.config_path(head.name)
    return in_settings(judged, path, sides.head.snapshot.read(path))


def _earlier(sides: Sides, prompts: Prompts, wanted: str) -> Variables:
    """What a range selected at the baseline; at the head, where the baseline does not have it. Raises LlmregError."""
    try:
        if sides.base is not None:
            return Prompts(sides.base, Schemas(sides.base)).variables(wanted)
    except NotFoundError:
        pass
    return prompts.variables(wanted)


def _unnamed(sides: Sides, head: SubjectView, report: SubjectReport, prompts: Prompts) -> Unnamed | None:
    """The version that a report compares with, which named no variables; None where nothing stands before it, or where
    the judged version itself names none."""
    if report.against is not None:
        own = Version.parse(report.version) if report.version is not None and report.pending is None else None
        named = own is None or recorded(head, own) is not None
        return prompts.unnamed(head, Version.parse(report.against)) if named else None
    base = sides.base.view(head.name) if sides.base is not None and report.bump is None else None
    latest = base.latest() if base is not None and base.exists else None
    return prompts.unnamed(head, latest.version) if latest is not None else None


def _selected_before(sides: Sides, head: SubjectView, report: SubjectReport) -> str | None:
    """The variables of the version that a report compares with; of one without a comparison, what the baseline's
    settings name."""
    base = sides.base.view(head.name) if sides.base is not None and sides.base.has(head.name) else None
    if report.against is None:
        return live(base) if base is not None and report.bump is None else None
    version = Version.parse(report.against)
    known = base is not None and any(line.version == version for line in base.ledger)
    return recorded(head, version) or (live(base) if base is not None and known else None)


def _selected_after(head: SubjectView, report: SubjectReport) -> str | None:
    """The variables of the version that was judged; the working file has what the settings name."""
    if report.pending is not None or report.bump is None or report.version is None:
        return live(head)
    return recorded(head, Version.parse(report.version)) or live(head)


def _users(sides: Sides, prompts: Prompts, variables: str) -> list[str]:
    """The prompts that use a subject."""
    paths = (path for path in sides.head.snapshot.entries(layout.SUBJECTS) if path.endswith((".jinja", "/schema.yaml")))
    names = dict.fromkeys(where for path in paths if (where := layout.parse_path(path).subject))
    return prompts.users(names, variables)


def _draft_for(
    sides: Sides, prompt: SubjectView, reports: list[SubjectReport], last: Mapping[str, int]
) -> Draft | None:
    """The pending version of a prompt's variables."""
    variables = _variables(sides, prompt)
    known = last.get(variables.name) if variables is not None else None
    return _draft(sides, variables, reports[known] if known is not None else None)


def _variables(sides: Sides, prompt: SubjectView) -> SubjectView | None:
    """The subject that a prompt names for its variables, where there is such a one."""
    name = str(prompt.config.settings.get("variables") or "").partition("@")[0]
    return sides.head.view(name) if name and sides.head.has(name) else None


def _draft(sides: Sides, variables: SubjectView | None, report: SubjectReport | None) -> Draft | None:
    """The working file of a variables subject, as the version that it would become; None where it has no change.
    `report`: what this check says of the subject; None where the check was not asked for it."""
    try:
        if variables is None or variables.working is None or drift.pending(variables) is None:
            return None
        data = variables.working[1]
        if report is None:
            outcome = SubjectCase(variables, sides.schemas, sides.head.config, overrides=sides.overrides).pending(data)
            return Draft(variables.name, outcome.next_version, outcome.schema)
        number = Version.parse(report.pending or "")
        return Draft(variables.name, number, sides.schemas.fresh(variables, data, variables.name))
    except (LlmregError, ValueError):
        return None  # told where that subject is judged


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
    found = prompts.of_prompt(head, prompt, draft)
    if draft is not None and found.against == f"{draft.subject}@{draft.number}" and draft.subject != report.subject:
        report = replace(report, notes=(*report.notes, f"the template was judged with the pending {found.against}"))
    return _told(report, found, head, (path, source), _terms(sides, head, report))


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
