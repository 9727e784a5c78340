"""A binding judged: the rules of bindings, then the profiles that it names, under its policy and its waivers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from llmreg.compat.subject import invalid_findings
from llmreg.errors import LlmregError
from llmreg.formats.rule import Rule, rulebook
from llmreg.llm.bindings.provider import profile_findings
from llmreg.llm.bindings.resolve import Case
from llmreg.llm.bindings.terms import Policies, idle
from llmreg.model.finding import Finding
from llmreg.store.bindings import binding_path

RULES = "llmreg.llm.bindings.rules"
UNUSED = "waiver_unused"


def binding_findings(case: Case, policies: Policies) -> list[Finding]:
    """Everything that is wrong with a binding, by rule, each with the line of its file and the severity that it has
    here; what a waiver exempts says so."""
    terms = policies.terms(case.file)
    found = [*_ruled(case, rulebook(RULES).values()), *profile_findings(case)]
    rest = replace(case, idle=idle(case, found, rulebook(RULES)))
    return [terms.apply(finding) for finding in (*found, *_ruled(rest, (rulebook(RULES)[UNUSED],)))]


def unreadable(name: str, error: LlmregError) -> list[Finding]:
    """The findings for a binding whose file cannot be read."""
    return [replace(finding, file=binding_path(name)) for finding in invalid_findings(error)]


def _ruled(case: Case, rules: Iterable[Rule]) -> Iterator[Finding]:
    for rule in rules:
        for hit in rule.find(case):
            line = case.file.line(hit.pointer)
            yield rule.finding(hit.message, file=case.file.path, line=line, **hit.fields)
