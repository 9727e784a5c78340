"""A binding judged: the rules of bindings, then the profiles that it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from llmreg.compat.subject import invalid_findings
from llmreg.errors import LlmregError
from llmreg.formats.rule import rulebook
from llmreg.llm.bindings.provider import profile_findings
from llmreg.llm.bindings.resolve import Case
from llmreg.model.finding import Finding, Severity
from llmreg.store.bindings import binding_path

RULES = "llmreg.llm.bindings.rules"


def binding_findings(case: Case) -> list[Finding]:
    """Everything that is wrong with a binding, by rule, each with the line of its file."""
    return [*_ruled(case), *profile_findings(case)]


def unreadable(name: str, error: LlmregError) -> list[Finding]:
    """The findings for a binding whose file cannot be read."""
    return [replace(finding, file=binding_path(name)) for finding in invalid_findings(error)]


def fails(finding: Finding) -> bool:
    """Whether a finding lets a check fail."""
    return finding.severity is Severity.ERROR


def _ruled(case: Case) -> Iterator[Finding]:
    for rule in rulebook(RULES).values():
        for hit in rule.find(case):
            line = case.file.line(hit.pointer)
            yield rule.finding(hit.message, file=case.file.path, line=line, **hit.fields)
