"""The reader's record has a field that the writer's lacks, and the field has no default.

Why it breaks:
    Avro data hold no field names: a reader fills a field that was never written from its default, and fails
    where there is none. That the field is a union with null, or an enum with a default symbol, does not help.

Example:
    Writer `{"type": "record", "name": "Reply", "fields": []}`, reader with `{"name": "model", "type": "string"}`:
    every reply is refused.

Instead:
    Give the field a `default`, or, when it was renamed, an alias: `"aliases": ["old_name"]`.

Reference:
    Avro 1.12 specification, "Schema Resolution".
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from llmreg.formats.avro import isolate
from llmreg.formats.avro.clue import Clue, Context
from llmreg.formats.avro.matching import pair_fields
from llmreg.formats.avro.types import Record, Type
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def find(writer: Type, reader: Type, context: Context) -> Iterator[Clue]:
    """One clue per field of the reader that nothing fills."""
    if not (isinstance(writer, Record) and isinstance(reader, Record)):
        return
    for field, sources in pair_fields(writer, reader):
        if not sources and not field.optional:
            yield Clue(
                "the reader needs this field and has no default for it, the writer does not write it",
                writer,
                field,
                field=field.name,
                leaf=partial(isolate.added, field),
            )


RULE = Rule(
    summary="the reader has a new field without a default",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"fields", "default", "aliases"}),
    aliases=("READER_FIELD_MISSING_DEFAULT_VALUE",),
)
