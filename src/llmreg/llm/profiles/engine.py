"""The engine: a schema against the rules of a profile.

`lint_schema(document, profile, name=…)` gives findings with severity, place, evidence and advice. What a profile
finds says nothing about a live service: no finding means that no rule of the profile is violated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from llmreg.llm.profiles import across, budgets, decoder, decoder_rules, places
from llmreg.llm.profiles.budgets import OverBudget
from llmreg.llm.profiles.hit import Hit, Predicate
from llmreg.llm.profiles.profile import EFFECTS, Profile, ProfileRule
from llmreg.llm.profiles.view import View
from llmreg.model.finding import ChangeClass, Finding, Place, Severity

PREDICATES: Mapping[str, Predicate] = {
    **places.PREDICATES,
    **across.PREDICATES,
    **budgets.PREDICATES,
    **decoder_rules.PREDICATES,
}


def lint_schema(document: Any, profile: Profile, *, name: str | None = None) -> list[Finding]:
    """Every violation of the rules of `profile` in a schema (a JSON value), in document order within each rule.

    `name` is what the schema is offered under, as a tool or format; without it rules on names are silent. Rules whose
    severity is `off` are left out. No I/O, never raises for a JSON value."""
    view = View(document, name)
    return [finding_of(rule, hit, profile) for rule, hit in violations(view, profile)]


def violations(view: View, profile: Profile) -> Iterator[tuple[ProfileRule, Hit]]:
    """The bare facts behind `lint_schema`."""
    for rule in profile.rules:
        if rule.severity is not Severity.OFF:
            for hit in PREDICATES[rule.test](view, rule.args):
                yield rule, hit


def lint_tools(schemas: Mapping[str, Any], profile: Profile) -> list[Finding]:
    """What the schemas of one request, by tool name, break together: the request budgets of the profile.

    Each finding's `fix` proposes which tools to keep strict. What a single schema breaks, `lint_schema` tells."""
    return [over_finding(item, profile) for item in budgets.over(profile, schemas)]


def over_finding(item: OverBudget, profile: Profile) -> Finding:
    """A broken request budget as a finding, with the proposal as its `fix`."""
    keep, leave = ", ".join(item.keep) or "none of them", ", ".join(item.leave)
    return Finding(
        rule=item.rule.id,
        cls=ChangeClass.INVALID,
        severity=item.rule.severity,
        message=item.message,
        claim=evidence(item.rule, profile),
        fix=f"keep {keep}; send {leave} without strict mode or in another request",
    )


def finding_of(rule: ProfileRule, hit: Hit, profile: Profile) -> Finding:
    """One violation as a finding: its `claim` is the evidence, its `fix` names the repair."""
    values = {"place": "the schema", **hit.values}
    fix = rule.fix.format(**values)
    if rule.exported:
        fix += f"; repaired by: llmreg export-tool --provider {profile.provider}{' --strict' if profile.strict else ''}"
    return Finding(
        rule=rule.id,
        cls=ChangeClass.INVALID,
        severity=rule.severity,
        message=rule.message.format(**values),
        reader=Place(hit.pointer),
        claim=evidence(rule, profile),
        fix=fix,
    )


def evidence(rule: ProfileRule, profile: Profile) -> str:
    """`openai-strict@2026-08: doc, seen 2026-08-23, https://…; the request is refused`."""
    return f"{profile.label}: {rule.evidence}; {EFFECTS[rule.effect]}"


def verdict(profile: Profile, findings: Sequence[Finding]) -> str:
    """The sentence for people: what no finding means, and what it does not."""
    wrong = sum(finding.severity is Severity.ERROR for finding in findings)
    if not findings:
        return f"no rule of {profile.label} is violated"
    if not wrong:
        return f"no rule of {profile.label} that refuses is violated; see the warnings"
    return f"{wrong} violation{'s' if wrong != 1 else ''} of {profile.label}"


def compiled(document: Any, profile: Profile, known: Sequence[Finding]) -> list[Finding]:
    """What the installed decoder's own compiler says beyond the rules: a finding where it refuses and no rule did, or
    where it takes what a rule refuses."""
    said = decoder.compile_error(document)
    refused = any(finding.severity is Severity.ERROR for finding in known)
    if bool(said) is refused:
        return []
    claim = f"{profile.label}: llguidance {decoder.available()}, compiled here"
    if said:
        return [_disagreement("compile_refused", Severity.ERROR, f"llguidance refuses the schema: {said}", claim)]
    message = "llguidance takes the schema although a rule of the profile says that it refuses"
    return [_disagreement("compile_accepted", Severity.INFO, message, claim)]


def _disagreement(name: str, severity: Severity, message: str, claim: str) -> Finding:
    return Finding(
        rule=f"llguidance_{name}",
        cls=ChangeClass.INVALID,
        severity=severity,
        message=message,
        reader=Place(""),
        claim=claim,
        fix="trust the compiler, and tell llmreg about the schema",
    )
