"""The writer's enum has a symbol that the reader does not know, and the reader's enum has no default.

Why it breaks:
    A symbol travels as its number in the writer's list. A reader that finds no such symbol in its own list fails
    when it meets one. A default of the field does not help: it stands in for a missing field only.

Example:
    Writer `{"type": "enum", "name": "Reason", "symbols": ["stop", "tool"]}`, reader without `tool`: the symbol
    `tool` (`02`) is refused.

Instead:
    Keep the symbol, or give the reader's enum a `default` symbol that stands for every unknown one.

Reference:
    Avro 1.12 specification, "Enums" and "Schema Resolution".
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.avro import isolate
from llmreg.formats.avro.clue import Clue, Context
from llmreg.formats.avro.matching import missing_symbols
from llmreg.formats.avro.types import Enum, Type
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def find(writer: Type, reader: Type, context: Context) -> Iterator[Clue]:
    """One clue for all the symbols that one reader's enum lacks."""
    if not (isinstance(writer, Enum) and isinstance(reader, Enum)) or reader.default is not None:
        return
    missing = missing_symbols(writer, reader)
    if missing:
        yield Clue(
            f"the reader's enum has no {', '.join(missing)} and no default, the writer writes {missing[0]}",
            writer,
            reader,
            missing[0],
            leaf=lambda: isolate.namesakes(writer, reader, missing[0]),
        )


RULE = Rule(
    summary="the reader's enum lacks a symbol and has no default",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"symbols", "default"}),
    aliases=("MISSING_ENUM_SYMBOLS",),
)
