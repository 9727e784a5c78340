"""A parsed JSON Schema: the document as it was written, its draft, and the pinned documents that it refers to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from llmreg.formats.interface import Reference, Symbol
from llmreg.formats.json.inclusion.answers import Resource, Side
from llmreg.formats.json.index import Index
from llmreg.model.problem import Problem


@dataclass(frozen=True, slots=True, eq=False)
class JsonSchema:
    """Meets `formats.interface.Schema`; equal only to itself, so that compiled validators can be kept by it.

    `document` keeps key order and exact numbers (int or Decimal). `resources` maps the URI of every pinned document,
    direct or not, to it (`llmreg:chat/message@1.0.0`). `cost` bounds how many subschemas judge one value."""

    data: bytes
    document: Any
    draft: str
    references: tuple[Reference, ...] = ()
    warnings: tuple[Problem, ...] = ()
    resources: Mapping[str, Resource] = field(default_factory=dict)
    index: Index = field(default_factory=lambda: Index(True), repr=False)
    cost: int = 1

    @property
    def format(self) -> str:
        return "json"

    def side(self, *, closed: bool) -> Side:
        """This schema as one side of an inclusion question."""
        return Side(self.document, self.draft, closed, self.resources)

    def canonical(self) -> bytes:
        from llmreg.formats.json.canonical import canonical

        return canonical(self.document)

    def digests(self) -> Mapping[str, str]:
        from llmreg.formats.json.canonical import digests

        return digests(self.index, self.draft)

    def outline(self) -> Iterable[Symbol]:
        from llmreg.formats.json.outline import outline

        return outline(self.index)
