"""A symbol that the reader does not know becomes the default of its enum.

Why it breaks:
    Nothing fails, but the reader cannot tell the writer's symbol from the default any more.

Example:
    Writer `{"type": "enum", "name": "Reason", "symbols": ["stop", "tool"]}`, reader with `["stop"]` and
    `"default": "stop"`: `tool` (`02`) is read as `stop`.

Instead:
    Keep the symbol in the reader, or give the enum a symbol such as `unknown` for its default.

Reference:
    Avro 1.12 specification, "Enums".
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.avro import isolate
from llmreg.formats.avro.clue import Clue, Context, Expect
from llmreg.formats.avro.matching import missing_symbols
from llmreg.formats.avro.types import Enum, Type
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity


def find(writer: Type, reader: Type, context: Context) -> Iterator[Clue]:
    """One clue for all the symbols that fall into one default."""
    if not (isinstance(writer, Enum) and isinstance(reader, Enum)) or reader.default is None:
        return
    missing = missing_symbols(writer, reader)
    if missing:
        yield Clue(
            f"the reader takes the writer's {', '.join(missing)} for its default {reader.default}",
            writer,
            reader,
            missing[0],
            expect=Expect.DIFFERS,
            expected=f"the reader yields {reader.default}, the writer meant {missing[0]}",
            leaf=lambda: isolate.namesakes(writer, reader, missing[0]),
        )


RULE = Rule(
    summary="symbols that the reader does not know become its default",
    cls=ChangeClass.NARROWING,
    severity=Severity.WARN,
    find=find,
    reads=frozenset({"symbols", "default"}),
)
