"""The writer writes a field that the reader does not have.

Why it breaks:
    No reader fails: the value is skipped. What the writer said is lost without a word, which matters where the
    writer counts on it, as a model does that fills in the arguments of a tool.

Example:
    Writer with the field `limit`, reader without it: the value of `limit` goes nowhere.

Instead:
    Keep the field, or say in its documentation that it is ignored, and remove it when no writer is left. A renamed
    field wants an alias.

Reference:
    Avro 1.12 specification, "Schema Resolution".
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from llmreg.formats.avro import isolate
from llmreg.formats.avro.clue import Clue, Context, Expect
from llmreg.formats.avro.matching import pair_fields
from llmreg.formats.avro.types import Record, Type
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def find(writer: Type, reader: Type, context: Context) -> Iterator[Clue]:
    """One clue per field of the writer that no field of the reader takes."""
    if not (isinstance(writer, Record) and isinstance(reader, Record)):
        return
    taken = {source.name for _, sources in pair_fields(writer, reader) for source in sources}
    for field in writer.fields:
        if field.name not in taken:
            yield Clue(
                "the writer writes this field, the reader drops it",
                field,
                reader,
                expect=Expect.DROPPED,
                expected=f"the reader yields no {field.name}",
                field=field.name,
                leaf=partial(isolate.dropped, field, context.datum),
            )


RULE = Rule(
    summary="the reader drops a field that the writer writes",
    cls=ChangeClass.IGNORED,
    severity=Severity.WARN,
    find=find,
    reads=frozenset({"fields"}),
)
