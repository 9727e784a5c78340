"""The reader has another kind of type, and no promotion leads to it.

Why it breaks:
    Only int → long → float → double, and string ↔ bytes, are read as one another. Every other pair of kinds is
    refused, also two named types of one name and two kinds.

Example:
    Writer `"int"`, reader `"string"`: the number 0 (`00`) is refused.

Instead:
    Add a field of the new type with a default. A reader that must take both can use a union of both types.

Known limits:
    fastavro does not compare the kinds of two types of one name, and fails later or yields a wrong value.

Reference:
    Avro 1.12 specification, "Schema Resolution".
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.avro import isolate
from llmreg.formats.avro.clue import Clue, Context
from llmreg.formats.avro.matching import promotes
from llmreg.formats.avro.types import Type, Union
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def find(writer: Type, reader: Type, context: Context) -> Iterator[Clue]:
    """One clue for two kinds; unions are taken apart before."""
    if writer.kind == reader.kind or isinstance(writer, Union) or isinstance(reader, Union):
        return
    if not promotes(writer, reader):
        yield Clue(
            f"the reader wants {_name(reader)}, the writer writes {_name(writer)}",
            writer,
            reader,
            leaf=lambda: isolate.types(writer, reader, context.datum(writer)),
        )


def _name(type_: Type) -> str:
    return type_.kind if type_.label() == type_.kind else f"the {type_.kind} {type_.label()}"


RULE = Rule(
    summary="the type changed, and no promotion leads from the writer's to the reader's",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"type"}),
    aliases=("TYPE_MISMATCH",),
)
