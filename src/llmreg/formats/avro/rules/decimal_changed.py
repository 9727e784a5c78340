"""A decimal has another scale or precision.

Why it breaks:
    A decimal travels as a whole number; only the schema says where the point stands. Java and most readers use
    their own scale for the writer's number: 2.56 becomes 25.6. A smaller precision rounds what does not fit. The
    specification lets two decimals match only when scale and precision are equal.

Example:
    Writer `{"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}`, reader with `"scale": 1`:
    0.01 (`0201`) is read as 0.1.

Instead:
    Add a field with the new decimal and a default.

Known limits:
    A larger precision alone changes no value: the finding is claimed, with the specification as its reason.

Reference:
    Avro 1.12 specification, "Decimal".
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.avro.clue import NOTHING, Clue, Context, Expect
from llmreg.formats.avro.resolve import interpret
from llmreg.formats.avro.types import Fixed, Logical, Type
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity

_MAX_DIGITS = 1000
_CLAIM = "a larger precision changes no value, but by the specification the two decimals do not match"
_TOO_LONG = f"the number that shows it has more than {_MAX_DIGITS} digits"


def find(writer: Type, reader: Type, context: Context) -> Iterator[Clue]:
    """One clue for two decimals on one base."""
    left, right = _decimal(writer), _decimal(reader)
    if left is None or right is None or writer.kind != reader.kind:
        return
    if (left.precision, left.scale) != (right.precision, right.scale):
        datum = _datum(writer, left, right)
        shown = (
            f"the reader makes {interpret(reader, datum)} of it, the writer meant {interpret(writer, datum)}"
            if isinstance(datum, bytes)
            else ""
        )
        yield Clue(
            f"the writer's decimal has precision {left.precision} and scale {left.scale}, "
            f"the reader's {right.precision} and {right.scale}",
            writer,
            reader,
            datum,
            expect=Expect.APART,
            expected=shown,
            claim=None if isinstance(datum, bytes) else _CLAIM if left.precision <= right.precision else _TOO_LONG,
        )


def _decimal(type_: Type) -> Logical | None:
    return type_.logical if type_.logical is not None and type_.logical.name == "decimal" else None


def _datum(writer: Type, left: Logical, right: Logical) -> object:
    """1 for another scale; for a smaller precision a number whose last digit does not fit it."""
    if left.scale == right.scale and (left.precision <= right.precision or right.precision > _MAX_DIGITS):
        return NOTHING
    number = 1 if left.scale != right.scale else 10**right.precision + 1
    size = writer.size if isinstance(writer, Fixed) else number.bit_length() // 8 + 1
    return number.to_bytes(size, "big", signed=True)


RULE = Rule(
    summary="a decimal's scale or precision changed",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"logicalType", "precision", "scale"}),
)
