"""What the profiles of a binding say: of each schema that the provider is sent, and of all of them as one request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from llmreg.llm.bindings.resolve import Bound, Case
from llmreg.llm.profiles.engine import finding_of, lint_tools, violations
from llmreg.llm.profiles.hit import Hit
from llmreg.llm.profiles.profile import Profile, ProfileRule
from llmreg.llm.profiles.view import View
from llmreg.model.finding import Finding


def profile_findings(case: Case) -> Iterator[Finding]:
    """Profile by profile: the output and each tool, then the budgets that the tools break together.

    What an export repairs without loss is not among them: the stored schema may stay as it is, the provider is sent
    the projection (rule `export_needed`)."""
    for profile in case.profiles:
        for bound in _sent(case):
            for rule, hit in _violations(bound, profile):
                if not rule.exported:
                    finding = finding_of(rule, hit, profile)
                    message = f"`{bound.name}`: {finding.message}"
                    yield replace(finding, message=message, file=case.file.path, line=case.file.line(f"/{bound.role}"))
        yield from budget_findings(case, profile)


def repaired(case: Case, profile: Profile) -> Iterator[tuple[Bound, list[str]]]:
    """The schemas that the profile takes only as an export writes them: one rule's id for each place."""
    for bound in _sent(case):
        rules = [rule.id for rule, _ in _violations(bound, profile) if rule.exported]
        if rules:
            yield bound, rules


def budget_findings(case: Case, profile: Profile) -> Iterator[Finding]:
    """The request budgets over the tool set, counted after `$ref` expansion, each with a proposal that fits."""
    schemas = {bound.offered_as: bound.document for bound in case.tools if bound.document is not None}
    for finding in lint_tools(schemas, profile):
        yield replace(finding, file=case.file.path, line=case.file.line("/tools"))


def is_budget(finding: Finding, case: Case) -> bool:
    """Whether a finding is one of a budget that a request as a whole has."""
    return any(rule.id == finding.rule and rule.scope == "request" for item in case.profiles for rule in item.rules)


def _sent(case: Case) -> Iterator[Bound]:
    """The schemas that a provider is sent: it never sees what the application fills into the prompt."""
    yield from (bound for bound in (case.role("output"), *case.tools) if bound is not None)


def _violations(bound: Bound, profile: Profile) -> Iterator[tuple[ProfileRule, Hit]]:
    """What the schema breaks by itself, under the name that it is offered as."""
    if bound.document is not None:
        yield from violations(View(bound.document, bound.offered_as), profile)
