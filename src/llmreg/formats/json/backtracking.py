"""How many steps a matcher that backtracks may take to search one text.

Backtracking walks every way through the pattern. The ways that reach one position go on alike, so they are counted
together: the count takes time with the positions, however many ways there are.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, TypeAlias

from llmreg.formats.json.regex import PatternUnsupported
from llmreg.formats.json.regex.charset import contains
from llmreg.formats.json.regex.parse import parse
from llmreg.formats.json.regex.syntax import Chars, Choice, Edge, Foreign, Look, Repeat, Sequence, Tree

_MAX_STEPS: Final = 1 << 20

Ways: TypeAlias = dict[int, int]  # in how many ways the walk gets to each position


class StepsError(Exception):
    """Too many steps."""


def ends_soon(pattern: str, text: str) -> bool:
    """Whether a search takes at most about a million steps, match or not.

    Raises PatternError for what is no pattern of ECMA-262, PatternUnsupported for one whose steps cannot be counted.
    """
    tree = _parsed(pattern)
    try:
        _Walk(text).through(tree, dict.fromkeys(range(len(text) + 1), 1))
    except StepsError:
        return False
    return True


@lru_cache(maxsize=1024)
def _parsed(pattern: str) -> Tree:
    return parse(pattern)


class _Walk:
    def __init__(self, text: str) -> None:
        self.text = text
        self.steps = 0

    def through(self, tree: Tree, ways: Ways) -> Ways:
        """The ways to each position behind the tree. Raises StepsError, PatternUnsupported."""
        self.steps += sum(ways.values()) + 1
        if self.steps > _MAX_STEPS:
            raise StepsError
        if isinstance(tree, Chars):
            return {at + 1: count for at, count in ways.items() if self.reads(tree, at)}
        if isinstance(tree, Sequence):
            for part in tree.parts:
                ways = self.through(part, ways) if ways else ways
            return ways
        if isinstance(tree, Choice):
            return _merged([self.through(branch, ways) for branch in tree.branches])
        if isinstance(tree, Repeat):
            return self.repeated(tree, ways)
        return self.standing(tree, ways)

    def standing(self, tree: Edge | Look | Foreign, ways: Ways) -> Ways:
        """What reads nothing. A look that would fail counts as one that holds: more ways, never fewer."""
        if isinstance(tree, Edge):
            edge = len(self.text) if tree.at_end else 0
            return {edge: ways[edge]} if edge in ways else {}
        if isinstance(tree, Look):
            self.through(tree.body, ways)
        elif tree.what != "word boundary":
            raise PatternUnsupported(tree.what)
        return ways

    def reads(self, tree: Chars, at: int) -> bool:
        return at < len(self.text) and contains(tree.ranges, ord(self.text[at]))

    def repeated(self, tree: Repeat, ways: Ways) -> Ways:
        for _ in range(tree.low):
            if not ways:
                return ways
            ways = self.through(tree.body, ways)
        if tree.high is None:
            return self.unbounded(tree.body, ways)
        reached = [ways]
        for _ in range(tree.high - tree.low):
            ways = self.through(tree.body, ways)
            if not ways:
                break
            reached.append(ways)
        return _merged(reached)

    def unbounded(self, body: Tree, ways: Ways) -> Ways:
        """From left to right. A body that may read nothing counts as endless: matchers differ in how they repeat it."""
        reached = dict(ways)
        at, last = min(reached, default=0), max(reached, default=-1)
        while at <= last:
            if at in reached:
                for end, count in self.through(body, {at: reached[at]}).items():
                    if end == at:
                        raise StepsError
                    reached[end] = reached.get(end, 0) + count
                    last = max(last, end)
            at += 1
        return reached


def _merged(several: list[Ways]) -> Ways:
    out: Ways = {}
    for ways in several:
        for at, count in ways.items():
            out[at] = out.get(at, 0) + count
    return out
