"""Bindings: a model with the subjects that it reads and writes, each by a range of versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from llmreg.model.finding import Severity
from llmreg.model.record import dataclass, field
from llmreg.model.subject import Waiver


class _Left:
    """A side of a call of the model that nobody gave: None is a document like any other."""


LEFT_OUT: Final = _Left()


class Target(NamedTuple):
    """`chat/reply@^1.2`: a subject and a range as npm writes them; "" is the latest version."""

    subject: str
    range: str

    def __str__(self) -> str:
        return f"{self.subject}@{self.range}" if self.range else self.subject


@dataclass(frozen=True, slots=True)
class Binding:
    """One file of `bindings/`. `model` is free text. `profiles` are the ids (with `@date` or without) that everything
    below has to meet. `input` is what the application fills in, `output` what the model answers. `policy` gives
    severities by change class or rule id; each of the `waivers` has its last day."""

    name: str
    model: str
    profiles: tuple[str, ...] = ()
    input: Target | None = None
    output: Target | None = None
    prompt: Target | None = None
    tools: tuple[Target, ...] = ()
    environment: str | None = None
    description: str | None = None
    owner: str | None = None
    custom: Mapping[str, Any] = field(default_factory=dict)
    policy: Mapping[str, Severity] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()

    def targets(self) -> Iterator[tuple[str, Target]]:
        """(role, target): `input`, `output`, `prompt`, then each tool as `tools/0`, `tools/1`, …"""
        for role in ("input", "output", "prompt"):
            target = getattr(self, role)
            if target is not None:
                yield role, target
        for number, target in enumerate(self.tools):
            yield f"tools/{number}", target
