"""Read pairs of schemas from corpus files: one JSON object per line, with `old`, `new`, and what is known of the pair.

A row is `{id, old, new, draft?, truth?: {old_subset_new: bool}, expected?: bool, direction_or_level?}`; `old` may be a
list of versions, and either side may be JSON text. `truth` is plain set inclusion, the writer open. `expected` is what
some project expects, under rules of its own: it is compared with, never counted as true.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from llmreg.formats.json.dialects import DIALECT_URIS, draft_of
from llmreg.model.jsontext import dumps

REAL = ("iglu-central", "mcp-version")  # consecutive versions that somebody published
_DEFAULT_DRAFT = "draft7"  # where neither row nor schema names one: what the registries assume
_DRAFTS = {"4": "draft4", "6": "draft6", "7": "draft7"}


@dataclass(frozen=True)
class Pair:
    """`writer` and `reader` are JSON texts that name their dialect. `reversed` pairs have no truth."""

    file: str
    name: str
    writer: str
    reader: str
    writer_draft: str
    reader_draft: str
    truth: bool | None = None
    expected: bool | None = None

    def unlabelled(self) -> Pair:
        """The same pair where inclusion is not the question."""
        return replace(self, truth=None, expected=None)

    def turned(self) -> Pair:
        """The other way round: nothing is known of it."""
        return Pair(self.file, f"{self.name} (turned)", self.reader, self.writer, self.reader_draft, self.writer_draft)


def read(corpora: Path, *, both_ways: bool = False, files: list[str] | None = None) -> Iterator[Pair]:
    """Every pair of every `*.jsonl` file of a folder, in order; a pair that stands there twice comes once."""
    seen: set[tuple[str, str]] = set()
    for path in sorted(corpora.glob("*.jsonl")):
        if files and path.stem not in files:
            continue
        for line in path.read_text().splitlines():
            for pair in _pairs(path.stem, json.loads(line, parse_float=Decimal)):
                for one in (pair, pair.turned()) if both_ways else (pair,):
                    if (one.writer, one.reader) not in seen or one.truth is not None:
                        seen.add((one.writer, one.reader))
                        yield one


def _pairs(file: str, row: dict[str, Any]) -> Iterator[Pair]:
    default = _DRAFTS.get(row.get("draft", ""), row.get("draft")) or _DEFAULT_DRAFT
    olds = row["old"] if isinstance(row["old"], list) else [row["old"]]
    new = _side(row["new"], default)
    level = row.get("direction_or_level") or "BACKWARD"
    for number, text in enumerate(olds):
        old = _side(text, default)
        if old is None or new is None:
            continue
        name = row["id"] if len(olds) == 1 else f"{row['id']}#{number}"
        # an expectation about several pairs at once says nothing about each
        told = row.get("expected") if len(olds) == 1 and not level.startswith("FULL") else None
        pair = Pair(file, name, old[0], new[0], old[1], new[1], (row.get("truth") or {}).get("old_subset_new"), told)
        if not level.startswith("FORWARD"):
            yield pair
        if not level.startswith("BACKWARD"):
            yield replace(pair.turned(), name=f"{name} (forward)", expected=told)


def _side(given: Any, default: str) -> tuple[str, str] | None:
    """The text with its dialect named, and the draft; None for text that is no JSON Schema at all."""
    if isinstance(given, str):
        try:
            given = json.loads(given, parse_float=Decimal)
        except json.JSONDecodeError:
            return None
    if isinstance(given, bool):
        return dumps(given), default
    if not isinstance(given, dict):
        return None
    named = given.get("$schema")
    draft = draft_of(named) if isinstance(named, str) else None
    if draft is None:
        draft = default
        given = {"$schema": DIALECT_URIS[draft]} | {key: part for key, part in given.items() if key != "$schema"}
    return dumps(given), draft
