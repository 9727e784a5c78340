"""A map has other key or value types, or is no map on the other side.

Why it breaks:
    A map is a list of entries on the wire: an entry whose key or value has another type is read with a default in its
    place, and entries with one key collapse into the last. In JSON a map is an object, a list is not.

Example:
    The writer has `repeated Entry m = 1` with `string key = 1; int32 value = 2`, the reader `map<string, int32> m =
    1`. Two entries with the key "a" are read as one.

Instead:
    Add a map with the new types under a new number. A map may become a repeated message where only bytes are
    exchanged.

Reference:
    https://protobuf.dev/programming-guides/proto3/#maps
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf import cause
from llmreg.formats.protobuf.evidence import Evidence, named
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(evidence: Evidence) -> Iterator[Finding]:
    for hit in evidence.of(cause.MAP):
        if hit.writer is not None and hit.reader is not None:
            yield from evidence.found(
                hit, f"{named(hit)}: the writer's type is {hit.writer.kind}, the reader's {hit.reader.kind}"
            )


RULE = Rule(
    summary="a map with other types, or no map any more",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({cause.MAP}),
    aliases=("FIELD_SAME_TYPE",),
)
