"""What a rule for changes without a data break looks at: the same place in the old and in the new version."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, NamedTuple

from llmreg.formats.json.equality import key_of
from llmreg.formats.json.explain_site import shown
from llmreg.formats.json.localise_references import MISSING, References, Spot
from llmreg.formats.rule import Rule
from llmreg.model.finding import Finding, Place

CLAIM = "no document can show it: it changes what is read of the schema, not which documents are valid"
_MAX_CHAIN = 64


class View(NamedTuple):
    """A schema object with everything that it merely passes on to: the targets of its references and a lone `allOf`
    member. What stands nearer hides what stands behind it, so that inlining a reference changes nothing."""

    chain: tuple[Spot, ...]

    @property
    def place(self) -> str:
        return self.chain[0].place

    @property
    def key(self) -> tuple[tuple[int, str], ...]:
        """The same for the same place."""
        return tuple((id(spot.index), spot.pointer) for spot in self.chain)

    def says(self, keyword: str) -> Any:
        """The keyword's value as a person reads it, or MISSING."""
        return self.holder(keyword).says(keyword)

    def holder(self, keyword: str) -> Spot:
        """The schema object that the keyword stands in, else the first."""
        for spot in self.chain:
            if isinstance(spot.schema, dict) and keyword in spot.schema:
                return spot
        return self.chain[0]

    def keywords(self) -> Iterator[str]:
        """Every keyword in the order of the text, each once."""
        seen: dict[str, None] = {}
        for spot in self.chain:
            seen.update(dict.fromkeys(spot.schema) if isinstance(spot.schema, dict) else {})
        return iter(seen)


def view(spot: Spot, references: References) -> View:
    """The view that starts at a schema object."""
    chain: list[Spot] = []
    todo = [spot]
    while todo and len(chain) < _MAX_CHAIN:
        here = todo.pop(0)
        if all((here.index, here.pointer) != (known.index, known.pointer) for known in chain):
            chain.append(here)
            todo += references.targets(here)
            todo += [here.child("allOf", 0)] if len(here.list_of("allOf")) == 1 else []
    return View(tuple(chain))


class Twin(NamedTuple):
    """One place in both versions; `label` names it for people (`user.tags[]`, empty for the root)."""

    old: View
    new: View
    label: str

    @property
    def field(self) -> str:
        """The place for people, in backticks."""
        return f"`{self.label}`" if self.label else "the schema"

    def said(self, keyword: str) -> tuple[Any, Any]:
        """The keyword's value in the old and in the new version, or MISSING."""
        return self.old.says(keyword), self.new.says(keyword)

    def annotation(self, rule: Rule, keyword: str, word: str | None = None) -> Iterator[Finding]:
        """The finding that an annotation changed, if it did; `word` is what people call it."""
        old, new = self.said(keyword)
        if old is MISSING and new is MISSING:
            return
        if old is not MISSING and new is not MISSING and key_of(old) == key_of(new):
            return
        name = word or f"`{keyword}`"
        if old is MISSING:
            what = f"{name} was added: {shown(new)}"
        elif new is MISSING:
            what = f"{name} was removed: {shown(old)}"
        else:
            what = f"{name} changed from {shown(old)} to {shown(new)}"
        yield self.finding(rule, f"{self.field}: {what}", keyword)

    def finding(self, rule: Rule, message: str, keyword: str) -> Finding:
        """A finding of a rule at the schema objects that hold the keyword."""
        return rule.finding(
            message,
            writer=Place(self.old.holder(keyword).place),
            reader=Place(self.new.holder(keyword).place),
            claim=CLAIM,
        )


def reordered(old: Sequence[Hashable], new: Sequence[Hashable]) -> bool:
    """Whether the members that both sequences hold stand in another order; what only one holds does not count."""
    in_old, in_new = set(old), set(new)
    return [item for item in old if item in in_new] != [item for item in new if item in in_old]
