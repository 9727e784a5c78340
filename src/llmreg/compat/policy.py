"""Policy: which severity a finding has here, and what is exempt.

A policy key is a rule id or a class; the rule's own word goes before its class's. A dash and an underscore are the
same in a rule id, so that `property-removed` in a file means the rule `property_removed`.
"""

from __future__ import annotations

from typing import NamedTuple

from llmreg.model.finding import ChangeClass, Finding, Severity
from llmreg.model.kind import Kind
from llmreg.model.mode import Mode
from llmreg.model.record import replace
from llmreg.model.subject import NO_POLICY, Rules, Waiver

_CHANGES = frozenset(ChangeClass) - {ChangeClass.INTEGRITY, ChangeClass.INVALID}


class Terms(NamedTuple):
    """What is in force while one version is judged."""

    rules: Rules
    kind: Kind
    waivers: tuple[Waiver, ...] = ()
    budget_seconds: float = 2.0

    def apply(self, finding: Finding) -> Finding:
        """The finding with the severity that policy gives it, and its waiver if it has one."""
        severity = min(self._severity(finding), self.rules.ceiling, key=lambda severity: severity.rank)
        finding = replace(finding, severity=severity)
        waiver = next((item for item in self.waivers if waives(item, finding)), None)
        if severity is Severity.ERROR and waiver is not None:
            return replace(finding, severity=Severity.INFO, waived=waiver.told)
        return finding

    def _severity(self, finding: Finding) -> Severity:
        policy = self.rules.policy
        by_rule = {_plain(key): severity for key, severity in policy.items()}.get(_plain(finding.rule))
        if by_rule is not None:
            return by_rule
        if finding.cls in policy and finding.cls in _CHANGES and finding.severity is not Severity.OFF:
            return policy[finding.cls]
        if finding.cls is ChangeClass.IGNORED and finding.severity is not Severity.OFF:
            return Severity.ERROR if self.kind.ignored_fails else Severity.WARN
        return finding.severity


def stricter(base: Rules, head: Rules) -> tuple[Rules, tuple[str, ...]]:
    """The stricter of two sets of rules, setting by setting, and what got looser in the head, in words."""
    loosened = []
    if not head.mode.covers(base.mode):
        loosened.append(f"mode {base.mode} → {head.mode}")
    if base.writer == "open" and head.writer == "closed":
        loosened.append("writer open → closed")
    if base.breaking == "forbid" and head.breaking != "forbid":
        loosened.append("breaking: forbid was lifted")
    policy = dict(head.policy)
    for key in sorted({*base.policy, *head.policy}):
        before, after = base.policy.get(key), head.policy.get(key)
        if _looser(before, after):
            loosened.append(f"policy {key}: {before or 'default'} → {after or 'default'}")
            if before is None:
                policy.pop(key)
            else:
                policy[key] = before
    like = base.like
    if head.like != base.like:
        loosened.append(f"policy like: {_named(base.like)} → {_named(head.like)}")
        like = tuple(dict.fromkeys((*(base.like or ("",)), *(head.like or ("",)))))
    if head.ceiling.rank < base.ceiling.rank:
        loosened.append(f"findings are at most: {base.ceiling} → {head.ceiling}")
    return Rules(
        mode=base.mode.union(head.mode) if base.mode is not Mode.NONE else head.mode,
        writer="open" if "open" in (base.writer, head.writer) else "closed",
        breaking="forbid" if "forbid" in (base.breaking, head.breaking) else head.breaking,
        policy=policy,
        like=like,
        ceiling=max(base.ceiling, head.ceiling, key=lambda severity: severity.rank),
    ), tuple(loosened)


def _named(like: tuple[str, ...]) -> str:
    return ", ".join(like) or NO_POLICY


def _looser(before: Severity | None, after: Severity | None) -> bool:
    """A missing entry is the rule's own default: for a key that lowers, its arrival loosens."""
    if before == after:
        return False
    if before is None:
        return after is not Severity.ERROR
    if after is None:
        return before is Severity.ERROR
    return after.rank < before.rank


def waives(waiver: Waiver, finding: Finding) -> bool:
    """Whether the finding is exempt; a day that is over is not looked at here."""
    pointers = tuple(place.pointer for place in (finding.writer, finding.reader) if place is not None)
    allow = tuple(_plain_item(item) for item in waiver.allow)
    return replace(waiver, allow=allow).covers(_plain(finding.rule), pointers)


def _plain(rule: str) -> str:
    return rule.replace("-", "_")


def _plain_item(item: str) -> str:
    rule, colon, pointer = item.partition(":")
    return _plain(rule) + colon + pointer
