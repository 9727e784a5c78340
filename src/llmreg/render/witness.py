"""A witness as text: exact JSON, the bytes in hex, cut where it gets too long to read."""

from __future__ import annotations

from typing import Any

from llmreg.model.jsontext import dumps
from llmreg.render.plain import clip, printable, printable_lines


def one_line(document: Any) -> str:
    """Compact JSON with its exact numbers."""
    return printable(dumps(document))


def many_lines(document: Any) -> list[str]:
    """Indented JSON."""
    return printable_lines(dumps(document, indent=2)).split("\n")


def folded(document: Any, width: int, most: int) -> tuple[list[str], bool]:
    """One line where it fits into `width` columns, else at most `most` indented lines; and whether anything is cut."""
    compact = one_line(document)
    if len(compact) <= width:
        return [compact], False
    lines = many_lines(document)
    shown = [clip(line, width) for line in lines[:most]]
    return shown, shown != lines


def outcome(expected: str) -> str:
    """What the reader makes of the document; the reader is named once."""
    return f"the reader: {expected.removeprefix('the reader ')}"


def spaced_hex(text: str) -> str:
    """`0a01` as `0a 01`; no bytes at all is said in words."""
    return " ".join(text[at : at + 2] for at in range(0, len(text), 2)) or "(none: the empty message)"
