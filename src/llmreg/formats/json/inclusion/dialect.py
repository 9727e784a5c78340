"""Reads one side in its own draft: from schema documents to nodes, with places in the original document."""

from __future__ import annotations

import math
from collections.abc import Container
from typing import Final

from llmreg.formats.json.budget import Budget
from llmreg.formats.json.dialects import REF_IS_ALONE
from llmreg.formats.json.inclusion.answers import JsonValue, Side
from llmreg.formats.json.inclusion.atoms import Atoms
from llmreg.formats.json.inclusion.components import components
from llmreg.formats.json.inclusion.keywords.vocabulary import VOCABULARY
from llmreg.formats.json.inclusion.nodes import Node
from llmreg.formats.json.inclusion.places import LISTS, MAPS, SINGLE, Place, escape
from llmreg.formats.json.inclusion.reading import Assertion, MalformedKeywordError
from llmreg.formats.json.inclusion.references import References

# A schema without any of these is read sooner than it is compared.
_STRUCTURE: Final = SINGLE | LISTS | MAPS


class Reader:
    """Implements `Reading`. References are followed; only those in a cycle, and those at the end of a long chain, stay
    nodes of their own."""

    def __init__(
        self, table: Atoms, side: Side, name: str, budget: Budget | None = None, twin: Reader | None = None
    ) -> None:
        """`twin`: a reader of the same table, whose nodes are taken over where both say the same."""
        self.table = table
        self.budget = budget or Budget(math.inf, 0)
        self.references = References(side)
        self.name = name
        self._twin = twin
        self._opaque = False
        # What was taken over whole: the same text down to the last reference.
        self._equal: set[tuple[str, str]] = set()
        self._open: dict[tuple[str, str], None] = {}
        self._cyclic: set[tuple[str, str]] = set()
        self._done: dict[tuple[str, str], Node] = {}
        self._nodes: dict[tuple[str, str], Node] = {}
        self._values: dict[tuple[str, str], JsonValue] = {}
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
            self._values.update((member.key, member.value) for member in component.places)
            if self._taken_over(component.places):
                continue
            if component.cyclic:
                self._read_together(component.places)
            else:
                self._read_alone(component.places[0], long=component.long)
        return self._done[key]

    def _taken_over(self, places: list[Place]) -> bool:
        """Whether the other side says the same here, and refers to the same things outside."""
        twin = self._twin
        if twin is None or twin._opaque or not all(place.key in twin._done for place in places):
            return False
        within = {place.key for place in places}
        if not all(self._same(place, twin, within) for place in places):
            return False
        self._done.update((key, twin._done[key]) for key in within)
        self._equal |= within
        return True

    def _same(self, place: Place, twin: Reader, within: Container[tuple[str, str]]) -> bool:
        """Equal schemas with equal references; `within` are the places that are equal if all of them are."""
        mine, other = place.value, twin._values.get(place.key)
        # In Python `1 == True`, and draft 4 tells `1` from `1.0`.
        if place.draft != twin.references.draft_at(place.uri) or mine != other or repr(mine) != repr(other):
            return False
        here, there = list(self.references.below(place)), list(twin.references.below(place))
        if [one.key for one in here] != [one.key for one in there]:
            return False
        return all(one.key in within or one.key in self._equal for one in here)

    def _read_together(self, places: list[Place]) -> None:
        for place in places:
            self._done[place.key] = self.table.reference((self.name, place.key))
        for place in places:
            self.table.bodies[self.name, place.key] = self.node(place)

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
            elif isinstance(place.value, dict):
                if not _STRUCTURE.isdisjoint(place.value):
                    self._values[place.key] = place.value
                    known = self._of_twin(place)
                if known is None:
                    known = self.table.all_of([assertion.node for assertion in self._read(place)])
            else:
                known = self._malformed(place, "", place.value).node
            self._nodes[place.key] = known
        return known

    def _of_twin(self, place: Place) -> Node | None:
        """The other side's node, where that stands at the same place and says the same."""
        twin = self._twin
        known = None if twin is None or twin._opaque else twin._nodes.get(place.key)
        return known if known is not None and twin is not None and self._same(place, twin, ()) else None

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
        if "$ref" in schema and place.draft in REF_IS_ALONE:
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
        self._opaque = True
        self.table.obstacles[identity] = reason
        return self.table.opaque(identity)
