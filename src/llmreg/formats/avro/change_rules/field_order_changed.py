"""The fields of a record stand in another order.

Why it breaks:
    No data become unreadable for a reader that knows the writer's schema: fields are found by name. The bytes do
    change, and a model that writes the fields in their order decides in another order.

Example:
    Old fields `reason`, `answer`; new fields `answer`, `reason`.

Instead:
    Add new fields at the end.

Reference:
    Avro 1.12 specification, "Schema Resolution".
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.avro.clue import Clue
from llmreg.formats.avro.matching import pair_fields
from llmreg.formats.avro.types import Record, Type
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def find(old: Type, new: Type) -> Iterator[Clue]:
    """One clue for a record whose common fields changed places."""
    if not (isinstance(old, Record) and isinstance(new, Record)):
        return
    places = {field.name: index for index, field in enumerate(old.fields)}
    pairs = [(places[sources[0].name], field.name) for field, sources in pair_fields(old, new) if sources]
    if pairs != sorted(pairs, key=lambda pair: pair[0]):
        yield Clue(f"the order of the fields is now {', '.join(name for _, name in pairs)}", old, new)


RULE = Rule(
    summary="the order of a record's fields changed",
    cls=ChangeClass.ORDER,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"fields"}),
)
