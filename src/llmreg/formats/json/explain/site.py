"""What a rule of the JSON Schema comparison looks at: one refusal, and what both sides say at its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llmreg.formats.json.values import MISSING, shown
from llmreg.model.finding import Finding, Place

if TYPE_CHECKING:
    from llmreg.formats.json.localise.refusal import Refusal
    from llmreg.formats.json.localise.walk import Ground
    from llmreg.formats.rule import Rule

_SHOWN = 60
_LISTED = 5


class Site(NamedTuple):
    """`refusal` is the reader's keyword that said no to `value`, `reader` the schema object that holds it, `writer`
    what the writer says at the same place of the document."""

    refusal: Refusal
    value: Any
    reader: Any
    writer: Ground

    @property
    def name(self) -> str:
        """The property, pattern or position that the keyword speaks of."""
        return self.refusal.detail

    @property
    def field(self) -> str:
        """The place for people, in backticks."""
        return f"`{self.writer.label}`" if self.writer.label else "the document"

    @property
    def limit(self) -> Any:
        """The reader's value of the keyword; draft 4's boolean `exclusiveMaximum` stands for its number."""
        value = self.reader_says(self.refusal.keyword)
        if isinstance(value, bool) and self.refusal.keyword.startswith("exclusive"):
            return self.reader_says(self.refusal.keyword.removeprefix("exclusive").lower())
        return value

    def member(self, name: str) -> str:
        """A property of the refused object, for people, in backticks."""
        return f"`{self.writer.label}.{name}`" if self.writer.label else f"`{name}`"

    def reader_says(self, keyword: str) -> Any:
        """The value of a keyword beside the one that refused, or MISSING."""
        return self.reader.get(keyword, MISSING) if isinstance(self.reader, dict) else MISSING

    def writer_says(self, *keywords: str) -> Any:
        """The first of the keywords that the writer has at this place, deepest schema object first, or MISSING."""
        for keyword in keywords:
            for spot in reversed(self.writer.spots):
                value = spot.says(keyword) if self.writer.exact else MISSING
                if value is not MISSING:
                    return value
        return MISSING

    def contrast(self, accepts: str, writes: str, *writer_keywords: str) -> str:
        """`accepts` and `writes` hold one `{}` for each side's value; without one the writer's is what it may write."""
        had = self.writer_says(*(writer_keywords or (self.refusal.keyword,)))
        if had is MISSING or isinstance(had, bool):
            said = f"may write {shown(self.value)}"
        else:
            said = writes.format(shown(had))
        return f"{self.field}: the reader {accepts.format(shown(self.limit))}, the writer {said}"

    def keep(self, what: str, *writer_keywords: str) -> str:
        """How to mend a limit: what the writer has, or none."""
        had = self.writer_says(*(writer_keywords or (self.refusal.keyword,)))
        keyword = self.refusal.keyword
        if had is MISSING or isinstance(had, bool):
            return f"take `{keyword}` out of the reader's schema, or release a new major version"
        return f"keep `{keyword}` {what.format(shown(had))}, or release a new major version"

    def finding(self, rule: Rule, message: str, fix: str, writer: str | None = None) -> Finding:
        """A finding of `rule` at this site; `writer` is the writer's pointer where it is not the default one."""
        place = self.writer.holder((self.refusal.keyword,)).place if writer is None else writer
        return rule.finding(message, writer=Place(place), reader=Place(self.refusal.pointer), fix=fix)
