"""A field is a list on one side and a single value on the other.

Why it breaks:
    A reader of a single value keeps the last element, and does not understand packed numbers at all. In JSON a list
    is no value and a value is no list, so both directions are refused. Reading a single value as a list is safe on
    the wire.

Example:
    The writer has `repeated string a = 1`, the reader `string a = 1`. The bytes `0a01610a02c3a9` are read as "é"
    alone.

Instead:
    Add a repeated field with a new number beside the single one.

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
    for hit in evidence.of(cause.LABEL):
        if hit.writer is not None:
            shapes = ("a list", "a single value") if hit.writer.repeated else ("a single value", "a list")
            yield from evidence.found(hit, f"{named(hit)}: the writer writes {shapes[0]}, the reader reads {shapes[1]}")


RULE = Rule(
    summary="a list on one side and a single value on the other",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({cause.LABEL}),
    aliases=("FIELD_SAME_CARDINALITY", "FIELD_SAME_LABEL"),
)
