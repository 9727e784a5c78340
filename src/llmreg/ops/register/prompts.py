"""Prompts and their variables, before a version of either is written: what would render nowhere is not registered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from llmreg.compat.draft import DraftRegistry, DraftSubject
from llmreg.compat.lines import with_lines
from llmreg.compat.planner import Decision
from llmreg.compat.policy import Terms
from llmreg.compat.schemas import Schemas
from llmreg.errors import LlmregError
from llmreg.llm.prompts.registry import Prompts
from llmreg.model.kind import KINDS
from llmreg.model.report import SubjectReport
from llmreg.model.subject import Rules, latest_of
from llmreg.store import layout


def with_prompts(draft: DraftRegistry, decisions: Iterable[Decision]) -> list[Decision]:
    """The decisions; each new version of a prompt, or of variables that a registered prompt uses, is judged."""
    schemas = Schemas(draft)
    prompts = Prompts(draft, schemas)
    judged = []
    for decision in decisions:
        subject = draft.subject(decision.registered.subject)
        users = [subject.name] if subject.config.format == "prompt" else _users(draft, prompts, subject)
        report = decision.report
        for name in users if decision.registered.new else ():
            report = _told(draft, prompts, report, draft.subject(name))
        judged.append(replace(decision, report=report))
    return judged


def _users(draft: DraftRegistry, prompts: Prompts, variables: DraftSubject) -> list[str]:
    if variables.config.kind != "prompt-variables":
        return []
    paths = (path for path in draft.view.snapshot.entries(layout.SUBJECTS) if path.endswith(".jinja"))
    names = dict.fromkeys(where for path in paths if (where := layout.parse_path(path).subject))
    return prompts.users(names, variables.name)


def _told(draft: DraftRegistry, prompts: Prompts, report: SubjectReport, user: DraftSubject) -> SubjectReport:
    latest = latest_of(user.ledger, user.config)
    if latest is None:
        return report
    try:
        prompt = prompts.schemas.registered(user, latest.version)
    except LlmregError:
        return report  # told where that subject is checked
    found = prompts.of_prompt(user, prompt)
    terms = Terms(Rules.of(draft.view.config, user.config), KINDS[user.config.kind])
    findings = tuple(terms.apply(finding) for finding in found.findings)
    if user.name != report.subject:
        findings = tuple(replace(item, message=f"prompt {user.name}: {item.message}") for item in findings)
    path = user.view.working_path or layout.config_path(user.name)
    placed = with_lines(replace(report, findings=findings), path, user.view.working_source or b"").findings
    return replace(report, findings=(*report.findings, *placed), undecided=(*report.undecided, *found.undecided))
