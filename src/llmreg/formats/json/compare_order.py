"""In which order the conjuncts of the reader are asked about: those that changed first, while there is time."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from llmreg.formats.json.budget import BudgetError
from llmreg.formats.json.equality import key_of
from llmreg.formats.json.inclusion.answers import Demand
from llmreg.model.pointer import lookup

# Keywords that judge by their own value alone: with the same value on both sides they seldom are the cause.
_BY_VALUE = frozenset((
    "type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength",
    "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "required",
    "dependentRequired",
))  # fmt: skip


def likely_first(demands: Iterable[Demand], writer: Any, reader: Any, deadline: float) -> tuple[list[Demand], bool]:
    """The demands, and whether these are all: what both documents say alike comes last; then the shorter way through
    the document, then types.

    Half of the time until `deadline` is for listing them: what is not listed by then is not asked."""
    half = (time.monotonic() + deadline) / 2
    theirs, ours = _Objects(writer), _Objects(reader)

    def order(demand: Demand) -> tuple[bool, int, bool]:
        return _alike(demand, theirs, ours), len(demand.path), demand.keyword != "type"

    listed = []
    complete = True
    try:
        for demand in demands:
            listed.append(demand)
            complete = time.monotonic() < half
            if not complete:
                break
    except BudgetError:
        complete = False
    return sorted(listed, key=order), complete


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
