"""The branches of a union stand in another order.

Why it breaks:
    No data become unreadable for a reader that knows the writer's schema. The numbers on the wire change, and older
    readers take a field's default for a value of the first branch.

Example:
    Old `["null", "string"]`, new `["string", "null"]`.

Instead:
    Keep the order; add new branches at the end.

Reference:
    Avro 1.12 specification, "Unions".
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.avro.clue import Clue
from llmreg.formats.avro.types import Type, Union
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def find(old: Type, new: Type) -> Iterator[Clue]:
    """One clue for a union whose common branches changed places."""
    if not (isinstance(old, Union) and isinstance(new, Union)):
        return
    before, after = ([branch.label() for branch in type_.branches] for type_ in (old, new))
    if [each for each in before if each in after] != [each for each in after if each in before]:
        yield Clue(f"the order of the branches is now {', '.join(after)}", old, new)


RULE = Rule(
    summary="the order of a union's branches changed",
    cls=ChangeClass.ORDER,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"union"}),
)
