"""Schema objects with their places, and where their references lead; nothing is fetched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmreg.formats.json.dialects import REFERENCE_KEYWORDS
from llmreg.formats.json.inclusion.answers import Resource
from llmreg.formats.json.index import Index, absolute, build
from llmreg.formats.json.values import MISSING
from llmreg.model.pointer import join
from llmreg.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Spot:
    """A schema object at `pointer` of the document that `index` knows. In a pinned document `entrance` is the place of
    the reference that led there, because a finding points into the file that was changed."""

    index: Index
    pointer: str
    schema: Any
    entrance: str | None = None

    @property
    def place(self) -> str:
        """The pointer into the subject's own file."""
        return self.pointer if self.entrance is None else self.entrance

    def child(self, *tokens: str | int) -> Spot:
        """The schema below, by keyword and name or position."""
        schema = self.schema
        for token in tokens:
            schema = schema[token]
        return Spot(self.index, join(self.pointer, *tokens), schema, self.entrance)

    def says(self, keyword: str) -> Any:
        """The keyword's value, or MISSING."""
        return self.schema.get(keyword, MISSING) if isinstance(self.schema, dict) else MISSING

    def list_of(self, keyword: str) -> list[Any]:
        """The keyword's value when it is a list, else an empty one."""
        value = self.says(keyword)
        return value if isinstance(value, list) else []

    def members(self, keyword: str) -> list[Spot]:
        """The schemas below when the keyword's value is a list of them, else none."""
        return [self.child(keyword, index) for index, _ in enumerate(self.list_of(keyword))]

    def map_of(self, keyword: str) -> dict[str, Any]:
        """The keyword's value when it is an object, else an empty one."""
        value = self.says(keyword)
        return value if isinstance(value, dict) else {}


class References:
    """Where the references of one schema lead. `resources` maps URIs to pinned documents."""

    def __init__(self, index: Index, resources: Mapping[str, Resource]) -> None:
        self.root = Spot(index, "", index.document)
        self._resources = resources
        self._pinned: dict[str, Index] = {}

    def targets(self, spot: Spot) -> list[Spot]:
        """The schema objects that the references in one schema object lead to."""
        if not isinstance(spot.schema, dict):
            return []
        texts = [spot.schema[keyword] for keyword in REFERENCE_KEYWORDS if keyword in spot.schema]
        found = [self.resolve(spot, text) for text in texts if isinstance(text, str)]
        return [target for target in found if target is not None]

    def resolve(self, spot: Spot, text: str) -> Spot | None:
        """The target of a reference that stands in `spot`, or None when it is not at hand."""
        here = spot.index.nodes.get(spot.pointer)
        try:
            uri, _, fragment = absolute(here.base if here else "", text).partition("#")
        except ValueError:
            return None
        node = spot.index.find(uri, fragment)
        if node is not None:
            return Spot(spot.index, node.pointer, node.value, spot.entrance)
        return self.pinned(uri, fragment, spot.place)

    def pinned(self, uri: str, fragment: str, entrance: str) -> Spot | None:
        """A schema object of a pinned document."""
        resource = self._resources.get(uri)
        if resource is None:
            return None
        if uri not in self._pinned:
            self._pinned[uri] = build(resource.document, resource.draft)
        node = self._pinned[uri].find("", fragment)
        return None if node is None else Spot(self._pinned[uri], node.pointer, node.value, entrance)
