"""Strings: one automaton query for all patterns, lengths and excluded words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmreg.formats.json.inclusion import nodes as n
from llmreg.formats.json.inclusion.nodes import Node
from llmreg.formats.json.inclusion.outcome import EMPTY, UNKNOWN, Outcome, found

if TYPE_CHECKING:
    from llmreg.formats.json.inclusion.theories.context import Context
    from llmreg.formats.json.regex import Language

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def solve_string(solver: Context, atoms: tuple[Node, ...]) -> Outcome:
    positive: list[Language] = []
    negative: list[Language] = []
    excluded: set[str] = set()
    low, high = 0, None
    for atom in atoms:
        inner = atom.kids[0] if atom.op == n.NOT else atom
        if inner.op == n.PATTERN:
            language = solver.table.language(inner.args[0])
            if language is not None:
                (positive if atom is inner else negative).append(language)
        elif inner.op == n.ENUM:
            excluded.update(value for _, value in inner.args[0])
        elif inner.op == n.MIN_LENGTH:
            low = max(low, inner.args[0])
        else:
            high = inner.args[0] if high is None else min(high, inner.args[0])
    if high is not None and low > high:
        return EMPTY
    if low > solver.caps.length:
        return UNKNOWN
    text = None if positive or negative else _free_word(low, high, excluded)
    if text is None:
        from llmreg.formats.json.regex import Window, word

        text = word(positive, negative, Window(low, high), excluded, solver.budget)
    return EMPTY if text is None else found(text)


def _free_word(low: int, high: int | None, excluded: set[str]) -> str | None:
    """A word under no pattern, when one of the first that come to mind is not excluded."""
    if low == 0 and "" not in excluded:
        return ""
    if high == 0:
        return None
    base = "a" * max(low - 1, 0)
    return next((first + base for first in _LETTERS if first + base not in excluded), None)
