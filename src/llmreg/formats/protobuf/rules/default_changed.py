"""An unset field means one value to the writer and another to the reader.

Why it breaks:
    Defaults are not written. A proto2 default, or the first value of a closed enum, is filled in by whoever reads.

Example:
    The writer has `optional int32 a = 1 [default = 1]`, the reader `[default = 2]`. The empty message is read with
    another value, without any error.

Instead:
    Write the value explicitly until every reader agrees, or add a field with the new default.

Reference:
    https://protobuf.dev/programming-guides/proto2/#default
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf import cause
from llmreg.formats.protobuf.evidence import Evidence, named
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(evidence: Evidence) -> Iterator[Finding]:
    for hit in evidence.of(cause.DEFAULT_VALUE):
        yield from evidence.found(
            hit, f"{named(hit)}: when it is not set, the reader reads another value than the writer means"
        )


RULE = Rule(
    summary="an unset field that means another value",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({cause.DEFAULT_VALUE}),
    aliases=("FIELD_SAME_DEFAULT",),
)
