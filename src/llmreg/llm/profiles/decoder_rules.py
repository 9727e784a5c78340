"""The predicate behind the `llguidance` profile: what its compiler refuses, without having it installed.

First the schema is read into terms (`decoder_build`), then the terms that a grammar would be made of are walked: a
union of overlapping branches, a pattern, a count of properties matter only where they can be reached.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from llmreg.formats.json.regex import (
    Budget,
    BudgetError,
    PatternError,
    PatternUnsupported,
    compile_pattern,
    disjoint,
)
from llmreg.llm.profiles.decoder_build import Builder, Defect, TooLarge
from llmreg.llm.profiles.decoder_keywords import unimplemented
from llmreg.llm.profiles.decoder_terms import ANY, Kind, Term
from llmreg.llm.profiles.hit import Arguments, Hit, Predicate
from llmreg.llm.profiles.view import View

_FEATURES = (
    (re.compile(r"\(\?<?[=!]"), "look-around"),
    (re.compile(r"(?<!\\)(?:\\\\)*\\[1-9]"), "a back reference"),
    (re.compile(r"(?<!\\)(?:\\\\)*\\[bB]"), "a word boundary"),
    (re.compile(r"(?<!\\)(?:\\\\)*\\[cZzk]"), "an escape that the decoder does not know"),
)
_OPEN_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*$")
_STEPS = 20_000


def decoder(view: View, wanted: Arguments) -> Iterator[Hit]:
    """Defects of one `kind`."""
    for defect in analysis(view):
        if defect.kind == wanted["kind"]:
            node = view.by_pointer.get(defect.pointer)
            place = node.place if node is not None else defect.pointer or "the schema"
            yield Hit(defect.pointer, {"place": place, **defect.values})


@lru_cache(maxsize=8)
def analysis(view: View) -> tuple[Defect, ...]:
    """Everything that the decoder would refuse in a schema; each place once."""
    refused = unimplemented(view.document)
    if refused is None:
        said = str(view.document.get("$schema"))[:80]
        return (Defect("reference", "/$schema", {"place": "$schema", "reference": said}),)
    builder = Builder(view, refused, matches)
    try:
        term = builder.build(view.root)
        walk = _Walk(builder)
        if not walk.possible(term) and not builder.defects:
            builder.defects.append(Defect("never", term.pointer, {}))
        walk.finish()
    except (TooLarge, RecursionError):
        builder.defects.append(Defect("large", "", {}))
    return tuple({(item.kind, item.pointer, str(item.values)): item for item in builder.defects}.values())


class _Walk:
    """Visits what a grammar is made of. `possible` says whether any value fits."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.seen: set[str] = set()
        self.pending: list[str] = []

    def finish(self) -> None:
        """The definitions that references have left to be made."""
        while self.pending:
            target = self.pending.pop()
            if not self.possible(self.builder.opened.get(target) or ANY) and not self.builder.defects:
                self.builder.defects.append(Defect("never", target, {}))

    def possible(self, term: Term) -> bool:
        if term.kind is Kind.REFERENCE:
            if term.target not in self.seen:
                self.seen.add(term.target)
                self.pending.append(term.target)
            return True
        if term.kind is Kind.ONE_OF:
            self.builder.defects.append(Defect("one_of", term.pointer, {}))
            return True
        if term.kind is Kind.ANY_OF:
            return any(list(map(self.possible, term.options)))  # every option is looked at
        if term.kind is Kind.STRING:
            return self._string(term)
        if term.kind in (Kind.ARRAY, Kind.OBJECT):
            return self._array(term) if term.kind is Kind.ARRAY else self._object(term)
        if term.kind is Kind.NUMBER:
            return term.low is None or term.high is None or term.low <= term.high
        return term.kind is not Kind.NEVER

    def _string(self, term: Term) -> bool:
        for pattern in term.patterns:
            self._pattern(pattern, term.pointer)
        return term.high is None or (term.low or 0) <= term.high

    def _pattern(self, pattern: str, pointer: str) -> None:
        feature = pattern_problem(pattern)
        if feature is not None:
            self.builder.defects.append(Defect("pattern", pointer, {"feature": feature}))

    def _array(self, term: Term) -> bool:
        low, high = term.low or 0, term.high
        if high is not None and low > high:
            return False
        for index, option in enumerate(term.options[:high]):
            if not self.possible(option):
                return low <= index
        more = high is None or high > len(term.options)
        if term.rest is not None and more and not self.possible(term.rest):
            return low <= len(term.options)
        return True

    def _object(self, term: Term) -> bool:
        for name in (*term.properties, *(name for name in term.required if name not in term.properties)):
            inner = self.builder.algebra.property_of(term, name)
            if not self.possible(inner) and name in term.required:
                return False
        patterns = list(term.patterned)
        for index, pattern in enumerate(patterns):
            self._pattern(pattern, term.pointer)
            for other in patterns[index + 1 :]:
                if not _apart(pattern, other):
                    values = {"first": pattern, "second": other}
                    self.builder.defects.append(Defect("overlap", term.pointer, values))
            self.possible(term.patterned[pattern])
        if term.rest is not None:
            self.possible(term.rest)
        self._counts(term)
        return True

    def _counts(self, term: Term) -> None:
        """Counts need every declared property to be required, or an object that is closed."""
        low, high = term.low or 0, term.high
        if not low and high is None:
            return
        closed = term.rest is not None and term.rest.kind is Kind.NEVER and not term.patterned
        if closed or all(name in term.required for name in term.properties):
            return
        self.builder.defects.append(Defect("count", term.pointer, {}))


@lru_cache(maxsize=1024)
def pattern_problem(pattern: str) -> str | None:
    """What the decoder's regular expressions do not have; None when it takes the pattern."""
    for expression, feature in _FEATURES:
        if expression.search(pattern):
            return feature
    try:
        compile_pattern(pattern)
    except PatternError as error:
        return f"wrong syntax ({error})"
    except (PatternUnsupported, BudgetError):
        return None
    return (
        "an open character class"
        if _OPEN_CLASS.search(re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "", pattern))
        else None
    )


@lru_cache(maxsize=4096)
def matches(pattern: str, name: str) -> bool:
    try:
        return compile_pattern(pattern).matches(name)
    except (PatternError, PatternUnsupported, BudgetError):
        return False


def _apart(one: str, other: str) -> bool:
    try:
        return disjoint(compile_pattern(one), compile_pattern(other), Budget(math.inf, _STEPS))
    except (PatternError, PatternUnsupported, BudgetError):
        return False


PREDICATES: Mapping[str, Predicate] = {"decoder": decoder}
