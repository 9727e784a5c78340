"""One part of a schema, as a page shows it."""

from __future__ import annotations

from typing import Any

from llmreg.model.jsontext import dumps
from llmreg.model.record import dataclass, field
from llmreg.render.plain import clip

_MAX_NODES = 1500
_MAX_DEPTH = 24
MAX_VALUE = 300


@dataclass(slots=True)
class Node:
    """`label` says what the name is (`property`, `one of`); `facts` are (keyword, value) pairs; `link` leads to the
    version or, as a fragment, to the part that `type` names; `anchor` is what such a fragment leads to."""

    name: str
    type: str = ""
    label: str = ""
    required: bool = False
    deprecated: bool = False
    text: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    link: str = ""
    anchor: str = ""


@dataclass(slots=True)
class Limits:
    """Keeps a page readable: counts nodes and says whether some were left out."""

    left: int = _MAX_NODES
    cut: bool = False

    def take(self, depth: int) -> bool:
        """Whether there is room for one more node at this depth."""
        if self.left <= 0 or depth > _MAX_DEPTH:
            self.cut = True
            return False
        self.left -= 1
        return True


def value_text(value: Any) -> str:
    """A value as compact JSON, cut where it gets too long to read."""
    return clip(dumps(value), MAX_VALUE)


def words(value: Any) -> str:
    """A text member; anything else is no text."""
    return value if isinstance(value, str) else ""
