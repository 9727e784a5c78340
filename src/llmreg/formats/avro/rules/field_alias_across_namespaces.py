"""A field is renamed by an alias while its record's namespace changed.

Why it breaks:
    Java's reader applies the aliases of fields only when the record's full name matches, or one of the record's
    aliases is the writer's full name. Here it misses the renamed field.

Example:
    Writer `n.Reply` with the field `text`, reader `m.Reply` with the field `content` and `"aliases": ["text"]`:
    fastavro reads the reply with an empty text (`00`), Java refuses it.

Instead:
    Give the reader's record the writer's full name as an alias too: `"aliases": ["n.Reply"]`.

Known limits:
    No Java reader runs here: a model of it confirms the finding. A field with a default gets the default in Java.

Reference:
    Avro 1.12 specification, "Aliases"; `Schema.applyAliases` in Apache Avro's Java library.
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
    """One clue per field that only an alias connects, in records of one short name and two full ones."""
    if not (isinstance(writer, Record) and isinstance(reader, Record)) or writer.short != reader.short:
        return
    if writer.name == reader.name or writer.name in reader.aliases:
        return
    for field, sources in pair_fields(writer, reader):
        if sources and all(source.name != field.name for source in sources):
            yield Clue(
                f"Java misses the alias for the writer's `{sources[0].name}`, because {writer.name} became "
                f"{reader.name}",
                sources[0],
                field,
                expect=Expect.JAVA,
                expected="Java's reader misses the field, readers by the specification find it",
                field=field.name,
                model=partial(isolate.moved, writer, reader, sources[0], field),
            )


RULE = Rule(
    summary="a field alias is used across two namespaces, where Java ignores it",
    cls=ChangeClass.NARROWING,
    severity=Severity.WARN,
    find=find,
    reads=frozenset({"fields", "aliases", "namespace"}),
)
