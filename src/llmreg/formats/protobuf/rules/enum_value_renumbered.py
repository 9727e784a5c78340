"""An enum value has two numbers, or one number two meanings.

Why it breaks:
    Bytes carry the number. The reader reads another value, and no error tells.

Example:
    The writer has `A = 1`, the reader `A = 5`. The bytes `0801` are read as the number 1, which is no `A`.

Instead:
    Keep numbers for ever; give a new value a new number.

Reference:
    https://protobuf.dev/programming-guides/proto3/#enum
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf import cause
from llmreg.formats.protobuf.evidence import Evidence
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(evidence: Evidence) -> Iterator[Finding]:
    for hit in evidence.of(cause.VALUE_RENUMBERED):
        names = evidence.enum_value(hit)
        yield from evidence.found(
            hit, f"`{names.value}`: number {names.number} is another value for the reader", **names.places
        )


RULE = Rule(
    summary="an enum number that means another value",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({cause.VALUE_RENUMBERED}),
    aliases=("ENUM_VALUE_SAME_NUMBER",),
)
