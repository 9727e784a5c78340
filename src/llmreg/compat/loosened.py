"""A check runs at the stricter of base and head, and says what got looser (`policy-loosened`).

Why it breaks:
    Whoever may change a schema may also change the rules in the same pull request. If the new rules counted at once, a
    break could bring its own permission.

Example:
    A pull request removes a property and sets `mode: NONE`: it is judged under the mode that the baseline has.

Instead:
    Loosen rules in a change of its own, reviewed as such, before the change that needs them. A waiver for a version
    that the same change adds does count, and is told.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.compat.policy import stricter
from llmreg.compat.subject import SubjectCase
from llmreg.model.finding import ChangeClass, Finding, Severity
from llmreg.model.mode import Mode
from llmreg.model.subject import RegistryConfig, Rules, named_policy
from llmreg.store import layout

RULE = "policy-loosened"


def subject_findings(case: SubjectCase) -> Iterator[Finding]:
    """What `subject.yaml`, or the kind, made looser since the baseline; and exemptions for versions that stand."""
    path = layout.config_path(case.subject.name)
    _, loosened = case.rules()
    for change in loosened:
        yield loosened_finding(f"{change}: judged at the stricter of the two", path)
    if case.base is None:
        return
    before = case.base.config.waivers
    known = {str(line.version) for line in case.base.ledger}
    for version, waiver in case.subject.config.waivers.items():
        if version in known and waiver != before.get(version):
            yield loosened_finding(f"a waiver for {version}, which is registered already, was added or widened", path)
        elif waiver != before.get(version):
            yield loosened_finding(f"new waiver for {version} ({', '.join(waiver.allow)}): {waiver.reason}", path)


def config_findings(base: RegistryConfig | None, head: RegistryConfig) -> Iterator[Finding]:
    """What `llmreg.yaml` made looser for the whole registry; modes and policy are also judged subject by subject."""
    if base is None:
        return
    _, loosened = stricter(_defaults(base), _defaults(head))
    for change in loosened:
        yield loosened_finding(f"{change}: judged at the stricter of the two", layout.REGISTRY_FILE)
    for name in sorted({*base.environments, *head.environments}):
        before, after = (config.environments.get(name, Severity.ERROR) for config in (base, head))
        if after.rank < before.rank:
            message = f"environments {name}: {before} → {after}: judged at the stricter of the two"
            yield loosened_finding(message, layout.REGISTRY_FILE)
    if head.max_schema_bytes > base.max_schema_bytes:
        yield loosened_finding(
            f"max_schema_bytes {base.max_schema_bytes} → {head.max_schema_bytes}", layout.REGISTRY_FILE
        )
    if head.drift.rank < base.drift.rank:
        yield loosened_finding(f"drift {base.drift} → {head.drift}", layout.REGISTRY_FILE)


def _defaults(config: RegistryConfig) -> Rules:
    return Rules(
        config.mode or Mode.NONE, config.writer or "closed", config.breaking, config.policy, named_policy(config.like)
    )


def loosened_finding(message: str, path: str) -> Finding:
    """One loosening as a finding at `path`."""
    return Finding(
        rule=RULE,
        cls=ChangeClass.INTEGRITY,
        severity=Severity.WARN,
        message=message,
        fix="loosen rules in a change of its own, before the change that needs them",
        file=path,
    )
