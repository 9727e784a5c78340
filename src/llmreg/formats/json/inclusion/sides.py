"""Both schemas of a question in one node table, each read once, whatever is asked of it afterwards."""

from __future__ import annotations

from threading import local
from typing import Any, Final

from llmreg.formats.json.budget import Budget
from llmreg.formats.json.inclusion.answers import JsonValue, Side
from llmreg.formats.json.inclusion.atoms import Atoms
from llmreg.formats.json.inclusion.closed import close, overlay
from llmreg.formats.json.inclusion.dialect import Reader
from llmreg.formats.json.inclusion.inplace import InPlaceError
from llmreg.formats.json.inclusion.nodes import Node
from llmreg.model.record import replace

OVERLAY_URI: Final = "llmreg://writer/closed"


class Sides:
    """`budget` bounds the time of reading; what a search may cost is the asker's business."""

    def __init__(self, writer: Side, reader: Side, budget: Budget) -> None:
        self.table = Atoms()
        self.budget = budget
        self._sides = writer, reader
        first, second = (replace(side, closed=False) for side in self._sides)
        twin = Reader(self.table, first, "writer", budget)
        self.readers = twin, Reader(self.table, second, "reader", budget, twin)
        self._documents: dict[int, dict[str, Any]] = {}
        self._closed: dict[int, Node] = {}

    def root(self, number: int, *, closed: bool) -> Node:
        """The whole of one side. Raises what closing raises: InPlaceError and its like."""
        reader = self.readers[number]
        if not closed:
            return reader.root()
        if number not in self._closed:
            reader.root()
            name, document = overlay(self.document(number))
            place = reader.references.add(OVERLAY_URI, document, name)
            if place is None:
                raise InPlaceError(f"it uses the name {OVERLAY_URI} or {name} for something else")
            self._closed[number] = reader.target(place)
        return self._closed[number]

    def document(self, number: int) -> dict[str, Any]:
        """The closed form of one side as a document."""
        if number not in self._documents:
            self._documents[number] = close(self.readers[number])
        return self._documents[number]

    def closed_document(self, side: Side) -> JsonValue:
        """The closed form of a side as far as it was asked for; None otherwise."""
        number = self.number(side)
        return None if number is None else self._documents.get(number)

    def number(self, side: Side) -> int | None:
        """Which side it is, by identity: comparing documents would cost more than it saves."""
        return next((number for number, mine in enumerate(self._sides) if _same(mine, side)), None)


def _same(one: Side, other: Side) -> bool:
    pinned = one.resources is other.resources or not (one.resources or other.resources)
    return pinned and one.document is other.document and one.draft == other.draft


class _Memory(local):
    """The last pairs of a thread: what follows a verdict (closed form, equivalence, what is dropped) is about the same
    schemas."""

    pairs: tuple[Sides, ...] = ()


_MEMORY: Final = _Memory()
_KEPT: Final = 2


def remember(sides: Sides | None) -> None:
    """Keep a pair that was read to the end, or forget those that are kept."""
    _MEMORY.pairs = () if sides is None else (sides, *_MEMORY.pairs)[:_KEPT]


def remembered(first: Side, second: Side) -> Sides | None:
    """A kept pair, if it is these two in either order."""
    for sides in _MEMORY.pairs:
        numbers = sides.number(first), sides.number(second)
        if None not in numbers and (numbers[0] != numbers[1] or _same(first, second)):
            return sides
    return None


def remembered_document(side: Side) -> JsonValue:
    """The closed form of one side of the kept pairs; None where it has not been made."""
    return next((known for pair in _MEMORY.pairs if (known := pair.closed_document(side)) is not None), None)
