"""Lists of records (subjects, versions, hits, references) as JSON for programs or as a table for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from llmreg.model.jsontext import dumps
from llmreg.render.options import RenderOptions
from llmreg.render.plain import printable_lines
from llmreg.render.table import table


def as_json(value: dict[str, Any] | list[dict[str, Any]]) -> str:
    """Indented JSON with exact numbers and a final newline."""
    return printable_lines(dumps(value, indent=2)) + "\n"


def as_text(records: Sequence[Mapping[str, Any]], options: RenderOptions) -> str:
    """A table; the columns are the keys in the order in which they first occur. A missing key is an empty cell."""
    headers = list(dict.fromkeys(key for record in records for key in record))
    return table(headers, [[record.get(key) for key in headers] for record in records], options)
