"""The documentation of a type or field changed.

Why it breaks:
    No data become unreadable. A model that is shown the schema reads the text and may write other values.

Example:
    Old `"doc": "in Celsius"`, new `"doc": "in Fahrenheit"`.

Instead:
    Nothing need be done for data. Run the evaluation again before a model sees the new text.

Reference:
    Avro 1.12 specification, "Records".
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.avro.clue import Clue
from llmreg.formats.avro.matching import pair_fields
from llmreg.formats.avro.types import Named, Record, Type
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def find(old: Type, new: Type) -> Iterator[Clue]:
    """One clue per type and per field whose text differs."""
    if isinstance(old, Named) and isinstance(new, Named) and old.doc != new.doc:
        yield Clue(f"the documentation of the type {_how(old.doc, new.doc)}", old, new)
    if isinstance(old, Record) and isinstance(new, Record):
        for field, sources in pair_fields(old, new):
            if sources and sources[0].doc != field.doc:
                how = _how(sources[0].doc, field.doc)
                yield Clue(f"the documentation of the field {how}", sources[0], field, field=field.name)


def _how(old: str, new: str) -> str:
    return "changed" if old and new else "was added" if new else "was removed"


RULE = Rule(
    summary="the documentation of a type or field changed",
    cls=ChangeClass.PROMPT_VISIBLE,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"doc"}),
)
