"""An enum number is printed under a name that the reader does not have.

Why it breaks:
    ProtoJSON writes the first name of a number. The reader has the number under another name, so it reads the field
    as unset, or refuses the document when it is strict. On the wire nothing changes.

Example:
    The writer has `A = 1`, the reader `Z = 1`. The document `{"e": "A"}` is read with the default.

Instead:
    Keep the old name as an alias (`allow_alias = true`), first in the list until every reader knows the new one.

Reference:
    https://protobuf.dev/programming-guides/json/#enums
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf import cause
from llmreg.formats.protobuf.evidence import Evidence
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(evidence: Evidence) -> Iterator[Finding]:
    for hit in evidence.of(cause.VALUE_RENAMED):
        names = evidence.enum_value(hit)
        yield from evidence.found(
            hit, f"`{names.value}`: the reader does not know this name for number {names.number}", **names.places
        )


RULE = Rule(
    summary="an enum number under a name that the reader does not have",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({cause.VALUE_RENAMED}),
    aliases=("ENUM_VALUE_SAME_NAME",),
)
