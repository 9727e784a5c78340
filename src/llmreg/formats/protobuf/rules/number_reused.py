"""A number or name of an older version comes back with another meaning.

Why it breaks:
    Payloads of the older version still exist. The reader takes their field, or their enum number, for the new one. No
    two neighbouring versions show it: only the version in between, which has neither, tells that the new declaration
    is new. Every earlier version counts, of any major, retired or not, whether the number was reserved or not.

Example:
    Version 1 has `string b = 2`, version 2 has no field 2, version 3 has `string c = 2`. The bytes `120161` of
    version 1 are read by version 3 as `c`.

Instead:
    Take a new number and a new name. `reserved 2; reserved "b";` lets the compiler refuse the mistake.

Reference:
    https://protobuf.dev/programming-guides/proto3/#fieldreserved
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf.evidence import Evidence
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity, Status


def find(evidence: Evidence) -> Iterator[Finding]:
    for item in evidence.reused:
        place = (evidence.writer if evidence.new_writes else evidence.reader).place(item.pointer)
        yield Finding(
            rule="",
            cls=ChangeClass.BREAKING,
            severity=Severity.ERROR,
            message=item.message,
            writer=place if evidence.new_writes else None,
            reader=None if evidence.new_writes else place,
            status=Status.WITNESSED,
            witness=item.witness,
            level="breaking",
        )


RULE = Rule(
    summary="a number or name that an older version used for something else",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"earlier"}),
    aliases=("FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED", "RESERVED_MESSAGE_NO_DELETE"),
)
