"""What a changed version means to those who depend on it: bindings, and schemas that refer to the subject."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from llmreg.compat.judge import Earlier, Judge, Judgement
from llmreg.compat.schemas import Schemas
from llmreg.compat.subject import SubjectCase
from llmreg.llm.bindings.check import binding_findings
from llmreg.llm.bindings.given import variables_target
from llmreg.llm.bindings.provider import is_budget
from llmreg.llm.bindings.resolve import Bound, Candidate, Candidates, Case, resolve, takes
from llmreg.llm.bindings.terms import Policies
from llmreg.llm.profiles.generation import order_findings, with_followers
from llmreg.llm.profiles.profile import Profile
from llmreg.llm.prompts.registry import Draft, Prompts
from llmreg.model.binding import Target
from llmreg.model.finding import ChangeClass, Finding, Severity
from llmreg.model.mode import Direction
from llmreg.model.report import Undecided, Verdict
from llmreg.model.subject import latest_of
from llmreg.model.version import Version
from llmreg.store.bindings import BindingFile

_SEEN = frozenset({ChangeClass.PROMPT_VISIBLE, ChangeClass.ORDER})
_TOLD = frozenset({Severity.ERROR, Severity.WARN})
_BY_RULE = {
    "range_unmatched": "range_unmatched",
    "input_refused": "template_broken",
    "template_unfilled": "template_broken",
    "input_undecided": "undecided",
}
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
VARIABLES = "prompt/variables"


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
    """One who depends on a changed subject. `kind` is `binding` (with its `role`), `prompt` or `reference`; `matches`:
    the range holds the changed version; `before` and `after` are the versions that it means. `effects` are codes, the
    worst first: `range_unmatched`, `mode_violated`, `template_broken`, `profile_broken`, `budget_exceeded`,
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
    ceiling: Severity = Severity.ERROR

    @property
    def fails(self) -> bool:
        """Whether the change breaks it, or nobody can say that it does not, where that may be an error."""
        errors = any(finding.severity is Severity.ERROR for finding in self.findings)
        return errors or (bool(self.undecided) and self.ceiling is Severity.ERROR)

    def to_json(self) -> dict[str, Any]:
        names = ("kind", "name", "role", "range", "matches", "before", "after")
        return {
            **{name: getattr(self, name) for name in names},
            "effects": list(self.effects),
            "findings": [finding.to_json() for finding in self.findings],
            "undecided": [item.to_json() for item in self.undecided],
            "broken": self.fails,
            "note": self.note,
        }


@dataclass(frozen=True)
class Impact:
    """Answers for one registry: `base` is what it was before the change, None where there is nothing before. `pending`:
    every working file that waits to be registered, because one is judged together with the others."""

    head: Schemas
    base: Schemas | None
    bindings: Sequence[BindingFile]
    policies: Policies
    pending: Candidates = field(default_factory=dict)
    _cases: dict[tuple[str, str], tuple[Case, list[Finding]]] = field(default_factory=dict)

    def bound_to(self, change: Changed) -> Iterator[Dependant]:
        """Every role of every binding that names the subject, and the bindings that it reaches only as the variables
        of their prompt."""
        for file in self.bindings:
            roles = [role for role, target in file.binding.targets() if target.subject == change.subject]
            yield from (self._role(change, file, role) for role in roles)
            prompt = file.binding.prompt
            variables = variables_target(self.head, prompt.subject) if prompt is not None and not roles else None
            if variables is not None and variables.subject == change.subject:
                yield self._through_prompt(change, file, variables)

    def _through_prompt(self, change: Changed, file: BindingFile, target: Target) -> Dependant:
        """A binding whose prompt's variables changed: does the prompt still take the input?"""
        matches = takes(target, change.version)
        here: dict[str, Any] = {"name": file.name, "role": VARIABLES, "range": target.range, "matches": matches}
        if not matches:
            return Dependant("binding", **here, note="the prompt's range does not hold this version")
        after, found = self._after(change, file)
        _, known = self._before(change, file)
        findings = _told(_fresh(found, known))
        return Dependant("binding", **here, effects=_effects(findings, after), findings=tuple(findings))

    def prompts_of(self, change: Changed, names: Iterable[str]) -> Iterator[Dependant]:
        """The prompts among `names` whose variables are the subject: does every path of the template still hold?"""
        prompts = Prompts(self.head, self.head)
        draft = Draft(change.subject, change.version, change.candidate.schema) if change.candidate else None
        for name in prompts.users(names, change.subject):
            subject = self.head.subject(name)
            target = variables_target(self.head, name)
            line = latest_of(subject.ledger, subject.config)
            if target is None or line is None:
                continue
            matches = takes(target, change.version)
            waits = self.pending.get(name)
            number = waits.version if waits is not None else line.version
            here: dict[str, Any] = {"name": f"{name}@{number}", "range": target.range, "matches": matches}
            if not matches:
                yield Dependant("prompt", **here, note="the range does not hold this version")
                continue
            schema = waits.schema if waits is not None else self.head.registered(subject, line.version)
            known = prompts.of_prompt(subject, schema).findings if draft is not None else ()
            judged = prompts.of_prompt(subject, schema, draft)
            terms = SubjectCase(subject, self.head, self.policies.config).judge(str(line.version)).terms
            findings = _told(map(terms.apply, _fresh(judged.findings, known)))
            broken = any(item.severity is Severity.ERROR for item in findings)
            told = {"template_broken": broken, "undecided": bool(judged.undecided)}
            effects = tuple(name for name, holds in told.items() if holds)
            yield Dependant("prompt", **here, effects=effects, findings=tuple(findings), undecided=judged.undecided)

    def _role(self, change: Changed, file: BindingFile, role: str) -> Dependant:
        target = dict(file.binding.targets())[role]
        after, found = self._after(change, file)
        new = next((bound for bound in after.bound if bound.role == role), None)
        before, known = self._before(change, file)
        old = next((bound for bound in before.bound if bound.role == role), None) if before else None
        here: dict[str, Any] = {
            "kind": "binding",
            "name": file.name,
            "role": role,
            "range": target.range,
            "matches": takes(target, change.version),
            "before": str(old.version) if old else None,
            "after": str(new.version) if new else None,
        }
        if new is not None and change.what != "status" and new.version != change.version:
            return Dependant(**here, note=_passed_over(here["matches"], new))
        judge = self.policies.judge(change.judge, file)
        judged = _judged(judge, role, old, new)
        profiles = after.profiles if role == "output" or role.startswith("tools/") else ()
        findings = [*_told(judged.findings), *_told(_fresh(found, known)), *_seen(judge, old, new, profiles)]
        effects = _effects(findings, after) + (("undecided",) if judged.undecided else ())
        ceiling = judge.terms.rules.ceiling
        return Dependant(**here, effects=effects, findings=tuple(findings), undecided=judged.undecided, ceiling=ceiling)

    def _after(self, change: Changed, file: BindingFile) -> tuple[Case, list[Finding]]:
        candidates = {**self.pending, change.subject: change.candidate} if change.candidate else {}
        key = f"{change.subject}@{change.version}" if candidates else ""
        return self._case(file, key, lambda: resolve(file, self.head, candidates))

    def _before(self, change: Changed, file: BindingFile) -> tuple[Case | None, list[Finding]]:
        """The binding without the change: a pending version is not registered, an added one not in the baseline."""
        if change.candidate is not None:
            others = {name: item for name, item in self.pending.items() if name != change.subject}
            return self._case(file, f"without {change.subject}", lambda: resolve(file, self.head, others))
        base = self.base
        return (None, []) if base is None else self._case(file, "base", lambda: resolve(file, base))

    def _case(self, file: BindingFile, key: str, make: Callable[[], Case]) -> tuple[Case, list[Finding]]:
        if (file.name, key) not in self._cases:
            case = make()
            self._cases[file.name, key] = (case, binding_findings(case, self.policies))
        return self._cases[file.name, key]


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


def _judged(judge: Judge, role: str, old: Bound | None, new: Bound | None) -> Judgement:
    """The mode of the role: what the model answers must suit those who read the old version; everything else that the
    old version allowed must suit the new one."""
    if old is None or new is None or old.version == new.version:
        return Judgement(Verdict.COMPATIBLE)
    direction = Direction.FORWARD if role == "output" else Direction.BACKWARD
    return judge.pair(Earlier(old.version, lambda: old.schema), new.schema, direction)


def _told(findings: Iterable[Finding]) -> list[Finding]:
    """What is worth telling of a change: also what a waiver exempts, which is a note by then."""
    return [finding for finding in findings if finding.waived or finding.severity in _TOLD]


def _seen(judge: Judge, old: Bound | None, new: Bound | None, profiles: Sequence[Profile]) -> list[Finding]:
    """What a model sees of the step: text and order, the order also as `profiles` generate it."""
    if old is None or new is None or old.version == new.version:
        return []
    changes = with_followers(judge.changes(old.schema, new.schema), old.schema, new.schema, profiles)
    moved = map(judge.terms.apply, order_findings(old.schema, new.schema, profiles))
    return [item for item in (*changes, *moved) if item.cls in _SEEN and item.severity is not Severity.OFF]


def _effects(findings: Sequence[Finding], case: Case) -> tuple[str, ...]:
    """Each once, the worst first."""
    return tuple(sorted({_effect(finding, case) for finding in findings}, key=_ORDER.index))


def _fresh(found: Sequence[Finding], known: Sequence[Finding]) -> list[Finding]:
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
