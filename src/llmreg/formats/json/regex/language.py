"""The public face of the regex engine: patterns in, languages out, and the questions asked of them."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Final

from llmreg.formats.json.budget import Budget, BudgetError
from llmreg.formats.json.regex import terms
from llmreg.formats.json.regex.compile import search_language
from llmreg.formats.json.regex.parse import parse
from llmreg.formats.json.regex.search import Window, find_word
from llmreg.formats.json.regex.syntax import PatternError, PatternUnsupported
from llmreg.formats.json.regex.terms import Term

_CACHE_SIZE: Final = 2048
_MAX_LENGTH: Final = 4000
_STEPS: Final = 100_000
_FEW_STEPS: Final = 2_000
_ANY_LENGTH: Final = Window()


class Language:
    """The set of strings in which one pattern finds a match."""

    __slots__ = ("_answers", "pattern", "term")

    def __init__(self, pattern: str, term: Term) -> None:
        self.pattern = pattern
        self.term = term
        self._answers: dict[str, bool] = {}

    def matches(self, text: str) -> bool:
        """Membership, by derivatives."""
        known = self._answers.get(text)
        if known is not None:
            return known
        state = self.term
        for char in text:
            if state is terms.FULL or state is terms.EMPTY:
                break
            state = terms.derive(state, ord(char))
        if len(self._answers) < 1024:
            self._answers[text] = state.nullable
        return state.nullable

    def universal(self) -> bool:
        return self.term is terms.FULL


_compiled: OrderedDict[str, Language | PatternError | PatternUnsupported] = OrderedDict()


def compile_pattern(text: str) -> Language:
    """The language of a pattern; raises PatternError or PatternUnsupported."""
    found = _compiled.get(text)
    if found is None:
        if terms.trim():
            _compiled.clear()
        found = _compile(text)
        _compiled[text] = found
        if len(_compiled) > _CACHE_SIZE:
            _compiled.popitem(last=False)
    else:
        _compiled.move_to_end(text)
    if isinstance(found, Language):
        return found
    raise found.with_traceback(None)


def _compile(text: str) -> Language | PatternError | PatternUnsupported:
    if len(text) > _MAX_LENGTH:
        return PatternUnsupported("pattern too long")
    try:
        return Language(text, search_language(parse(text)))
    except (PatternError, PatternUnsupported) as refused:
        return refused
    except RecursionError:
        return PatternUnsupported("pattern nested too deeply")


def check_pattern(text: str) -> None:
    """Raise PatternError if `text` is no ECMA-262 pattern; a pattern that is only unsupported passes."""
    parse(text)


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern finds something in a text; one that is wrong or unsupported finds nothing."""
    try:
        return compile_pattern(pattern).matches(text)
    except (PatternError, PatternUnsupported):
        return False


def word(
    positive: Iterable[Language],
    negative: Iterable[Language] = (),
    window: Window = _ANY_LENGTH,
    exclude: Collection[str] = (),
    budget: Budget | None = None,
) -> str | None:
    """The shortest word in all of `positive` and none of `negative`, with a length inside `window`."""
    parts = [language.term for language in positive]
    parts += [terms.negate(language.term) for language in negative]
    budget = budget or Budget(math.inf, _STEPS)
    found = find_word(terms.intersection(parts), window, budget)
    banned: list[Term] = []
    while found is not None and found in exclude:
        # Only words that the search met are excluded: a list of all of them would make every state larger.
        banned.append(terms.literal(found))
        found = find_word(terms.intersection([*parts, terms.negate(terms.union(banned))]), window, budget)
    return found


@lru_cache(maxsize=512)
def quick_word(pattern: str, low: int, high: int | None) -> str | None:
    """The shortest text of `low` to `high` characters in which a pattern finds something; None where there is none, or
    where it takes more than a few steps to find one."""
    try:
        return word((compile_pattern(pattern),), window=Window(low, high), budget=Budget(math.inf, _FEW_STEPS))
    except (PatternError, PatternUnsupported, BudgetError):
        return None


def included(left: Language, right: Language, budget: Budget | None = None) -> bool:
    """Is every string that `left` matches also matched by `right`?"""
    if left.term is right.term or right.universal():
        return True
    return word((left,), (right,), budget=budget) is None


def disjoint(left: Language, right: Language, budget: Budget | None = None) -> bool:
    return word((left, right), budget=budget) is None
