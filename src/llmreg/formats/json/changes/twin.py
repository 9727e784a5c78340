"""What a rule for changes without a data break looks at: the same place in the old and in the new version."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, NamedTuple

from llmreg.formats.json.changes.branches import Union
from llmreg.formats.json.changes.view import View
from llmreg.formats.json.equality import key_of
from llmreg.formats.json.localise.references import Spot
from llmreg.formats.json.values import MISSING, shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import Finding, Place

_WHOLE = 58  # as much as `shown` shows, without the quotes
_AROUND = 15
CLAIM = "no document can show it: it changes what is read of the schema, not which documents are valid"


class Twin(NamedTuple):
    """One place in both versions; `label` names it for people (`user.tags[]`, empty for the root), `unions` are those
    that stand there in both."""

    old: View
    new: View
    label: str
    unions: Sequence[Union] = ()

    @property
    def field(self) -> str:
        """The place for people, in backticks."""
        return f"`{self.label}`" if self.label else "the schema"

    def keywords(self) -> set[str]:
        """Every keyword that stands there in either version."""
        return {*self.old.keywords(), *self.new.keywords()}

    def said(self, keyword: str) -> tuple[Any, Any]:
        """The keyword's value in the old and in the new version, or MISSING."""
        return self.old.says(keyword), self.new.says(keyword)

    def holders(self, *keywords: str) -> Iterator[tuple[Spot, Spot]]:
        """The schema objects that one of the keywords stands in, in both versions, the nearest first."""
        return zip(self.old.holders(*keywords), self.new.holders(*keywords), strict=False)

    def annotation(self, rule: Rule, keyword: str, word: str | None = None) -> Iterator[Finding]:
        """The finding that an annotation changed, if it did; `word` is what people call it."""
        old, new = self.said(keyword)
        if old is MISSING and new is MISSING:
            return
        if old is not MISSING and new is not MISSING and key_of(old) == key_of(new):
            return
        name = word or f"`{keyword}`"
        if isinstance(old, str) and isinstance(new, str):
            what = f"{name} changed from {' to '.join(map(shown, _differing(old, new)))}{_growth(old, new)}"
        elif old is MISSING:
            what = f"{name} was added: {shown(new)}"
        elif new is MISSING:
            what = f"{name} was removed: {shown(old)}"
        else:
            what = f"{name} changed from {shown(old)} to {shown(new)}"
        yield self.finding(rule, f"{self.field}: {what}", keyword)

    def finding(self, rule: Rule, message: str, keyword: str) -> Finding:
        """A finding of a rule at the schema objects that hold the keyword."""
        return self.at(rule, message, self.old.holder(keyword), self.new.holder(keyword))

    @staticmethod
    def at(rule: Rule, message: str, old: Spot, new: Spot) -> Finding:
        """A finding of a rule at two schema objects."""
        return rule.finding(message, writer=Place(old.place), reader=Place(new.place), claim=CLAIM)


def _differing(old: str, new: str) -> tuple[str, str]:
    """Two texts, cut to where they differ when they are long, with a few characters before and after."""
    if max(len(old), len(new)) <= _WHOLE:
        return old, new
    start = _same(old, new)
    end = _same(old[start:][::-1], new[start:][::-1])
    start = max(0, start - _AROUND)
    cut = max(0, end - _AROUND)
    head, tail = "…" * (start > 0), "…" * (cut > 0)
    return f"{head}{old[start : len(old) - cut]}{tail}", f"{head}{new[start : len(new) - cut]}{tail}"


def _growth(old: str, new: str) -> str:
    """By how much a text grew or shrank: what a model reads is paid for by length."""
    grown = len(new.encode()) - len(old.encode())
    return f" ({grown:+d} byte{'' if abs(grown) == 1 else 's'})" if grown else ""


def _same(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other))
    )


def reordered(old: Sequence[Hashable], new: Sequence[Hashable]) -> bool:
    """Whether the members that both sequences hold stand in another order; what only one holds does not count."""
    in_old, in_new = set(old), set(new)
    return [item for item in old if item in in_new] != [item for item in new if item in in_old]
