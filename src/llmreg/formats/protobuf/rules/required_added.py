"""The reader requires a field that the writer may leave out.

Why it breaks:
    A reader refuses a message whose required field is missing, whatever else it holds.

Example:
    The writer has `optional int32 a = 1`, the reader has `required int32 a = 1`. The empty message is refused.

Instead:
    Leave the field optional and check for it in the application. Required is for ever: it can be neither added nor
    removed safely.

Reference:
    https://protobuf.dev/programming-guides/proto2/#required-deprecated
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf import cause
from llmreg.formats.protobuf.evidence import Evidence
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(evidence: Evidence) -> Iterator[Finding]:
    for hit in evidence.of(cause.REQUIRED_ADDED):
        field = hit.outcome.reader
        name = field.name if field is not None else "it"
        yield from evidence.found(hit, f"`{name}`: the reader requires it, the writer may leave it out")


RULE = Rule(
    summary="a field that only the reader requires",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({cause.REQUIRED_ADDED}),
    aliases=("REQUIRED_FIELD_ADDED", "MESSAGE_SAME_REQUIRED_FIELDS"),
)
