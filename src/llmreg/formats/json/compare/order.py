"""In which order the conjuncts of the reader are asked about: those that changed first, while there is time."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from llmreg.formats.json.equality import key_of
from llmreg.formats.json.inclusion.answers import Demand
from llmreg.model.pointer import lookup

_MOST: Final = 5_000  # demands; no schema in public use came above 400

# Keywords that judge by their own value alone: with the same value on both sides they seldom are the cause.
_BY_VALUE = frozenset((
    "type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength",
    "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "required",
    "dependentRequired",
))  # fmt: skip


def likely_first(demands: Iterable[Demand], writer: Any, reader: Any) -> tuple[list[Demand], bool]:
    """The demands, and whether these are all: what both documents say alike comes last; then the shorter way through
    the document, then types. What comes after the first 5,000 is not asked."""
    theirs, ours = _Objects(writer), _Objects(reader)

    def order(demand: Demand) -> tuple[bool, int, bool]:
        return _alike(demand, theirs, ours), len(demand.path), demand.keyword != "type"

    listed = list(islice(demands, _MOST + 1))
    return sorted(listed[:_MOST], key=order), len(listed) <= _MOST


class _Objects(dict[str, dict[str, Any]]):
    """The schema objects of a document by pointer; an empty one where there is none."""

    def __init__(self, document: Any) -> None:
        super().__init__()
        self._document = document

    def __missing__(self, pointer: str) -> dict[str, Any]:
        try:
            found = lookup(self._document, pointer)
        except (LookupError, ValueError):
            found = None
        self[pointer] = found if isinstance(found, dict) else {}
        return self[pointer]


def _alike(demand: Demand, writer: _Objects, reader: _Objects) -> bool:
    if demand.keyword not in _BY_VALUE or demand.resource:
        return False
    theirs, ours = writer[demand.writer_pointer], reader[demand.pointer]
    if demand.keyword not in theirs:
        return False
    return key_of(theirs[demand.keyword]) == key_of(ours.get(demand.keyword))
