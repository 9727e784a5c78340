"""Differences of two texts for people: by line with a little context, and by word inside one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

_CONTEXT = 3
_MAX_LINES = 4000
_MAX_WORDS = 600
_ALIKE = 0.5
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Line(NamedTuple):
    """`sign` is `+`, `-`, a space, or `…` for lines that are left out. Numbers count from 1; 0: not on that side."""

    sign: str
    old: int
    new: int
    text: str


def line_diff(old: str, new: str) -> list[Line] | None:
    """Changed lines with three around them; empty for equal texts, None where the changed part is too long to show."""
    before, after = old.split("\n"), new.split("\n")
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    start = max(head - _CONTEXT, 0)
    end = max(tail - _CONTEXT, 0)
    before_part, after_part = before[start : len(before) - end], after[start : len(after) - end]
    if len(before_part) + len(after_part) > _MAX_LINES:
        return None
    matcher = SequenceMatcher(None, before_part, after_part, autojunk=False)
    lines: list[Line] = []
    for at, group in enumerate(matcher.get_grouped_opcodes(_CONTEXT)):
        first = start + group[0][1]
        if at or first:
            lines.append(Line("…", 0, 0, ""))
        lines += _group(group, before_part, after_part, start)
    if lines and lines[-1].old != len(before) and lines[-1].new != len(after):
        lines.append(Line("…", 0, 0, ""))
    return lines


def word_diff(old: str, new: str) -> list[tuple[str, str]]:
    """(sign, text) pieces; a sign is `-`, `+` or a space. Long texts, and texts that have little in common, are shown
    whole, one below the other."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    matcher = SequenceMatcher(str.isspace, before, after, autojunk=False)
    if len(before) + len(after) > _MAX_WORDS or matcher.ratio() < _ALIKE:
        return [piece for piece in (("-", old), (" ", "\n"), ("+", new)) if piece[1]]
    pieces: list[tuple[str, str]] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            pieces.append((" ", "".join(before[a:b])))
            continue
        pieces += [("-", "".join(before[a:b]))] if b > a else []
        pieces += [("+", "".join(after[c:d]))] if d > c else []
    return pieces


def _group(
    group: Sequence[tuple[str, int, int, int, int]], before: Sequence[str], after: Sequence[str], start: int
) -> Iterator[Line]:
    for tag, a, b, c, d in group:
        if tag == "equal":
            for step in range(b - a):
                yield Line(" ", start + a + step + 1, start + c + step + 1, before[a + step])
            continue
        yield from (Line("-", start + at + 1, 0, before[at]) for at in range(a, b))
        yield from (Line("+", 0, start + at + 1, after[at]) for at in range(c, d))


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    """How many lines are equal from the start."""
    limit = min(len(before), len(after))
    return next((at for at in range(limit) if before[at] != after[at]), limit)
