"""One field meets two: by two aliases, or by its name and an alias.

Why it breaks:
    Java's reader throws. fastavro fails, or silently takes the alias where Python's avro takes the name: one
    value ends up where another was meant.

Example:
    Writer with the fields `a` and `b`, reader with the field `b` and `"aliases": ["a"]`: of `a` = 1 and `b` = 2
    (`0204`), one reader yields 1 for `b`, another 2, and Java none.

Instead:
    Remove the alias once its field is written no more, or give the new field a name of its own.

Reference:
    Avro 1.12 specification, "Aliases"; `Schema.applyAliases` in Apache Avro's Java library.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.avro import isolate
from llmreg.formats.avro.clue import NOTHING, Clue, Context, Expect
from llmreg.formats.avro.matching import pair_fields
from llmreg.formats.avro.samples import distinct
from llmreg.formats.avro.types import Field, Record, Type
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def find(writer: Type, reader: Type, context: Context) -> Iterator[Clue]:
    """One clue per field of the reader that meets several fields, or a field that another one has taken."""
    if not (isinstance(writer, Record) and isinstance(reader, Record)):
        return
    taken: dict[str, Field] = {}
    for field, sources in pair_fields(writer, reader):
        if len(sources) > 1:
            yield _several(writer, field, sources, context)
        elif sources and sources[0].name in taken:
            yield _twice(field, taken[sources[0].name], sources[0])
        taken.update((source.name, field) for source in sources[:1])


def _several(writer: Record, field: Field, sources: tuple[Field, ...], context: Context) -> Clue:
    named = sources[0].name == field.name
    datum = context.datum(writer)
    if named and datum is not NOTHING:
        datum |= distinct([each for each in writer.fields if each in sources], context)
    met = " and ".join(f"`{each.name}`" for each in sources)
    return Clue(
        f"the reader's field meets {met} of the writer, by {'name and alias' if named else 'two aliases'}",
        sources[0],
        field,
        datum,
        expect=Expect.DIFFERS if named else Expect.REFUSED,
        expected="readers disagree: Java's refuses it, others take one field's value for the other's",
        field=field.name,
        leaf=lambda: isolate.met(tuple(each for each in writer.fields if each in sources), (field,)),
    )


def _twice(field: Field, other: Field, source: Field) -> Clue:
    return Clue(
        f"the reader's fields `{other.name}` and `{field.name}` both meet the writer's `{source.name}`",
        source,
        field,
        expected="readers disagree on which of the two fields gets the value",
        field=field.name,
        leaf=lambda: isolate.met((source,), (other, field)),
    )


RULE = Rule(
    summary="a field meets two fields, by name and alias or by two aliases",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"fields", "aliases"}),
)
