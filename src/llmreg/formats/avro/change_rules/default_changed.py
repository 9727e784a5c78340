"""The default of a field, or of an enum, changed.

Why it breaks:
    No data become unreadable. Data that lack the field, or hold an unknown symbol, are read as another value, and a
    model that is shown the schema sees another suggestion.

Example:
    Old `"default": 10`, new `"default": 20`.

Instead:
    Keep the default if old data are still read with the new schema.

Known limits:
    A default that is removed breaks only data that lack the field; the compatibility check tells of those.

Reference:
    Avro 1.12 specification, "Records" and "Enums".
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.avro.clue import Clue
from llmreg.formats.avro.matching import pair_fields
from llmreg.formats.avro.types import NO_DEFAULT, Enum, Record, Type
from llmreg.formats.rule import Rule
from llmreg.model import jsontext
from llmreg.model.finding import ChangeClass, Severity


def find(old: Type, new: Type) -> Iterator[Clue]:
    """One clue per enum and per field whose default was added, removed or set to another value."""
    if isinstance(old, Enum) and isinstance(new, Enum) and old.default != new.default:
        yield Clue(f"the enum's default was {old.default or 'none'} and is {new.default or 'none'}", old, new)
    if isinstance(old, Record) and isinstance(new, Record):
        for field, sources in pair_fields(old, new):
            texts = [_text(each.default) for each in (*sources[:1], field)]
            if sources and texts[0] != texts[1]:
                yield Clue(f"the default was {texts[0]} and is {texts[1]}", sources[0], field, field=field.name)


def _text(default: object) -> str:
    return "none" if default is NO_DEFAULT else jsontext.dumps(default)


RULE = Rule(
    summary="a default changed",
    cls=ChangeClass.PROMPT_VISIBLE,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"default"}),
)
