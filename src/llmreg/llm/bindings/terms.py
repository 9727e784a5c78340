"""What decides over the severity of a binding's findings: policy, its environment, and waivers that end on a day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from llmreg.compat.judge import Judge
from llmreg.compat.loosened import loosened_finding
from llmreg.compat.policy import Terms, stricter, waives
from llmreg.errors import LlmregError
from llmreg.llm.bindings.resolve import Case
from llmreg.model.binding import Binding
from llmreg.model.finding import Finding, Severity
from llmreg.model.kind import KINDS
from llmreg.model.mode import Mode
from llmreg.model.snapshot import Snapshot
from llmreg.model.subject import RegistryConfig, Rules, Waiver
from llmreg.store.bindings import BindingFile, load_binding


@dataclass(frozen=True, slots=True)
class Policies:
    """`llmreg.yaml` at the head and, where there is one, at the baseline, with the bindings of that snapshot: the
    stricter word of the two counts, as it does for subjects."""

    config: RegistryConfig
    base_config: RegistryConfig | None = None
    base: Snapshot | None = None

    def terms(self, file: BindingFile) -> Terms:
        """What is in force for a binding's own findings."""
        return Terms(self._rules(file)[0], KINDS["data"], _standing(file.binding))

    def judge(self, judge: Judge, file: BindingFile) -> Judge:
        """A judge of a subject who also minds the binding's own policy, its environment and its waivers."""
        rules, _ = self._rules(file)
        own = {key: rules.policy[key] for key in file.binding.policy if key in rules.policy}
        terms = judge.terms
        merged = replace(terms.rules, policy={**terms.rules.policy, **own}, ceiling=rules.ceiling)
        return replace(judge, terms=terms._replace(rules=merged, waivers=(*terms.waivers, *_standing(file.binding))))

    def loosened(self, file: BindingFile) -> Iterator[Finding]:
        """What the binding's file made looser since the baseline, and its new waivers."""
        for change in self._rules(file)[1]:
            yield loosened_finding(f"{change}: judged at the stricter of the two", file.path)
        if self.base is None:
            return
        before = self._before(file.name)
        for waiver in file.binding.waivers:
            if before is None or waiver not in before.waivers:
                yield loosened_finding(f"new waiver ({', '.join(waiver.allow)}): {waiver.told}", file.path)

    def _rules(self, file: BindingFile) -> tuple[Rules, tuple[str, ...]]:
        """The rules in force, and what the head loosened."""
        head = _rules(self.config, file.binding)
        before = self._before(file.name)
        return (head, ()) if before is None else stricter(_rules(self.base_config or self.config, before), head)

    def _before(self, name: str) -> Binding | None:
        """None for a binding that is new, or whose earlier file cannot be read."""
        if self.base is None:
            return None
        try:
            return load_binding(self.base, name).binding
        except LlmregError:
            return None


def expired(waiver: Waiver) -> bool:
    """Whether its last day is over, in UTC."""
    return waiver.until is not None and waiver.until < datetime.now(UTC).date().isoformat()


def idle(case: Case, found: Sequence[Finding], known: Collection[str]) -> tuple[int, ...]:
    """The places of the waivers that exempt nothing of what was found. One that names another rule than those `known`
    and the profiles' is for what a change does, and may wait for it."""
    ids = {*known, *(rule.id for profile in case.profiles for rule in profile.rules)}
    return tuple(
        number
        for number, waiver in enumerate(case.binding.waivers)
        if not expired(waiver)
        and {item.partition(":")[0].replace("-", "_") for item in waiver.allow} <= ids
        and not any(waives(waiver, finding) for finding in found)
    )


def _standing(binding: Binding) -> tuple[Waiver, ...]:
    return tuple(waiver for waiver in binding.waivers if not expired(waiver))


def _rules(config: RegistryConfig, binding: Binding) -> Rules:
    """A binding has no mode and no writer of its own."""
    ceiling = config.environments.get(binding.environment or "", Severity.ERROR)
    return Rules(Mode.NONE, "closed", config.breaking, {**config.policy, **binding.policy}, ceiling=ceiling)
