"""What a rule of the JSON Schema comparison looks at: one refusal, and what both sides say at its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from llmreg.formats.json.equality import key_of
from llmreg.formats.json.localise_references import MISSING
from llmreg.model.finding import Finding, Place
from llmreg.model.jsontext import dumps

if TYPE_CHECKING:
    from llmreg.formats.json.localise import Refusal
    from llmreg.formats.json.localise_walk import Ground
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


def shown(value: Any) -> str:
    """A JSON value as short text."""
    if value is MISSING:
        return "nothing"
    text = dumps(value)
    if len(text) <= _SHOWN:
        return text
    if isinstance(value, str):
        return f'{text[: _SHOWN - 20]}…" ({len(value)} characters)'
    return f"{text[: _SHOWN - 1]}…"


def listed(values: Sequence[Any], last: str = "or") -> str:
    """`"a", "b" or "c"`, cut after five."""
    texts = [shown(value) for value in values[:_LISTED]]
    if len(values) > _LISTED:
        texts.append(f"{len(values) - _LISTED} more")
    return f" {last} ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def without(values: Iterable[Any], others: Sequence[Any]) -> list[Any]:
    """The values that equal none of the others, in order."""
    known = {key_of(other) for other in others}
    return [value for value in values if key_of(value) not in known]


def type_of(value: Any) -> str:
    """The JSON Schema type of a value; a whole number is an `integer`."""
    if value is None:
        return "null"
    for python, name in ((bool, "boolean"), (str, "string"), (list, "array"), (dict, "object")):
        if isinstance(value, python):
            return name
    whole = isinstance(value, int) or (isinstance(value, Decimal) and value == value.to_integral_value())
    return "integer" if whole else "number"


def types(schema_type: Any, values: Any = MISSING) -> list[str]:
    """The types that a `type` keyword names, or those of listed values; empty: any type."""
    if isinstance(schema_type, str):
        return [schema_type]
    if isinstance(schema_type, list):
        return [str(name) for name in schema_type]
    return list(dict.fromkeys(type_of(value) for value in values)) if isinstance(values, list) else []


def overlap(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether two lists of types have a value in common; `number` holds `integer`."""
    return any(one == two or {one, two} == {"integer", "number"} for one in first for two in second)
