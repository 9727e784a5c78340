"""Finds what a schema says about one place of a document: the schema objects that hold there, outermost first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from llmreg.formats.json.dialects import ANNOTATIONS, REF_IS_ALONE, REFERENCE_KEYWORDS
from llmreg.formats.json.inclusion.answers import Step
from llmreg.formats.json.localise.references import References, Spot
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.json.values import MISSING

_PLAIN = ANNOTATIONS | {"$schema", "$id", "id", "$defs", "definitions", "$anchor"}
_IN_PLACE = frozenset((*REFERENCE_KEYWORDS, "allOf", "anyOf", "oneOf", "if", "dependentSchemas"))
_PASSING_ON = (*REFERENCE_KEYWORDS, "anyOf", "oneOf")
_CONDITIONAL = frozenset(("if", "dependentSchemas", "dependencies"))  # whose branches need a value
_PLAIN_STEPS = ("property", "item", "items")
_ANY_ITEM = 1_000_000  # beyond every prefix
_MAX_SPOTS = 256


class Ground(NamedTuple):
    """What holds at one place. `exact` is False when the schema says nothing of the place itself: then the spots are
    those of the deepest place above it. `label` names the place for people: `user.tags[]`. `free` is the
    highest place on the way from which on anything may be written, if there is one: the schema object there, and the
    member by which it is entered."""

    spots: tuple[Spot, ...]
    exact: bool
    label: str
    free: tuple[str, str] | None = None

    def primary(self) -> Spot:
        """The first schema object that is more than a reference or a union of others."""
        return next((spot for spot in self.spots if substantial(spot.schema)), self.spots[-1])

    def holder(self, keywords: Sequence[str]) -> Spot:
        """The deepest schema object with one of the keywords, else the primary one."""
        for spot in reversed(self.spots):
            if any(spot.says(keyword) is not MISSING for keyword in keywords):
                return spot
        return self.primary()

    def owner(self, name: str) -> Spot:
        """The schema object that declares a property, else the primary one."""
        return next((spot for spot in self.spots if name in spot.map_of("properties")), self.primary())

    def innermost(self) -> str:
        """The place of the deepest schema object: the branch that holds, the target of a reference."""
        return self.spots[-1].place

    def declaration(self, name: str) -> Spot | None:
        """Where a property is declared by name."""
        found = (spot.child("properties", name) for spot in self.spots if name in spot.map_of("properties"))
        return next(found, None)


class Walker:
    """Walks one schema along documents. `accepts(pointer, value)` judges a branch of a union of the root document."""

    def __init__(self, schema: JsonSchema, accepts: Callable[[str, Any], bool]) -> None:
        self.references = References(schema.index, schema.resources)
        self._ref_is_alone = schema.draft in REF_IS_ALONE
        self._accepts = accepts
        self._schema = schema

    def at(self, document: Any, path: Sequence[str | int]) -> Ground:
        """What the schema says of the value at `path` in `document`."""
        from llmreg.formats.json.localise.refusal import member  # asked only where a document was refused

        value = document
        spots = self.in_place(self.references.root, value)
        label = ""
        free = ("", "") if silent(spots) else None
        for count, token in enumerate(path):
            value = member(value, token)
            below, step = self._labelled_step(spots, token, value)
            label = _labelled(label, step)
            if free is None and silent(below):
                free = (below or spots)[0].place, str(token) if isinstance(token, str) else "[]"
            if not below:
                for left in path[count + 1 :]:
                    label = _labelled(label, _unknown(left))
                return Ground(tuple(spots), False, label, free)
            spots = below
        return Ground(tuple(spots), True, label, free)

    @cached_property
    def _is_unconditional(self) -> bool:
        values = (node.value for node in self._schema.index.nodes.values())
        plain = all(not isinstance(value, dict) or _CONDITIONAL.isdisjoint(value) for value in values)
        return plain and not self._schema.resources

    def free(self, path: Sequence[Step]) -> tuple[str, str] | None:
        """The `free` of every document along a path, if it is the same for all."""
        if not self._is_unconditional or not path or any(step.kind not in _PLAIN_STEPS for step in path):
            return None
        tokens = [step.name if step.kind == "property" else int(step.name or _ANY_ITEM) for step in path]
        return self.at(MISSING, tokens).free  # of what is missing every branch holds

    def in_place(self, start: Spot, value: Any) -> list[Spot]:
        """The schema objects that judge the same value as `start` does: references followed, unions by what holds."""
        found: list[Spot] = []
        todo: list[Spot] = [start]
        seen: set[tuple[int, str]] = set()
        while todo and len(found) < _MAX_SPOTS:
            spot = todo.pop()
            if (id(spot.index), spot.pointer) in seen:
                continue
            seen.add((id(spot.index), spot.pointer))
            found.append(spot)
            if isinstance(spot.schema, dict) and not _IN_PLACE.isdisjoint(spot.schema):
                todo.extend(reversed(list(self._applied(spot, value))))
        return found

    def step(self, spots: Sequence[Spot], token: str | int, value: Any = MISSING) -> list[Spot]:
        """The schema objects that judge a member of what `spots` judge."""
        return self._labelled_step(spots, token, value)[0]

    def _applied(self, spot: Spot, value: Any) -> Iterator[Spot]:
        yield from self.references.targets(spot)
        if "$ref" in spot.schema and self._ref_is_alone:
            return
        yield from spot.members("allOf")
        for keyword in ("anyOf", "oneOf"):
            yield from (branch for branch in spot.members(keyword) if self.holds(branch, value))
        if "if" in spot.schema:
            side = "then" if self.holds(spot.child("if"), value) else "else"
            if side in spot.schema:
                yield spot.child(side)
        for name in spot.map_of("dependentSchemas"):
            if isinstance(value, dict) and name in value:
                yield spot.child("dependentSchemas", name)

    def holds(self, spot: Spot, value: Any) -> bool:
        """Whether a branch accepts the value; branches of pinned documents count as held."""
        return value is MISSING or spot.entrance is not None or self._accepts(spot.pointer, value)

    def _labelled_step(self, spots: Sequence[Spot], token: str | int, value: Any) -> tuple[list[Spot], str]:
        below: list[Spot] = []
        step = "[]" if isinstance(token, int) else "*"
        for spot in spots:
            for child, name in _children(spot, token):
                below.extend(self.in_place(child, value))
                step = name or step
        unsaid = not below or (isinstance(token, str) and silent(below))
        return below, _unknown(token) if unsaid else step


def substantial(schema: Any) -> bool:
    """False for a schema object that only passes on to others: a reference, a union, a lone `allOf` member."""
    if not isinstance(schema, dict):
        return True
    said = [keyword for keyword in schema if keyword not in _PLAIN]
    if said == ["allOf"] and isinstance(schema["allOf"], list):
        return len(schema["allOf"]) != 1
    return len(said) != 1 or said[0] not in _PASSING_ON


def silent(spots: Sequence[Spot]) -> bool:
    """Whether the schema objects together accept anything."""
    return all(
        spot.schema is True
        or (isinstance(spot.schema, dict) and all(word in _PLAIN or word in REFERENCE_KEYWORDS for word in spot.schema))
        for spot in spots
    )


def _children(spot: Spot, token: str | int) -> Iterator[tuple[Spot, str]]:
    """The schemas that one schema object applies to a member, each with the label of the step."""
    if isinstance(spot.schema, dict):
        yield from _items(spot, token) if isinstance(token, int) else _members(spot, token)


def _members(spot: Spot, name: str) -> Iterator[tuple[Spot, str]]:
    known = name in spot.map_of("properties")
    if known:
        yield spot.child("properties", name), name
    for pattern in spot.map_of("patternProperties"):
        if _matches(pattern, name):
            known = True
            yield spot.child("patternProperties", pattern), ""
    if not known:
        for keyword in ("additionalProperties", "unevaluatedProperties"):
            if isinstance(spot.says(keyword), dict):
                yield spot.child(keyword), ""


def _items(spot: Spot, index: int) -> Iterator[tuple[Spot, str]]:
    prefix = "items" if isinstance(spot.says("items"), list) else "prefixItems"
    rest = ("additionalItems",) if prefix == "items" else ("items", "unevaluatedItems")
    if index < len(spot.list_of(prefix)):
        yield spot.child(prefix, index), f"[{index}]"
        return
    for keyword in rest:
        if isinstance(spot.says(keyword), dict):
            yield spot.child(keyword), ""
            return


def _unknown(token: str | int) -> str:
    """The label of a step that the schema does not speak of."""
    return "[]" if isinstance(token, int) else token or "*"


def _labelled(label: str, step: str) -> str:
    return label + step if step.startswith("[") or not label else f"{label}.{step}"


def _matches(pattern: str, name: str) -> bool:
    """Only to name a place: a pattern that Python reads otherwise costs a less deep place, never a verdict."""
    try:
        return re.search(pattern, name) is not None
    except re.error:
        return False
