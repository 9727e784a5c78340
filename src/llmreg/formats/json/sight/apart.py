"""Whether no value satisfies two schemas, seen from their texts: by type, by listed values, or by a tag that both need.

A No says nothing. Branches that are apart make `oneOf` a union like `anyOf`, and exactly one of them speaks of a value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any, Final

from llmreg.formats.json.equality import key_of

_MOST: Final = 64  # branches


def all_apart(branches: Sequence[Any], resolved: Callable[[Any], Any], judging: frozenset[str]) -> bool:
    """Whether no two of the branches take the same value; `resolved` follows references, `judging` are the keywords
    of the draft."""
    if len(branches) > _MOST:
        return False
    found = [_Said(resolved(branch), judging) for branch in branches]
    return all(one.is_apart(other, resolved) for one, other in combinations(found, 2))


class _Said:
    """What a schema says of the types and values that it takes."""

    def __init__(self, schema: Any, judging: frozenset[str]) -> None:
        self._judging = judging
        self._schema: dict[str, Any] = schema if isinstance(schema, dict) and "$ref" not in schema else {}
        named = self._schema.get("type")
        self.types = frozenset([named] if isinstance(named, str) else named or ())
        self.values = self._listed()
        self.tags: dict[str, Any] = {}
        if self.types == {"object"}:
            declared = self._schema.get("properties", {})
            self.tags = {name: declared[name] for name in self._schema.get("required", ()) if name in declared}

    def _listed(self) -> frozenset[Any] | None:
        if "const" in self._schema and "const" in self._judging:
            return frozenset({key_of(self._schema["const"])})
        return frozenset(map(key_of, self._schema["enum"])) if "enum" in self._schema else None

    def is_apart(self, other: _Said, resolved: Callable[[Any], Any]) -> bool:
        if self._differs(other):
            return True
        return any(
            _Said(resolved(schema), self._judging)._differs(_Said(resolved(other.tags[name]), self._judging))
            for name, schema in self.tags.items()
            if name in other.tags
        )

    def _differs(self, other: _Said) -> bool:
        if self.values is not None and other.values is not None and self.values.isdisjoint(other.values):
            return True
        if not self.types or not other.types or not self.types.isdisjoint(other.types):
            return False
        return not ({"integer", "number"} <= self.types | other.types)
