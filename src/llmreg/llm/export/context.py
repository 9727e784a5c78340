"""What the parts of a projection share: the target, the manifest, and the way back to the whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from llmreg.errors import LimitError
from llmreg.llm.export.steps import Effect, Step
from llmreg.llm.export.targets import Target

DROP = "\0drop"  # on an object while it is built: the properties whose null means that they are absent
Projected = dict[str, Any] | bool
_MAX_NODES = 20_000
_SCALARS = ("string", "number", "boolean", "null")


@dataclass(slots=True)
class Context:
    """`node(schema, pointer)` projects a subschema: a schema of the target, or False where nothing can be said.

    `optional` is what the caller asked for; None is the target's own way. `holds(schema, value)` judges a value."""

    target: Target
    optional: str | None
    node: Callable[[Any, str], Projected]
    holds: Callable[[Mapping[str, Any], Any], bool]
    steps: dict[tuple[str, str], Step] = field(default_factory=dict)
    nodes: int = 0

    def value(self, schema: Any, pointer: str) -> Projected:
        """A subschema where a value stands by itself: null alone cannot be said where it is a flag on others."""
        found = self.node(schema, pointer)
        if self.target.nullable and isinstance(found, dict) and found.get("type") == "null":
            self.tell("null", pointer, Effect.NARROWS, "null alone cannot be said there")
            return False
        return found

    def tell(self, what: str, pointer: str, effect: Effect, why: str, *, asked: bool = False) -> None:
        """Write one step into the manifest; the same step at the same place once."""
        self.steps.setdefault((what, pointer), Step(what, pointer, effect, why, asked))

    def spend(self) -> None:
        """Count one subschema. Raises LimitError when references written out grow too large."""
        self.nodes += 1
        if self.nodes > _MAX_NODES:
            raise LimitError(f"the schema has more than {_MAX_NODES} subschemas once its references are written out")

    def anything(self, pointer: str) -> Projected:
        """Any value at all; where the target needs a type, any scalar."""
        if self.target.untyped:
            return {}
        self.tell("untyped", pointer, Effect.NARROWS, "the provider needs a type: only scalars can be written here")
        return self.union([{"type": name} for name in _SCALARS])

    def union(self, branches: list[dict[str, Any]]) -> Projected:
        """One schema for any of several, null said in the target's way; False for none."""
        flat: list[dict[str, Any]] = []
        for branch in branches:
            inner = branch["anyOf"] if set(branch) == {"anyOf"} else [branch]
            flat += [item for item in inner if item not in flat]
        if {} in flat:
            return {}
        null = {"type": "null"}
        if not self.target.nullable or null not in flat:
            return {"anyOf": flat} if len(flat) > 1 else flat[0] if flat else False
        rest = [item for item in flat if item != null]
        if not rest:
            return null
        return {**rest[0], "nullable": True} if len(rest) == 1 else {"anyOf": rest, "nullable": True}
