"""A fixed type has another size.

Why it breaks:
    A fixed has no length on the wire: a reader takes as many bytes as its schema says, so sizes must be equal.

Example:
    Writer `{"type": "fixed", "name": "Digest", "size": 16}`, reader with `"size": 32`: 16 zero bytes are refused.

Instead:
    Add a field with the new fixed type and a default, and keep the old one until no writer is left.

Reference:
    Avro 1.12 specification, "Schema Resolution".
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.avro import isolate
from llmreg.formats.avro.clue import Clue, Context
from llmreg.formats.avro.types import Fixed, Type
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def find(writer: Type, reader: Type, context: Context) -> Iterator[Clue]:
    """One clue for two fixed types of two sizes."""
    if isinstance(writer, Fixed) and isinstance(reader, Fixed) and writer.size != reader.size:
        datum = context.datum(writer)
        yield Clue(
            f"the writer's fixed has {writer.size} bytes, the reader's {reader.size}",
            writer,
            reader,
            datum,
            leaf=lambda: isolate.namesakes(writer, reader, datum),
        )


RULE = Rule(
    summary="a fixed type has another size",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"size"}),
    aliases=("FIXED_SIZE_MISMATCH",),
)
