"""From a pattern's tree to the language of all strings in which the pattern finds a match.

Continuation style: each part of the tree is compiled against the language of what follows it, so `$` is a condition
on that language and look-ahead is an intersection with it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from llmreg.formats.json.regex import terms
from llmreg.formats.json.regex.syntax import (
    Chars,
    Choice,
    Edge,
    Foreign,
    Look,
    PatternUnsupported,
    Repeat,
    Sequence,
    Tree,
)
from llmreg.formats.json.regex.terms import Term

_UNROLL: Final = 12


class Rest(NamedTuple):
    """What may follow: `here` while nothing was read yet since the start of the text, else `later`."""

    here: Term
    later: Term


_ANYTHING: Final = Rest(terms.FULL, terms.FULL)


def search_language(tree: Tree) -> Term:
    """All strings with a match somewhere."""
    at_start = _compile(tree, _ANYTHING, start=True)
    if at_start is terms.FULL:
        return at_start
    elsewhere = _compile(tree, _ANYTHING, start=False)
    return terms.union([at_start, terms.cat(terms.loop(terms.ANY, 1, None), elsewhere)])


def _compile(tree: Tree, rest: Rest, start: bool) -> Term:
    current = rest.here if start else rest.later
    if isinstance(tree, Chars):
        return terms.cat(terms.char_class(tree.ranges), rest.later)
    if isinstance(tree, Sequence):
        return _sequence(tree, rest, start)
    if isinstance(tree, Choice):
        return terms.union([_compile(branch, rest, start) for branch in tree.branches])
    if isinstance(tree, Repeat):
        return _repeat(tree, rest, start)
    if isinstance(tree, Edge):
        if tree.at_end:
            return terms.EPSILON if current.nullable else terms.EMPTY
        return rest.here if start else terms.EMPTY
    if isinstance(tree, Look):
        ahead = _compile(tree.body, _ANYTHING, start)
        return terms.intersection([terms.negate(ahead) if tree.negative else ahead, current])
    raise PatternUnsupported(tree.what)


def _sequence(tree: Sequence, rest: Rest, start: bool) -> Term:
    for part in reversed(tree.parts[1:]):
        later = _compile(part, rest, start=False)
        rest = Rest(_compile(part, rest, start=True) if start else later, later)
    if not tree.parts:
        return rest.here if start else rest.later
    return _compile(tree.parts[0], rest, start)


def _repeat(tree: Repeat, rest: Rest, start: bool) -> Term:
    if _plain(tree.body):
        body = _plain_term(tree.body)
        whole = terms.loop(body, tree.low, tree.high)
        if not start or rest.here is rest.later:
            return terms.cat(whole, rest.later)
        some = terms.intersection([whole, terms.loop(terms.ANY, 1, None)])
        return terms.union([rest.here if whole.nullable else terms.EMPTY, terms.cat(some, rest.later)])
    if tree.high is None or tree.high > _UNROLL:
        raise PatternUnsupported("an assertion inside a repetition")
    result = rest
    for count in range(tree.high):
        later = _compile(tree.body, result, start=False)
        here = _compile(tree.body, result, start=True)
        if tree.high - count > tree.low:
            later = terms.union([later, rest.later])
            here = terms.union([here, rest.here])
        result = Rest(here, later)
    return result.here if start else result.later


def _plain(tree: Tree) -> bool:
    """Free of assertions, so that it is a language of its own whatever surrounds it."""
    if isinstance(tree, Chars):
        return True
    if isinstance(tree, Sequence):
        return all(_plain(part) for part in tree.parts)
    if isinstance(tree, Choice):
        return all(_plain(branch) for branch in tree.branches)
    if isinstance(tree, Repeat):
        return _plain(tree.body)
    if isinstance(tree, Foreign):
        raise PatternUnsupported(tree.what)
    return False


def _plain_term(tree: Tree) -> Term:
    return _compile(tree, Rest(terms.EPSILON, terms.EPSILON), start=False)
