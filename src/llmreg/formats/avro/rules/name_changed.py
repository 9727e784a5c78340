"""A record, enum or fixed has another name, and no alias of the reader tells that it is the same type.

Why it breaks:
    Named types match when their unqualified names are equal or an alias of the reader is the writer's full name.
    The writer's aliases count for nothing. Otherwise a reader refuses the data, whatever stands in them.

Example:
    Writer `{"type": "record", "name": "Reply", "fields": [{"name": "text", "type": "string"}]}`, reader the same
    with the name `Answer`: the reply with an empty text (`00`) is refused.

Instead:
    Give the reader's type `"aliases": ["Reply"]`; an alias without a dot is taken from the type's own namespace.

Known limits:
    Java's reader ignores the names of records that stand outside unions and reads this data; fastavro, Ruby and
    Rust refuse it.

Reference:
    Avro 1.12 specification, "Schema Resolution" and "Aliases".
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.avro import isolate
from llmreg.formats.avro.clue import Clue, Context
from llmreg.formats.avro.matching import names_match
from llmreg.formats.avro.types import Named, Type
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def find(writer: Type, reader: Type, context: Context) -> Iterator[Clue]:
    """One clue for two named types of one kind whose names do not match."""
    if not (isinstance(writer, Named) and isinstance(reader, Named)) or writer.kind != reader.kind:
        return
    if not names_match(writer, reader):
        yield Clue(
            f"the writer's {writer.kind} is called {writer.name}, the reader's {reader.name} without an alias for it",
            writer,
            reader,
            leaf=lambda: isolate.names(writer, reader, context.datum(writer)),
        )


RULE = Rule(
    summary="a named type has another name, and the reader has no alias for it",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"name", "namespace", "aliases"}),
    aliases=("NAME_MISMATCH",),
)
