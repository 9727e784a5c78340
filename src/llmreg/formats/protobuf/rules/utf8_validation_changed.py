"""The reader checks that a string is UTF-8, the writer does not.

Why it breaks:
    A proto2 string may hold any bytes. A proto3 reader refuses the whole message when a string is not UTF-8.

Example:
    The writer is proto2 with `optional string a = 1`, the reader proto3. The bytes `0a01ff` are refused.

Instead:
    Move to editions with `features.utf8_validation = NONE` first, clean the data, then switch validation on.

Known limits:
    The payload is hand-made: most writers refuse to write such a string in the first place.

Reference:
    https://protobuf.dev/editions/features/#utf8_validation
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf import cause
from llmreg.formats.protobuf.evidence import Evidence, named
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(evidence: Evidence) -> Iterator[Finding]:
    for hit in evidence.of(cause.UTF8):
        yield from evidence.found(
            hit, f"{named(hit)}: the reader refuses strings that are not UTF-8, the writer does not check"
        )


RULE = Rule(
    summary="a string that only the reader checks for UTF-8",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({cause.UTF8}),
    aliases=("FIELD_SAME_UTF8_VALIDATION",),
)
