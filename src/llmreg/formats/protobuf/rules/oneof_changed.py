"""Fields that the writer sets together exclude each other at the reader, or a case of a oneof is gone.

Why it breaks:
    A oneof keeps the last field that was set. Two fields that the writer may set together lose one of them on the
    wire, and a JSON parser refuses the document. A case that the reader does not know reads as "no case set": that is
    told as info and never fails.

Example:
    The writer has `string a = 1; int32 b = 2`, the reader `oneof o { string a = 1; int32 b = 2; }`. The bytes
    `0a01611001` are read without `a`.

Instead:
    Put new fields only into a oneof. A single field may move into a new oneof of its own.

Reference:
    https://protobuf.dev/programming-guides/proto3/#backward
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf import cause
from llmreg.formats.protobuf.evidence import Evidence, named
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(evidence: Evidence) -> Iterator[Finding]:
    for hit in evidence.of(cause.ONEOF):
        if hit.level == "info":
            told = "the reader does not know this case of the oneof and sees none set"
        else:
            oneof = hit.reader.oneof if hit.reader is not None else ""
            fate = "which it refuses" if hit.surface == "json" else "of which it keeps the last"
            told = f"the writer may set it together with another field of the reader's oneof `{oneof}`, {fate}"
        yield from evidence.found(hit, f"{named(hit)}: {told}")


RULE = Rule(
    summary="fields that exclude each other at the reader only",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({cause.ONEOF}),
    aliases=("FIELD_SAME_ONEOF",),
)
