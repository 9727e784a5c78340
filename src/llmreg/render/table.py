"""Rows as aligned text, for the commands that list things."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from llmreg.render.options import RenderOptions
from llmreg.render.plain import printable
from llmreg.render.styled import Line, Word, to_text

_GAP = 2


def table(headers: Sequence[str], rows: Sequence[Sequence[object]], options: RenderOptions) -> str:
    """Columns two spaces apart, numbers to the right; None is an empty cell. Empty text without rows."""
    if not rows:
        return ""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(map(columns, column)) for column in zip(headers, *cells, strict=True)]
    right = [all(map(_is_number, column)) for column in zip(*rows, strict=True)]
    lines: list[Line] = [(Word(_row(headers, widths, right), "bold"),)]
    lines += [(Word(_row(row, widths, right)),) for row in cells]
    return to_text(lines, options)


def columns(text: str) -> int:
    """How many terminal columns the text takes: two for a wide character, none for a combining one."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_cell, value))
    return printable(str(value))


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))


def _row(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = []
    for cell, width, to_right in zip(cells, widths, right, strict=True):
        space = " " * (width - columns(cell))
        padded.append(space + cell if to_right else cell + space)
    return (" " * _GAP).join(padded).rstrip()
