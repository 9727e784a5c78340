"""The reader cannot tell a field set to its default from one that is not set.

Why it breaks:
    It does not: every value is read right. Only the answer to "is it set?" differs, so this is told as info and never
    fails a check.

Example:
    The writer has `optional int32 a = 1`, the reader `int32 a = 1`. The bytes `0800` are read as "not set".

Instead:
    Keep `optional` where the difference between zero and nothing matters.

Reference:
    https://protobuf.dev/programming-guides/field_presence/
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf import cause
from llmreg.formats.protobuf.evidence import Evidence, named
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(evidence: Evidence) -> Iterator[Finding]:
    for hit in evidence.of(cause.HAS_PRESENCE):
        yield from evidence.found(hit, f"{named(hit)}: the reader does not see whether it was set to its default")


RULE = Rule(
    summary="a default value that no longer shows as set",
    cls=ChangeClass.HINT,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({cause.HAS_PRESENCE}),
)
