"""Reads one side in its own draft: from schema documents to nodes, with places in the original document."""

from __future__ import annotations

from typing import Final

from llmreg.formats.json.budget import Budget
from llmreg.formats.json.inclusion.answers import JsonValue, Side
from llmreg.formats.json.inclusion.atoms import Atoms
from llmreg.formats.json.inclusion.components import components
from llmreg.formats.json.inclusion.keywords.vocabulary import VOCABULARY
from llmreg.formats.json.inclusion.nodes import Node
from llmreg.formats.json.inclusion.places import Place, escape
from llmreg.formats.json.inclusion.reading import Assertion, MalformedKeywordError
from llmreg.formats.json.inclusion.references import References

_REFERENCE_HIDES_SIBLINGS: Final = ("draft4", "draft6", "draft7")


class Reader:
    """Implements `Reading`. References are followed; only those in a cycle, and those at the end of a long chain, stay
    nodes of their own."""

    def __init__(self, table: Atoms, side: Side, name: str, budget: Budget) -> None:
        self.table = table
        self.budget = budget
        self.references = References(side)
        self.name = name
        self._open: dict[tuple[str, str], None] = {}
        self._cyclic: set[tuple[str, str]] = set()
        self._done: dict[tuple[str, str], Node] = {}
        self._nodes: dict[tuple[str, str], Node] = {}
        self._assertions: dict[tuple[str, str], list[Assertion]] = {}

    def root(self) -> Node:
        return self.target(self.references.root())

    def target(self, place: Place) -> Node:
        """The node of something a reference points to."""
        key = place.key
        known = self._done.get(key)
        if known is not None:
            return known
        if key in self._open:
            self._cyclic.add(key)
            return self.table.reference((self.name, key))
        for component in components(self.references, place, {**self._done, **self._open}, self.budget):
            if component.cyclic:
                for member in component.places:
                    self._done[member.key] = self.table.reference((self.name, member.key))
                for member in component.places:
                    self.table.bodies[self.name, member.key] = self.node(member)
            else:
                self._read_alone(component.places[0], long=component.long)
        return self._done[key]

    def _read_alone(self, place: Place, *, long: bool) -> None:
        key = place.key
        self._open[key] = None
        body = self.node(place)
        del self._open[key]
        if long or key in self._cyclic:
            self.table.bodies[self.name, key] = body
            body = self.table.reference((self.name, key))
        self._done[key] = body

    def node(self, place: Place) -> Node:
        known = self._nodes.get(place.key)
        if known is None:
            if isinstance(place.value, bool):
                known = self.table.true if place.value else self.table.false
            else:
                known = self.table.all_of([assertion.node for assertion in self.assertions(place)])
            self._nodes[place.key] = known
        return known

    def assertions(self, place: Place) -> list[Assertion]:
        """The conjuncts of one schema object, in document order."""
        known = self._assertions.get(place.key)
        if known is None:
            known = self._assertions[place.key] = self._read(place)
        return known

    def _read(self, place: Place) -> list[Assertion]:
        schema = place.value
        if not isinstance(schema, dict):
            return [] if schema is True else [self._malformed(place, "", schema)]
        self.budget.watch()
        vocabulary = VOCABULARY[place.draft]
        if "$ref" in schema and place.draft in _REFERENCE_HIDES_SIBLINGS:
            schema = {"$ref": schema["$ref"]}
        out: list[Assertion] = []
        for keyword in schema:
            read = vocabulary.get(keyword)
            if read is not None:
                try:
                    out += read(self, place, schema)
                except MalformedKeywordError as refused:
                    out.append(self._malformed(place, keyword, str(refused)))
        return out

    def _malformed(self, place: Place, keyword: str, message: JsonValue) -> Assertion:
        pointer = f"{place.pointer}/{escape(keyword)}" if keyword else place.pointer
        reason = ("unsupported-keyword", f"{keyword}: {message}", pointer)
        return Assertion(keyword, "", self.opaque((place.key, keyword), reason))

    def opaque(self, key: object, reason: tuple[str, str, str]) -> Node:
        """A node of this side only: nothing makes two unknown things equal."""
        identity = (self.name, key)
        self.table.obstacles[identity] = reason
        return self.table.opaque(identity)
