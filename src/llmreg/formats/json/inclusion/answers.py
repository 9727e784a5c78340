"""The words of the inclusion engine's interface: two sides in, one of three answers out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal, NamedTuple, TypeAlias

from llmreg.model.record import dataclass, field

# Numbers are exact: `int` or `Decimal`, never `float`.
JsonValue: TypeAlias = bool | int | Decimal | str | list[Any] | dict[str, Any] | None

Reason = Literal[
    "budget", "remote-ref", "unsupported-keyword", "unsupported-pattern", "cap", "recursion", "empty-writer"
]


class Resource(NamedTuple):
    """A pinned document that a reference may name."""

    document: JsonValue
    draft: str


@dataclass(frozen=True, slots=True)
class Side:
    """One schema with its draft; `resources` maps absolute URIs without fragment to pinned documents."""

    document: JsonValue
    draft: str
    closed: bool = False
    resources: Mapping[str, Resource] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contained:
    """Proved: the reader accepts every document of the writer."""


class Counterexample(NamedTuple):
    """A candidate that the caller verifies; `tainted` when an opaque part was left out of the search."""

    document: JsonValue
    tainted: bool


class Unknown(NamedTuple):
    """Not decided; `pointer` names the place that was in the way, where one is known."""

    reason: Reason
    message: str
    pointer: str = ""


Answer: TypeAlias = Contained | Counterexample | Unknown


class Step(NamedTuple):
    """One step of an instance path: a fixed key or index, or any one of many.

    `kind` is "property" (name is the key), "pattern" (name is the regex), "additional", "name" (the key itself),
    "item" (name is the index as text) or "items".
    """

    kind: str
    name: str = ""


class Demand(NamedTuple):
    """One conjunct of the reader at one place.

    `pointer` is the schema object in the reader's document, `writer_pointer` the deepest schema of the writer
    on the same instance path. `resource` is the URI of the document that `pointer` points into ("" for the root).
    """

    pointer: str
    keyword: str
    detail: str
    path: tuple[Step, ...]
    writer_pointer: str
    resource: str = ""
    node: int = field(default=0, repr=False)
