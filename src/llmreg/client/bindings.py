"""What the client returns of bindings: a model with the versions that it reads and writes now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from llmreg.client.results import Json, Result, take
from llmreg.errors import NotFoundError, UsageError


@dataclass(frozen=True, slots=True)
class BoundVersion:
    """One role of a binding: `input`, `output`, `prompt` or `tools/0`. `range` is what its file says."""

    role: str
    subject: str
    range: str
    version: str
    sha256: str
    digests: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding(Result):
    """A model with the versions that it reads and writes now. `problems`: the roles that no version fills. What its
    file says of them, of policy and waivers, stands in `facts` under the names of the file's settings."""

    name: str
    model: str
    bound: tuple[BoundVersion, ...]
    problems: tuple[str, ...]
    facts: Json

    @classmethod
    def of(cls, body: Json) -> Self:
        facts = {key: value for key, value in body.items() if key not in ("name", "model", "bound", "problems")}
        return take(cls, body, facts=facts)

    def role(self, name: str) -> BoundVersion:
        """What fills a role. Raises NotFoundError where its range means nothing, UsageError where it has none."""
        for bound in self.bound:
            if bound.role == name:
                return bound
        for problem in self.problems:
            if problem.startswith(f"{name}: "):
                raise NotFoundError(f"{self.name}: {problem}")
        raise UsageError(f"the binding {self.name} has no {name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bindings(Result):
    """Every binding, by name."""

    items: tuple[Binding, ...]
