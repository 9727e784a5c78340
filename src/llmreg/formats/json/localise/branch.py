"""Which branch of the reader's union answers to which of the writer's: only then is a refusal inside it a cause."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import cached_property
from typing import Any

from llmreg.formats.json.equality import key_of
from llmreg.formats.json.localise.references import References, Spot
from llmreg.formats.json.values import MISSING, overlap, types

_MAX_PARTS = 32
_EQUAL = 20.0


def pairs(writer: Sequence[Spot], reader: Sequence[Spot], names: tuple[References, References]) -> dict[int, int]:
    """Positions of the writer's branches → positions of the reader's, where each is the other's best likeness."""
    writer_branches = [_Branch(spot, names[0]) for spot in writer]
    reader_branches = [_Branch(spot, names[1]) for spot in reader]
    likeness = [[_likeness(one, two) for two in reader_branches] for one in writer_branches]
    found = {}
    for index, row in enumerate(likeness):
        best = _best(row, index)
        if best is not None and _best([line[best] for line in likeness], best) == index:
            found[index] = best
    return found


def _best(scores: Sequence[float | None], same_position: int) -> int | None:
    ranked = [(score, index == same_position, -index) for index, score in enumerate(scores) if score is not None]
    return -max(ranked)[2] if ranked else None


class _Branch:
    """What surely holds with a branch: itself, what it refers to, its `allOf`."""

    def __init__(self, spot: Spot, references: References) -> None:
        self.parts: list[dict[str, Any]] = []
        todo = [spot]
        while todo and len(self.parts) < _MAX_PARTS:
            here = todo.pop(0)
            if isinstance(here.schema, dict) and all(here.schema is not part for part in self.parts):
                self.parts.append(here.schema)
                todo.extend(references.targets(here))
                todo.extend(here.members("allOf"))

    @cached_property
    def key(self) -> Hashable:
        return tuple(key_of(part) for part in self.parts)

    @cached_property
    def values(self) -> frozenset[Hashable] | None:
        """The values that the branch lists, if it does."""
        return _values(self.parts)

    @cached_property
    def types(self) -> list[str]:
        named = (
            types(part.get("type"), part.get("enum", [part["const"]] if "const" in part else MISSING))
            for part in self.parts
        )
        return next((found for found in named if found), [])

    @cached_property
    def title(self) -> Any:
        return next((part["title"] for part in self.parts if "title" in part), None)

    @cached_property
    def properties(self) -> dict[str, frozenset[Hashable] | None]:
        """Each declared property with the values that it lists, if it does: discriminators do."""
        merged: dict[str, frozenset[Hashable] | None] = {}
        for part in self.parts:
            properties = part.get("properties")
            for name, schema in properties.items() if isinstance(properties, dict) else ():
                merged.setdefault(name, _values([schema]))
        return merged


def _likeness(writer: _Branch, reader: _Branch) -> float | None:
    """None: they surely exclude each other; else the higher the more alike."""
    if writer.key == reader.key:
        return _EQUAL
    values = _agreement(writer.values, reader.values)
    if values is None or (writer.types and reader.types and not overlap(writer.types, reader.types)):
        return None
    score: float = values + 2.0 * bool(writer.types and reader.types)
    score += 3.0 * (writer.title is not None and writer.title == reader.title)
    shared = writer.properties.keys() & reader.properties.keys()
    for name in shared:
        agreement = _agreement(writer.properties[name], reader.properties[name])
        if agreement is None:
            return None
        score += agreement
    return score + 4.0 * len(shared) / max(1, len(writer.properties.keys() | reader.properties.keys()))


def _agreement(writer: frozenset[Hashable] | None, reader: frozenset[Hashable] | None) -> float | None:
    """Of listed values: None when none is shared, 0 when one side lists none."""
    if writer is None or reader is None:
        return 0.0
    return 4.0 if writer & reader else None


def _values(parts: Sequence[Any]) -> frozenset[Hashable] | None:
    for part in parts:
        if isinstance(part, dict) and "const" in part:
            return frozenset([key_of(part["const"])])
        if isinstance(part, dict) and isinstance(part.get("enum"), list):
            return frozenset(key_of(value) for value in part["enum"])
    return None
