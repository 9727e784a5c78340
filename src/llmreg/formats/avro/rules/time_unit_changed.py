"""A time or timestamp counts in another unit: milliseconds, microseconds, nanoseconds.

Why it breaks:
    The number on the wire stays the same, and the reader takes it for its own unit: every time is off by a factor
    of a thousand or a million. No reader fails, so nobody notices.

Example:
    Writer `{"type": "long", "logicalType": "timestamp-millis"}`, reader with `timestamp-micros`: one second
    (`d00f`) is read as one millisecond.

Instead:
    Add a field with the new unit and a default. Where all readers ignore logical types, switch the rule off.

Reference:
    Avro 1.12 specification, "Timestamps" and "Time of day"; matching ignores these logical types, so no
    implementation refuses the data.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.avro import isolate
from llmreg.formats.avro.clue import Clue, Context, Expect
from llmreg.formats.avro.types import Logical, Type
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity

_SECOND = 1_000_000_000


def find(writer: Type, reader: Type, context: Context) -> Iterator[Clue]:
    """One clue for two times in two units; a local timestamp is a timestamp here."""
    left, right = _time(writer), _time(reader)
    if left is None or right is None or left.unit == right.unit:
        return
    if left.family.removeprefix("local-") == right.family.removeprefix("local-"):
        datum = _SECOND // left.unit
        yield Clue(
            f"the writer counts in {left.name}, the reader in {right.name}",
            writer,
            reader,
            datum,
            expect=Expect.APART,
            expected=f"the reader makes {datum * right.unit / _SECOND:g} s of it, the writer meant 1 s",
            leaf=lambda: isolate.whole(writer, reader, datum),
        )


def _time(type_: Type) -> Logical | None:
    return type_.logical if type_.logical is not None and type_.logical.unit else None


RULE = Rule(
    summary="a time counts in another unit",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"logicalType"}),
)
