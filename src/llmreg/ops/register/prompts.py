"""Prompts and their variables, before a version of either is written: what would render nowhere is not registered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

from llmreg.compat.draft import DraftRegistry, DraftSubject
from llmreg.compat.lines import with_lines
from llmreg.compat.planner import Decision, Entry
from llmreg.compat.policy import Terms
from llmreg.compat.schemas import Schemas
from llmreg.errors import LlmregError
from llmreg.formats.interface import Schema
from llmreg.llm.prompts.callers import RECORDED, in_settings, live, recorded, with_callers
from llmreg.llm.prompts.registry import Found, Prompts
from llmreg.model.finding import Severity
from llmreg.model.kind import KINDS
from llmreg.model.record import replace
from llmreg.model.report import SubjectReport, Verdict
from llmreg.model.subject import Rules, latest_of
from llmreg.model.version import Version
from llmreg.store import layout
from llmreg.store.invariants import drift


def with_prompts(draft: DraftRegistry, decisions: Iterable[Decision]) -> list[Decision]:
    """The decisions; each new version of a prompt, or of variables that a registered prompt uses, is judged."""
    schemas = Schemas(draft)
    prompts = Prompts(draft, schemas)
    judged = []
    for decision in decisions:
        subject = draft.subject(decision.registered.subject)
        users = [subject.name] if subject.config.format == "prompt" else _users(draft, prompts, subject)
        report = decision.report
        if subject.config.format == "prompt" and decision.registered.new:
            report = _with_callers(draft, prompts, report)
        for name in users if decision.registered.new else ():
            report = _told(draft, prompts, report, draft.subject(name))
        why = report.bump.why if report.bump is not None else decision.registered.why
        judged.append(replace(decision, report=report, registered=replace(decision.registered, why=why)))
    return judged


def with_range(draft: DraftRegistry, entry: Entry) -> Entry:
    """The entry, with the variables that `subject.yaml` names among what the ledger line keeps."""
    wanted = live(draft.subject(entry.subject))
    return entry if wanted is None else replace(entry, meta={RECORDED: wanted, **entry.meta})


def _with_callers(draft: DraftRegistry, prompts: Prompts, report: SubjectReport) -> SubjectReport:
    """The report on a prompt, with what its variables refuse of those that the version before it had."""
    subject = draft.subject(report.subject)
    version = Version.parse(report.against) if report.against is not None else None
    before = recorded(subject, version) if version is not None else None
    after = live(subject)
    if version is None or after is None or before == after:
        return report
    try:
        old = prompts.variables(before) if before is not None else prompts.unnamed(subject, version)
        new = prompts.variables(after)
    except LlmregError as error:  # what the new version names is told as `refs`
        return replace(report, notes=(*report.notes, f"its variables are not compared with the old ones: {error}"))
    if old is None:
        return report
    judged = with_callers(report, _terms(draft, subject), old, new)
    path = layout.config_path(subject.name)
    return in_settings(judged, path, draft.view.snapshot.read(path))


def _terms(draft: DraftRegistry, subject: DraftSubject) -> Terms:
    return Terms(Rules.of(draft.view.config, subject.config), KINDS[subject.config.kind])


def _users(draft: DraftRegistry, prompts: Prompts, variables: DraftSubject) -> list[str]:
    if variables.config.kind != "prompt-variables":
        return []
    paths = (path for path in draft.view.snapshot.entries(layout.SUBJECTS) if path.endswith(".jinja"))
    names = dict.fromkeys(where for path in paths if (where := layout.parse_path(path).subject))
    return prompts.users(names, variables.name)


def _told(draft: DraftRegistry, prompts: Prompts, report: SubjectReport, user: DraftSubject) -> SubjectReport:
    """The report with what is wrong with one prompt: the latest version, or the working file that mends it."""
    try:
        (prompt, file), *waiting = _newest(prompts.schemas, user)
    except (LlmregError, ValueError):
        return report  # told where that subject is checked, or nothing is registered
    found = prompts.of_prompt(user, prompt)
    if waiting and _fails(found) and not _fails(following := prompts.of_prompt(user, waiting[0].prompt)):
        found, file = following, waiting[0].file
    terms = _terms(draft, user)
    findings = tuple(terms.apply(finding) for finding in found.findings)
    if user.name != report.subject:
        findings = tuple(replace(item, message=f"prompt {user.name}: {item.message}") for item in findings)
    placed = with_lines(replace(report, findings=findings), *file).findings
    broken = any(finding.witness is not None and finding.severity is Severity.ERROR for finding in placed)
    verdict = Verdict.INCOMPATIBLE if broken else report.verdict
    undecided = (*report.undecided, *found.undecided)
    return replace(report, findings=(*report.findings, *placed), undecided=undecided, verdict=verdict)


class _Text(NamedTuple):
    prompt: Schema
    file: tuple[str, bytes]


def _newest(schemas: Schemas, user: DraftSubject) -> Iterator[_Text]:
    """The latest version, planned ones among them, with its file; then the working file, where it waits for its
    turn."""
    view = user.view
    latest = latest_of(user.ledger, user.config)
    if latest is None:
        return
    planned = len(user.ledger) > len(view.ledger)
    working = view.working_path or layout.config_path(user.name), view.working_source or b""
    number = str(latest.version)
    prompt = schemas.registered(user, latest.version)
    yield _Text(prompt, working if planned else (view.version_path(number), view.version_bytes(number)))
    if not planned and view.working is not None and drift.pending(view) is not None:
        with suppress(LlmregError):  # a working file that cannot be read mends nothing
            yield _Text(schemas.fresh(user, view.working[1], user.name), working)


def _fails(found: Found) -> bool:
    return any(finding.severity is Severity.ERROR for finding in found.findings)
