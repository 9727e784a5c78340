"""Which properties of several branches of a union may stand in one document, which no branch alone can say once it is
closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from llmreg.llm.export.exclusive import Opened, exclusive

_SAID = frozenset({"additionalProperties", "unevaluatedProperties", "patternProperties"})
_OPEN = {"additionalProperties": True}
_MOST = 20_000  # pairs of schemas that are looked at
_DEEPEST = 4


class Mixing:
    """`opened` follows the references of a schema."""

    def __init__(self, opened: Callable[[Any], Any]) -> None:
        self._opened = opened
        self._looked = 0

    def told(self, branches: Sequence[Opened]) -> str | None:
        """Why some documents cannot be written, where branches overlap and are closed each by itself; None where none
        are lost. Where the search has to end, that is said, too: it is no proof."""
        pairs = ((one, other) for index, one in enumerate(branches) for other in branches[index + 1 :])
        names = next((found for pair in pairs if (found := self._mixed(*pair, 0)) is not None), None)
        if names is not None:
            return f"each branch is closed by itself: no document can hold `{names[0]}` and `{names[1]}` together"
        return "each branch is closed by itself: too many to find what is lost" if self._looked >= _MOST else None

    def _mixed(self, one: Any, other: Any, depth: int) -> tuple[str, str] | None:
        """A property of each schema that the other has not, where one document may hold both: they overlap, and neither
        says what else an object may hold. Writers write what any of the schemas declares that the document fits."""
        self._looked += 1
        if not isinstance(one, dict) or not isinstance(other, dict) or depth > _DEEPEST or self._looked > _MOST:
            return None
        if exclusive({**one, **_OPEN}, {**other, **_OPEN}):
            return None
        mine, theirs = _declared(one), _declared(other)
        first, second = [name for name in mine if name not in theirs], [name for name in theirs if name not in mine]
        if first and second and all(_SAID.isdisjoint(side) for side in (one, other)):
            return first[0], second[0]
        inner = (self._mixed(self._opened(a), self._opened(b), depth + 1) for a, b in _both(one, other))
        return next((found for found in inner if found is not None), None)


def _declared(schema: dict[str, Any]) -> dict[str, None]:
    """The properties that a schema lists, in order, those of its own branches among them."""
    names = {name: None for name, inner in (schema.get("properties") or {}).items() if inner is not False}
    for keyword in ("anyOf", "oneOf"):
        for part in schema.get(keyword) or ():
            names |= _declared(part) if isinstance(part, dict) else {}
    return names


def _both(one: dict[str, Any], other: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """What both say of one property, or of items."""
    mine, theirs = one.get("properties") or {}, other.get("properties") or {}
    yield from ((inner, theirs[name]) for name, inner in mine.items() if name in theirs)
    if "items" in one and "items" in other:
        yield one["items"], other["items"]
