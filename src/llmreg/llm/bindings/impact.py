"""What a changed version means to those who depend on it: bindings, and schemas that refer to the subject."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from llmreg.compat.judge import Earlier, Judge, Judgement
from llmreg.compat.schemas import Schemas
from llmreg.llm.bindings.check import binding_findings
from llmreg.llm.bindings.provider import is_budget
from llmreg.llm.bindings.resolve import Bound, Candidate, Case, resolve, takes
from llmreg.model.finding import ChangeClass, Finding, Severity
from llmreg.model.mode import Direction
from llmreg.model.report import Undecided, Verdict
from llmreg.model.version import Version
from llmreg.store.bindings import BindingFile

_SEEN = frozenset({ChangeClass.PROMPT_VISIBLE, ChangeClass.ORDER})
_TOLD = frozenset({Severity.ERROR, Severity.WARN})
_BY_RULE = {"range_unmatched": "range_unmatched", "input_refused": "template_broken"}


@dataclass(frozen=True, slots=True)
class Changed:
    """One version that is new: `what` is `added`, `pending`, or `status` where only deprecation or retirement changed.

    `judge` has the terms of the subject; `candidate` is the pending version."""

    subject: str
    version: Version
    what: str
    verdict: str
    judge: Judge
    candidate: Candidate | None = None


@dataclass(frozen=True, slots=True)
class Dependant:
    """One who depends on a changed subject. `kind` is `binding` (with its `role`) or `reference`; `matches`: the range
    holds the changed version; `before` and `after` are the versions that it means. `effects` are codes, the worst
    first: `range_unmatched`, `mode_violated`, `template_broken`, `profile_broken`, `budget_exceeded`,
    `binding_broken`, `undecided`, `prompt_visible`, `pinned`."""

    kind: str
    name: str
    range: str
    matches: bool
    role: str | None = None
    before: str | None = None
    after: str | None = None
    effects: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    note: str = ""

    @property
    def fails(self) -> bool:
        """Whether the change breaks it, or nobody can say that it does not."""
        return bool(self.undecided) or any(finding.severity is Severity.ERROR for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        names = ("kind", "name", "role", "range", "matches", "before", "after")
        return {
            **{name: getattr(self, name) for name in names},
            "effects": list(self.effects),
            "findings": [finding.to_json() for finding in self.findings],
            "undecided": [item.to_json() for item in self.undecided],
            "note": self.note,
        }


@dataclass(frozen=True)
class Impact:
    """Answers for one registry: `base` is what it was before the change, None where there is nothing before."""

    head: Schemas
    base: Schemas | None
    bindings: Sequence[BindingFile]
    _cases: dict[tuple[str, str], tuple[Case, list[Finding]]] = field(default_factory=dict)

    def bound_to(self, change: Changed) -> Iterator[Dependant]:
        """Every role of every binding that names the subject."""
        for file in self.bindings:
            for role, target in file.binding.targets():
                if target.subject == change.subject:
                    yield self._role(change, file, role)

    def _role(self, change: Changed, file: BindingFile, role: str) -> Dependant:
        target = dict(file.binding.targets())[role]
        after, found = self._after(change, file)
        new = next((bound for bound in after.bound if bound.role == role), None)
        before, known = self._before(change, file)
        old = next((bound for bound in before.bound if bound.role == role), None) if before else None
        matches = takes(target, change.version)
        here: dict[str, Any] = {
            "kind": "binding",
            "name": file.name,
            "role": role,
            "range": target.range,
            "matches": matches,
            "before": str(old.version) if old else None,
            "after": str(new.version) if new else None,
        }
        if new is not None and change.what != "status" and new.version != change.version:
            return Dependant(**here, note=_passed_over(matches, new))
        judged = _judged(change, role, old, new)
        seen = change.judge.changes(old.schema, new.schema) if old and new and old.version != new.version else ()
        findings = [*judged.findings, *_fresh(found, known), *(item for item in seen if item.cls in _SEEN)]
        findings = [item for item in findings if item.severity in _TOLD]
        effects = {effect: None for item in findings for effect in [_effect(item, after)]}
        effects |= {"undecided": None} if judged.undecided else {}
        order = sorted(effects, key=_ORDER.index)
        return Dependant(**here, effects=tuple(order), findings=tuple(findings), undecided=judged.undecided)

    def _after(self, change: Changed, file: BindingFile) -> tuple[Case, list[Finding]]:
        candidates = {change.subject: change.candidate} if change.candidate else {}
        key = f"{change.subject}@{change.version}" if candidates else ""
        return self._case(file, key, lambda: resolve(file, self.head, candidates))

    def _before(self, change: Changed, file: BindingFile) -> tuple[Case | None, list[Finding]]:
        """The binding without the change: a pending version is not registered, an added one not in the baseline."""
        if change.candidate is not None:
            return self._case(file, "", lambda: resolve(file, self.head))
        base = self.base
        return (None, []) if base is None else self._case(file, "base", lambda: resolve(file, base))

    def _case(self, file: BindingFile, key: str, make: Callable[[], Case]) -> tuple[Case, list[Finding]]:
        if (file.name, key) not in self._cases:
            case = make()
            self._cases[file.name, key] = (case, binding_findings(case))
        return self._cases[file.name, key]


_ORDER = (
    "range_unmatched",
    "mode_violated",
    "template_broken",
    "profile_broken",
    "budget_exceeded",
    "binding_broken",
    "undecided",
    "prompt_visible",
)


def referring(
    change: Changed, users: Mapping[str, Sequence[str]], latest: Callable[[str], str | None]
) -> Iterator[Dependant]:
    """The latest versions that pin an earlier version of the subject: nothing changes for them until they pin anew.

    `users` are the users of each `subject@version`; `latest` gives the latest version of a subject."""
    for pin, names in sorted(users.items()):
        subject, _, version = pin.rpartition("@")
        if subject != change.subject:
            continue
        for name in sorted(names):
            user, _, number = name.rpartition("@")
            if latest(user) == number:
                same = version == str(change.version)
                note = (
                    "refers to this version" if same else f"pinned to {version}: not affected until it is pinned anew"
                )
                yield Dependant("reference", name, version, same, effects=() if same else ("pinned",), note=note)


def _passed_over(matches: bool, new: Bound) -> str:
    if matches:
        return f"stays at {new.version}, which is higher"
    return f"stays at {new.version}: the range does not hold this version"


def _judged(change: Changed, role: str, old: Bound | None, new: Bound | None) -> Judgement:
    """The mode of the role: what the model answers must suit those who read the old version; everything else that the
    old version allowed must suit the new one."""
    if old is None or new is None or old.version == new.version:
        return Judgement(Verdict.COMPATIBLE)
    direction = Direction.FORWARD if role == "output" else Direction.BACKWARD
    judged = change.judge.pair(Earlier(old.version, lambda: old.schema), new.schema, direction)
    return judged._replace(findings=tuple(item for item in judged.findings if item.severity in _TOLD))


def _fresh(found: list[Finding], known: list[Finding]) -> list[Finding]:
    """What the binding did not have before the change."""
    before = {_key(finding) for finding in known}
    return [finding for finding in found if _key(finding) not in before]


def _key(finding: Finding) -> tuple[object, ...]:
    return finding.rule, finding.line, finding.reader.pointer if finding.reader else None


def _effect(finding: Finding, case: Case) -> str:
    if finding.cls in _SEEN:
        return "prompt_visible"
    if finding.rule in _BY_RULE:
        return _BY_RULE[finding.rule]
    if is_budget(finding, case):
        return "budget_exceeded"
    if any(rule.id == finding.rule for profile in case.profiles for rule in profile.rules):
        return "profile_broken"
    return "mode_violated" if finding.direction is not None else "binding_broken"
