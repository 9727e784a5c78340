"""One field has two numbers, or one number two fields.

Why it breaks:
    Bytes name fields by number. The reader takes the writer's field for an unknown one, or for another one that
    happens to have its number.

Example:
    The writer has `string b = 2`, the reader `string b = 3`. The bytes `120161` are read without `b`.

Instead:
    Keep numbers for ever. To move a value, add a field with a new number and a new name, and write both for a while.

Reference:
    https://protobuf.dev/programming-guides/proto3/#assigning
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf import cause
from llmreg.formats.protobuf.evidence import Evidence
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(evidence: Evidence) -> Iterator[Finding]:
    for hit in evidence.of(cause.NUMBER):
        item, other = hit.writer, hit.reader or hit.outcome.reader
        if item is None or other is None:
            continue
        if item.name == other.name:
            message = f"`{item.name}`: its number is {item.number} for the writer and {other.number} for the reader"
        else:
            message = f"`{item.name}`: its number {item.number} is `{other.name}` for the reader"
        yield from evidence.found(hit, message)


RULE = Rule(
    summary="one field with two numbers, or one number with two fields",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({cause.NUMBER}),
    aliases=("FIELD_SAME_NUMBER",),
)
