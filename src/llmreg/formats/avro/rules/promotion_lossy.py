"""A whole number is read as a floating-point number that cannot hold all of them.

Why it breaks:
    int and long become float or double. A float is exact up to 2^24, a double up to 2^53; larger numbers, such as
    identifiers, come back changed.

Example:
    Writer `"long"`, reader `"double"`: 9007199254740993 (`8280808080808020`) is read as 9007199254740992.

Instead:
    Read an int as a long or a double, keep a long a long.

Reference:
    Avro 1.12 specification, "Schema Resolution".
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.avro.clue import Clue, Context, Expect
from llmreg.formats.avro.types import Type
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity

_FIRST_LOST = {"float": 2**24 + 1, "double": 2**53 + 1}


def find(writer: Type, reader: Type, context: Context) -> Iterator[Clue]:
    """One clue where the reader's floating-point type is too short for the writer's whole numbers."""
    lossy = reader.kind == "float" if writer.kind == "int" else reader.kind in _FIRST_LOST
    if writer.kind in ("int", "long") and lossy:
        number = _FIRST_LOST[reader.kind]
        yield Clue(
            f"the reader's {reader.kind} does not hold every {writer.kind} of the writer",
            writer,
            reader,
            number,
            expect=Expect.DIFFERS,
            expected=f"the reader yields {number - 1}, the writer meant {number}",
        )


RULE = Rule(
    summary="a promotion to a floating-point type loses digits",
    cls=ChangeClass.WIDENING,
    severity=Severity.WARN,
    find=find,
    reads=frozenset({"type"}),
)
