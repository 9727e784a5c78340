"""A binding as people and programs are told of it: what its file says, and what every range resolves to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from llmreg.compat.schemas import Schemas
from llmreg.errors import LlmregError
from llmreg.llm.bindings.resolve import Bound, Case, resolve
from llmreg.model.binding import Binding
from llmreg.model.snapshot import Snapshot
from llmreg.store.bindings import load_bindings


@dataclass(frozen=True, slots=True)
class Shown:
    """One binding, each role with the version that it resolves to. `problems`: the roles that nothing fills."""

    binding: Binding
    roles: tuple[Mapping[str, Any], ...]
    problems: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {**facts(self.binding), "bound": list(self.roles), "problems": list(self.problems)}


def shown(case: Case) -> Shown:
    """A resolved binding as people and programs are told of it."""
    problems = tuple(f"{item.role}: {item.target}: {item.error.message}" for item in case.unbound)
    return Shown(case.binding, tuple(map(_role, case.bound)), problems)


def facts(binding: Binding) -> dict[str, Any]:
    """What the file says; what it does not say is left out."""
    facts: dict[str, Any] = {"name": binding.name, "model": binding.model}
    for name in ("environment", "owner", "description"):
        if getattr(binding, name) is not None:
            facts[name] = getattr(binding, name)
    facts["profiles"] = list(binding.profiles)
    for role in ("input", "output", "prompt"):
        if getattr(binding, role) is not None:
            facts[role] = str(getattr(binding, role))
    facts["tools"] = [str(target) for target in binding.tools]
    if binding.policy:
        facts["policy"] = {key: severity.value for key, severity in binding.policy.items()}
    if binding.waivers:
        facts["waivers"] = [
            {"allow": list(item.allow), "reason": item.reason, "until": item.until} for item in binding.waivers
        ]
    return facts | ({"custom": dict(binding.custom)} if binding.custom else {})


def _role(bound: Bound) -> Mapping[str, Any]:
    line = next(line for line in bound.subject.ledger if line.version == bound.version)
    return {
        "role": bound.role,
        "subject": bound.subject.name,
        "range": bound.target.range,
        "version": str(bound.version),
        "sha256": line.sha256,
        "digests": dict(bound.schema.digests()),
    }


def all_shown(snapshot: Snapshot, schemas: Schemas) -> Iterator[dict[str, Any]]:
    """Every binding that can be read, resolved, by name: what an index keeps."""
    for _, found in load_bindings(snapshot):
        if not isinstance(found, LlmregError):
            yield shown(resolve(found, schemas)).to_json()
