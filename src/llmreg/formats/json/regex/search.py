"""Searches a regular language: is it empty, and which word of it is the shortest and most readable?"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from llmreg.formats.json.budget import Budget
from llmreg.formats.json.regex import charset, terms
from llmreg.formats.json.regex.charset import Ranges
from llmreg.formats.json.regex.terms import Term

_FILLER: Final = "a"


class Window(NamedTuple):
    """Allowed lengths in code points, both ends included."""

    low: int = 0
    high: int | None = None

    def empty(self) -> bool:
        return self.high is not None and self.low > self.high


class _Trail(NamedTuple):
    """A word read backwards: its last character and the trail before it."""

    before: _Trail | None
    point: int


@lru_cache(maxsize=4096)
def _alphabet(classes: frozenset[Ranges]) -> tuple[tuple[int, bool], ...]:
    """One representative per block of characters that no class tells apart, most readable first."""
    blocks: list[Ranges] = [charset.EVERYTHING]
    for ranges in classes:
        outside = charset.invert(ranges)
        split = [part for block in blocks for part in (charset.meet(block, ranges), charset.meet(block, outside))]
        blocks = [block for block in split if block]
    points = sorted((charset.representative(block) for block in blocks), key=charset.rank)
    return tuple((point, charset.is_line_end(point)) for point in points)


def find_word(term: Term, window: Window, budget: Budget) -> str | None:
    """The shortest word within the window, without line ends if that is possible."""
    for alternative, narrowed in _without_counters(term, window):
        if narrowed.empty():
            continue
        for line_ends in (False, True):
            word = _search(alternative, narrowed, line_ends, budget)
            if word is not None:
                return word
    return None


def _without_counters(term: Term, window: Window) -> list[tuple[Term, Window]]:
    """Turn a counter over one class, at the top, into a bound on the length.

    Two windows that differ only at their far end would otherwise cost a state for each length between.
    """
    alternatives: list[tuple[Term, Window]] = [(terms.FULL, window)]
    for part in term.args if term.op == terms.AND_OP else (term,):
        inner = part.args[0] if part.op == terms.NOT_OP else part
        if inner.op != terms.LOOP_OP or inner.args[0].op != terms.CLASS_OP or len(alternatives) > 8:
            choices = [(part, Window())]
        else:
            star = terms.loop(inner.args[0], 0, None)
            if part is inner:
                choices = [(star, Window(inner.low, inner.high))]
            else:
                choices = [(terms.negate(star), Window())]
                if inner.low > 0:
                    choices.append((terms.FULL, Window(0, inner.low - 1)))
                if inner.high is not None:
                    choices.append((terms.FULL, Window(inner.high + 1, None)))
        alternatives = [
            (terms.intersection([left, right]), _meet(one, other))
            for left, one in alternatives
            for right, other in choices
        ]
    return [(found, narrowed) for found, narrowed in alternatives if found is not terms.EMPTY]


def _meet(one: Window, other: Window) -> Window:
    highs = [high for high in (one.high, other.high) if high is not None]
    return Window(max(one.low, other.low), min(highs) if highs else None)


def _search(term: Term, window: Window, line_ends: bool, budget: Budget) -> str | None:
    """Breadth first. Before the shortest allowed length a state may recur; after it, never usefully."""
    layer: dict[Term, _Trail | None] = {term: None}
    seen: set[Term] = set()
    length = 0
    while layer:
        for state, trail in layer.items():
            if state is terms.FULL:
                return _spell(trail) + _FILLER * max(0, window.low - length)
            if state.nullable and length >= window.low:
                return _spell(trail)
        if length == window.high:
            return None
        if length >= window.low:
            seen.update(layer)
        layer = _next_layer(layer, seen, line_ends, budget)
        length += 1
    return None


def _next_layer(
    layer: dict[Term, _Trail | None], seen: set[Term], line_ends: bool, budget: Budget
) -> dict[Term, _Trail | None]:
    following: dict[Term, _Trail | None] = {}
    for state, trail in layer.items():
        for point, is_line_end in _alphabet(terms.first_classes(state)):
            budget.spend()
            if is_line_end and not line_ends:
                continue
            target = terms.derive(state, point)
            if target is not terms.EMPTY and target not in seen and target not in following:
                following[target] = _Trail(trail, point)
    return following


def _spell(trail: _Trail | None) -> str:
    points: list[str] = []
    while trail is not None:
        points.append(chr(trail.point))
        trail = trail.before
    return "".join(reversed(points))
