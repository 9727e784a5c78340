"""A logical type was added, removed or replaced.

Why it breaks:
    The bytes stay readable: resolution ignores logical types, except that decimals must agree. What a library makes
    of the value does change: a number becomes a date, or the other way round.

Example:
    Old `"int"`, new `{"type": "int", "logicalType": "date"}`.

Instead:
    Check the code that takes the value, or add a field for the new type.

Known limits:
    Another scale, precision or time unit is a break with a rule of its own.

Reference:
    Avro 1.12 specification, "Logical Types".
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.avro.clue import Clue
from llmreg.formats.avro.types import Type
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def find(old: Type, new: Type) -> Iterator[Clue]:
    """One clue for a type whose logical type has another name."""
    before, after = (type_.logical.name if type_.logical else "none" for type_ in (old, new))
    if before != after:
        yield Clue(f"the logical type was {before} and is {after}", old, new)


RULE = Rule(
    summary="a logical type was added, removed or replaced",
    cls=ChangeClass.HINT,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"logicalType"}),
)
