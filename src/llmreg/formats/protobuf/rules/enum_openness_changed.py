"""The writer's enum is open, the reader's is closed.

Why it breaks:
    An open enum carries any number, also one that a later version declares. A closed enum drops numbers that it does
    not declare, and in JSON refuses them. A writer that keeps to the declared values (`writer: closed`) is not
    affected.

Example:
    The writer is proto3, the reader sets `features.enum_type = CLOSED`. The bytes `0802` are read as unset.

Instead:
    Leave enums open. Go, C# and Ruby treat every enum as open anyway.

Reference:
    https://protobuf.dev/programming-guides/enum/
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf import cause
from llmreg.formats.protobuf.evidence import Evidence
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(evidence: Evidence) -> Iterator[Finding]:
    for hit in evidence.of(cause.OPENNESS):
        names = evidence.enum_value(hit)
        told = "the writer may write a number that it does not declare, which the reader's enum does not hold"
        yield from evidence.found(hit, f"`{names.value}`: {told}", **names.places)


RULE = Rule(
    summary="an undeclared number that only the writer carries",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({cause.OPENNESS}),
    aliases=("ENUM_SAME_TYPE",),
)
