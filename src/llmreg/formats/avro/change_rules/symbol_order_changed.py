"""The symbols of an enum stand in another order.

Why it breaks:
    No data become unreadable for a reader that knows the writer's schema. The numbers on the wire change, and with
    them the sort order; a model may prefer what it reads first.

Example:
    Old `"symbols": ["low", "high"]`, new `["high", "low"]`.

Instead:
    Add new symbols at the end.

Reference:
    Avro 1.12 specification, "Enums" and "Sort Order".
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.avro.clue import Clue
from llmreg.formats.avro.types import Enum, Type
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def find(old: Type, new: Type) -> Iterator[Clue]:
    """One clue for an enum whose common symbols changed places."""
    if not (isinstance(old, Enum) and isinstance(new, Enum)):
        return
    common = set(old.symbols) & set(new.symbols)
    before, after = ([each for each in type_.symbols if each in common] for type_ in (old, new))
    if before != after:
        yield Clue(f"the order of the symbols is now {', '.join(after)}", old, new)


RULE = Rule(
    summary="the order of an enum's symbols changed",
    cls=ChangeClass.ORDER,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"symbols"}),
)
