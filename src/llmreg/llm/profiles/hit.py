"""What a predicate gives back: a place that a rule speaks of, and the values for its message."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from llmreg.llm.profiles.view import Node, View


@dataclass(frozen=True, slots=True)
class Hit:
    """`pointer` is the place in the document; `values` fill the rule's message."""

    pointer: str
    values: Mapping[str, Any] = field(default_factory=dict)


Arguments = Mapping[str, Any]
Predicate = Callable[[View, Arguments], Iterator[Hit]]


def at(node: Node, pointer: str | None = None, **values: Any) -> Hit:
    """A hit at a subschema, or at a keyword of it, that says which field is meant."""
    return Hit(node.pointer if pointer is None else pointer, {"place": node.place, **values})
