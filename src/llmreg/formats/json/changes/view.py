"""What a person reads at one place of a schema: the schema object and everything that it merely passes on to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from llmreg.formats.json.dialects import REFERENCE_KEYWORDS
from llmreg.formats.json.localise.references import References, Spot

_MAX_CHAIN = 64
_LEADING_ON = frozenset((*REFERENCE_KEYWORDS, "allOf"))


class View(NamedTuple):
    """A schema object with everything that it merely passes on to: the targets of its references and a lone `allOf`
    member. What stands nearer hides what stands behind it, so that inlining a reference changes nothing."""

    chain: tuple[Spot, ...]

    @property
    def place(self) -> str:
        return self.chain[0].place

    @property
    def key(self) -> tuple[tuple[int, str], ...]:
        """The same for the same place; what only passes on, saying nothing itself, does not count."""
        speaking = [spot for spot in self.chain[:-1] if not _passes_on(spot)]
        return tuple((id(spot.index), spot.pointer) for spot in (*speaking, self.chain[-1]))

    @property
    def drafts(self) -> set[str]:
        """The drafts that its schema objects are written in."""
        nodes = [spot.index.nodes.get(spot.pointer) for spot in self.chain]
        return {node.draft for node in nodes if node}

    def says(self, keyword: str) -> Any:
        """The keyword's value as a person reads it, or MISSING."""
        return self.holder(keyword).says(keyword)

    def holder(self, keyword: str) -> Spot:
        """The schema object that the keyword stands in, else the first."""
        for spot in self.chain:
            if isinstance(spot.schema, dict) and keyword in spot.schema:
                return spot
        return self.chain[0]

    def holders(self, *keywords: str) -> list[Spot]:
        """Every schema object that one of the keywords stands in, the nearest first; a lone `allOf` member is no
        member but part of the view."""
        found = []
        for spot in self.chain:
            schema = spot.schema
            if isinstance(schema, dict) and any(word in schema and _is_member(schema, word) for word in keywords):
                found.append(spot)
        return found

    def keywords(self) -> Iterator[str]:
        """Every keyword in the order of the text, each once."""
        seen: dict[str, None] = {}
        for spot in self.chain:
            seen.update(dict.fromkeys(spot.schema) if isinstance(spot.schema, dict) else {})
        return iter(seen)


def view(spot: Spot, references: References) -> View:
    """The view that starts at a schema object."""
    chain: list[Spot] = []
    todo = [spot]
    if not isinstance(spot.schema, dict) or _LEADING_ON.isdisjoint(spot.schema):
        return View((spot,))
    while todo and len(chain) < _MAX_CHAIN:
        here = todo.pop(0)
        if all((here.index, here.pointer) != (known.index, known.pointer) for known in chain):
            chain.append(here)
            todo += references.targets(here)
            todo += [here.child("allOf", 0)] if len(here.list_of("allOf")) == 1 else []
    return View(tuple(chain))


def _is_member(schema: dict[str, Any], keyword: str) -> bool:
    return keyword != "allOf" or not isinstance(schema[keyword], list) or len(schema[keyword]) != 1


def _passes_on(spot: Spot) -> bool:
    lone = len(spot.list_of("allOf")) == 1
    return isinstance(spot.schema, dict) and all(
        name in REFERENCE_KEYWORDS or (name == "allOf" and lone) for name in spot.schema
    )
