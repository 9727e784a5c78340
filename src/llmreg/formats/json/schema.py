"""A parsed JSON Schema: the document as it was written, its draft, and the pinned documents that it refers to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from llmreg.formats.interface import Reference, Symbol
from llmreg.formats.json.dialects import REFERENCE_KEYWORDS
from llmreg.formats.json.inclusion.answers import Resource, Side
from llmreg.formats.json.index import Index
from llmreg.model.problem import Problem
from llmreg.model.record import dataclass, field

_TO_DEFINITION: Final = re.compile(r"#(?:/(?:definitions|\$defs)/[^/%~]+)?")


@dataclass(frozen=True, eq=False)
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

    @cached_property
    def refers(self) -> bool:
        """Whether there is any reference."""
        return any(True for _ in self._references())

    @cached_property
    def is_plain(self) -> bool:
        """Whether there is one resource, and no reference that leads anywhere but to the root or a definition."""
        index = self.index
        if self.resources or index.anchors or len(index.resources) > 1:
            return False
        return all(
            keyword == "$ref" and isinstance(text, str) and _TO_DEFINITION.fullmatch(text)
            for keyword, text in self._references()
        )

    @cached_property
    def stays_nonempty(self) -> bool:
        """Whether the closed writer surely has a document if the open one has; False says nothing."""
        from llmreg.formats.json.nonempty import stays_nonempty

        return stays_nonempty(self.index)

    def _references(self) -> Iterator[tuple[str, Any]]:
        for node in self.index.referring:
            yield from ((keyword, node.value[keyword]) for keyword in REFERENCE_KEYWORDS if keyword in node.value)

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
