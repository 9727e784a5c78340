"""Which registered schemas may judge documents in the server's own process.

The engine holds the interpreter while it runs and cannot be interrupted, so what runs here must have a bound that is
known before: the schema with every reference written out in place has few parts, and its patterns run in linear time.
Then a document costs at most parts × bytes. Everything else goes to a worker that can be killed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import prod
from typing import Any

from llmreg.formats.interface import Schema
from llmreg.model.pointer import lookup

MAX_BYTES = 64 << 10  # of a schema, and of a document
MAX_PARTS = 2000
MAX_WORK = 1 << 22  # parts × bytes of the document: about 20 ms at 5 ns for each
_MAX_PATTERN = 200
_MAX_REPEATS = 1000
_BACKTRACKS = re.compile(r"\(\?[=!<]|\\[1-9k]")
_COUNTS = re.compile(r"\{(\d+)(?:,(\d*))?\}")
# They ask what other keywords looked at, or lead to places that depend on how one got here.
_COSTLY = frozenset({"$dynamicRef", "$recursiveRef", "unevaluatedProperties", "unevaluatedItems"})


class _NotCheapError(Exception):
    """Why a schema does not run here."""


def parts(schema: Schema) -> tuple[int, str]:
    """(how many parts the schema has when its references are written out, ""), or (0, why it is not cheap).

    JSON only, without pinned references, without recursion, at most 2,000 parts, no `unevaluated…` and no dynamic
    references; patterns short, without look-around and back references, and without large counts."""
    if schema.format != "json":
        return 0, f"{schema.format} schemas are judged by workers"
    if len(schema.data) > MAX_BYTES:
        return 0, f"larger than {MAX_BYTES} bytes"
    if schema.references:
        return 0, "refers to other subjects"
    parsed: Any = schema  # a JSON schema has its document and draft besides the interface
    walk = _Walk(parsed.document, "id" if parsed.draft == "draft4" else "$id")
    try:
        walk.visit(parsed.document, ())
    except _NotCheapError as error:
        return 0, str(error)
    return walk.count, ""


def fits(count: int, size: int) -> bool:
    """Whether a document of `size` bytes may be judged here by a schema with `count` parts."""
    return size <= MAX_BYTES and count * size <= MAX_WORK


class _Walk:
    """Visits everything that could be a subschema, whatever keyword it stands under; more is counted, never less."""

    def __init__(self, document: Any, identifier: str) -> None:
        self.document = document
        self.identifier = identifier
        self.count = 0

    def visit(self, value: Any, entered: tuple[str, ...]) -> None:
        self.count += 1
        if self.count > MAX_PARTS:
            raise _NotCheapError(f"more than {MAX_PARTS} parts with its references written out")
        if isinstance(value, list):
            for item in value:
                self.visit(item, entered)
        elif isinstance(value, dict):
            _refuse_costly(value)
            if value is not self.document and isinstance(value.get(self.identifier), str):
                raise _NotCheapError("holds a schema with its own identifier")
            for item in value.values():
                self.visit(item, entered)
            if isinstance(value.get("$ref"), str):
                self.follow(value["$ref"], entered)

    def follow(self, reference: str, entered: tuple[str, ...]) -> None:
        if reference in entered:
            raise _NotCheapError(f"{reference} is recursive")
        if not (reference == "#" or reference.startswith("#/")) or "%" in reference:
            raise _NotCheapError(f"the reference {reference[:80]} is not a plain place in the text")
        try:
            target = lookup(self.document, reference[1:])
        except LookupError:
            raise _NotCheapError(f"{reference[:80]} leads nowhere") from None
        self.visit(target, (*entered, reference))


def _refuse_costly(value: dict[str, Any]) -> None:
    if not _COSTLY.isdisjoint(value):
        raise _NotCheapError(f"has {', '.join(sorted(_COSTLY & value.keys()))}")
    for pattern in _patterns(value):
        if len(pattern) > _MAX_PATTERN or _BACKTRACKS.search(pattern) or _repeats(pattern) > _MAX_REPEATS:
            raise _NotCheapError(f"the pattern {pattern[:40]} is long, backtracks or counts far")


def _patterns(value: dict[str, Any]) -> Iterator[str]:
    if isinstance(value.get("pattern"), str):
        yield value["pattern"]
    named = value.get("patternProperties")
    if isinstance(named, dict):
        yield from named


def _repeats(pattern: str) -> int:
    """How often the smallest part may be repeated, if all counts were inside one another."""
    return prod(max(int(low), int(high or 1), 1) for low, high in _COUNTS.findall(pattern))
