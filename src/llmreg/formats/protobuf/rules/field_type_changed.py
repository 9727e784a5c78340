"""A field has two types, and not every value of the writer's is one of the reader's.

Why it breaks:
    The wire format carries no types. Bytes of another encoding are skipped, and bytes of the same encoding are read
    as another value. In JSON a text that is none of the reader's type is refused. The level is `lossy` where some
    values arrive (int64 read as int32) and `breaking` where none does or the parser refuses.

Example:
    The writer has `int64 a = 1`, the reader `int32 a = 1`. The bytes `088080808008` (2147483648) are read as
    -2147483648.

Instead:
    Add a field with the new type and a new number, write both, and remove the old one when nobody reads it.

Known limits:
    A message read as a string or bytes field is probed with its empty message and with its plain fields set, so the
    level may be `lossy` although a rare value makes the reader refuse.

Reference:
    https://protobuf.dev/programming-guides/proto3/#updating
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf import cause
from llmreg.formats.protobuf.evidence import Evidence, named
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(evidence: Evidence) -> Iterator[Finding]:
    for hit in evidence.of(cause.TYPE):
        if hit.writer is not None and hit.reader is not None:
            yield from evidence.found(
                hit, f"{named(hit)}: the writer's type is {hit.writer.kind}, the reader's {hit.reader.kind}"
            )


RULE = Rule(
    summary="a field whose values the reader's type does not hold",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({cause.TYPE}),
    aliases=("FIELD_SAME_TYPE", "FIELD_WIRE_COMPATIBLE_TYPE", "FIELD_KIND_CHANGED"),
)
