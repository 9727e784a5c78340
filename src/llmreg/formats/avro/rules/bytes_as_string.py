"""Bytes are read as a string.

Why it breaks:
    The promotion is legal, but not every byte string is UTF-8: fastavro raises, Java puts U+FFFD in place of what
    it cannot read.

Example:
    Writer `"bytes"`, reader `"string"`: the byte ff (`02ff`) is no text.

Instead:
    Keep bytes, unless every writer only ever wrote UTF-8.

Reference:
    Avro 1.12 specification, "Schema Resolution".
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.avro.clue import Clue, Context
from llmreg.formats.avro.types import Type
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def find(writer: Type, reader: Type, context: Context) -> Iterator[Clue]:
    """One clue where bytes meet a string."""
    if writer.kind == "bytes" and reader.kind == "string":
        yield Clue(
            "the reader reads the writer's bytes as text, and not all bytes are UTF-8",
            writer,
            reader,
            b"\xff",
            expected="some readers refuse it, others replace what is no UTF-8",
        )


RULE = Rule(
    summary="bytes are read as a string",
    cls=ChangeClass.NARROWING,
    severity=Severity.WARN,
    find=find,
    reads=frozenset({"type"}),
)
