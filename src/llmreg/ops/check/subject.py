"""Check one subject: the store's invariants, every new version, the pending working file, the examples."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from llmreg.compat.lines import with_lines
from llmreg.compat.loosened import subject_findings
from llmreg.compat.schemas import Schemas
from llmreg.compat.subject import Overrides, SubjectCase, invalid_findings
from llmreg.errors import InputError, LimitError, LlmregError, NotFoundError
from llmreg.formats import catalogue
from llmreg.model.finding import Finding, Severity
from llmreg.model.mode import Mode
from llmreg.model.record import replace
from llmreg.model.report import SubjectReport, Verdict
from llmreg.model.subject import LedgerLine, RegistryConfig, Rules
from llmreg.store import layout
from llmreg.store.invariant import invariants
from llmreg.store.invariants import drift
from llmreg.store.registry import RegistryView, SubjectView


class Sides(NamedTuple):
    """Head and baseline of a check; `everything`: every version is judged, not only new ones."""

    head: RegistryView
    base: RegistryView | None
    schemas: Schemas
    base_config: RegistryConfig | None
    overrides: Overrides
    everything: bool = False


def check_subject(sides: Sides, name: str, *, asked: bool) -> list[SubjectReport]:
    """One report for each version that was judged; one without a judgement when the files themselves are at fault.

    `asked`: somebody named the subject, so an unchanged one is reported too."""
    head = sides.head.view(name)
    base = sides.base.view(name) if sides.base is not None and sides.base.has(name) else None
    findings = [
        finding
        for code, invariant in invariants().items()
        if code != "drift"
        for finding in invariant.check(base, head if head.exists else None)
    ]
    if not head.exists:
        return [_bare(head, base, findings)] if findings or asked else []
    try:
        config = head.config
        catalogue.get(config.format)
        ledger = head.ledger
    except LlmregError as error:
        told = [*findings, *(() if _told(error, findings) else _unreadable(name, error))]
        return [_bare(head, base, told)]
    case = SubjectCase(head, sides.schemas, sides.head.config, _readable(base), sides.base_config, sides.overrides)
    fresh = [line for line in ledger if sides.everything or not _known(base, line)]
    reports = [_registered(case, head, line, strict=not sides.everything) for line in fresh]
    pending = _pending(case, head)
    if pending is not None:
        reports.append(pending)
    reports = _linted(case, head, reports, everything=sides.everything)
    if not reports:
        reports.append(_unchanged(case, head, config.format, ledger))
    last = replace(reports[-1], findings=(*reports[-1].findings, *findings, *subject_findings(case)))
    return [*reports[:-1], _with_examples(case, head, last)]


def _linted(
    case: SubjectCase, head: SubjectView, reports: list[SubjectReport], *, everything: bool
) -> list[SubjectReport]:
    """With what the provider profiles of the subject say of the versions that are new here."""
    named = [side.config.profiles for side in (case.subject, case.base) if side is not None]
    named += [config.profiles for config in (case.config, case.base_config) if config is not None]
    if not any(named):
        return reports
    from llmreg.ops.check.profiles import with_profiles

    unchanged = _unchanged(case, head, head.config.format, head.ledger)
    return [with_profiles(case, head, report, told=everything) for report in reports or [unchanged]]


def _registered(case: SubjectCase, head: SubjectView, line: LedgerLine, *, strict: bool) -> SubjectReport:
    version = str(line.version)
    try:
        report = case.registered(line, strict=strict)
        path = head.version_path(version)
        return with_lines(report, path, head.version_bytes(version))
    except (NotFoundError, LimitError) as error:  # `sha` tells of the file; the verdict cannot be known without it
        rules, _ = case.rules()
        report = SubjectReport(head.name, head.config.format, rules.mode, Verdict.UNDECIDED, version=version)
        return replace(report, notes=(error.message,))


def _pending(case: SubjectCase, head: SubjectView) -> SubjectReport | None:
    """The report on the working file as the next version; None where it equals the latest."""
    try:
        working = head.working
        if working is None or drift.pending(head) is None:
            return None
        path, data = working
        outcome = case.pending(data)
        told = [item for item in invariants()["drift"].check(None, head) if item.severity is not Severity.INFO]
        report = replace(outcome.report, findings=(*outcome.report.findings, *told))
    except (InputError, LimitError, NotFoundError) as error:
        path = head.working_path or layout.config_path(head.name)
        return with_lines(case.unreadable(error, pending="?"), path, _source(head))
    return with_lines(report, path, _source(head))


def _source(head: SubjectView) -> bytes:
    """The working file as people wrote it; nothing where it cannot be read, which has been told by then."""
    try:
        return head.working_source or b""
    except (LimitError, NotFoundError):
        return b""


def _unchanged(case: SubjectCase, head: SubjectView, format_name: str, ledger: tuple[LedgerLine, ...]) -> SubjectReport:
    latest = head.latest(retired=True) if ledger else None
    rules, _ = case.rules()
    return SubjectReport(
        subject=head.name,
        format=format_name,
        mode=rules.mode,
        verdict=Verdict.COMPATIBLE,
        version=str(latest.version) if latest else None,
        notes=("no new version and no pending change",) if ledger else (_empty(head.name, format_name),),
        file=head.working_path or layout.config_path(head.name),
    )


def _empty(name: str, format_name: str) -> str:
    """A file of another name is no working file, and would go unseen."""
    extension = catalogue.get(format_name).extensions[0]
    return f"nothing registered and no working file: write {layout.working_path(name, extension)}"


def _with_examples(case: SubjectCase, head: SubjectView, report: SubjectReport) -> SubjectReport:
    """Examples are judged under the working file, or the latest version where there is none."""
    if not head.examples:
        return report
    try:
        if head.working is not None:
            schema = case.schemas.fresh(head, head.working[1], head.name)
        else:
            latest = head.latest()
            if latest is None:
                return report
            schema = case.schemas.registered(head, latest.version)
    except LlmregError:
        return report  # the schema itself has been reported
    from llmreg.compat.examples import example_findings

    refused = example_findings(head, case.schemas.format_of(head), schema)
    return replace(report, findings=(*report.findings, *refused))


def _bare(head: SubjectView, base: SubjectView | None, findings: Iterable[Finding]) -> SubjectReport:
    """A report on files that cannot be judged as a schema."""
    config = None
    for view in (head, base):
        try:
            config = config or (view.config if view is not None else None)
        except LlmregError:
            continue
    mode = Rules.of(RegistryConfig(), config).mode if config else Mode.NONE
    return SubjectReport(
        subject=head.name,
        format=config.format if config else "unknown",
        mode=mode,
        verdict=Verdict.UNDECIDED,
        findings=tuple(findings),
        file=layout.config_path(head.name),
    )


def _told(error: LlmregError, findings: list[Finding]) -> bool:
    """Whether an invariant has reported this already: a missing `subject.yaml`, a ledger that cannot be read."""
    return isinstance(error, NotFoundError) or any("ledger cannot be read" in finding.message for finding in findings)


def _unreadable(name: str, error: LlmregError) -> list[Finding]:
    path = layout.config_path(name)
    return [replace(finding, file=path) for finding in invalid_findings(error)]


def _readable(base: SubjectView | None) -> SubjectView | None:
    """The baseline's subject, unless its own settings were broken: mending them must be possible."""
    if base is None:
        return None
    try:
        _ = base.config
    except LlmregError:
        return None
    return base


def _known(base: SubjectView | None, line: LedgerLine) -> bool:
    """Whether the baseline has this version; a line that changed since is `ledger-prefix`'s and judged as new."""
    if base is None:
        return False
    try:
        return line in base.ledger
    except LlmregError:
        return False
