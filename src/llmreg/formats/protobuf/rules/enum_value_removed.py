"""The writer writes an enum value that the reader does not have.

Why it breaks:
    In JSON the value is a name: a reader that ignores unknown names reads the field as unset, a strict one refuses
    the document. On the wire an open enum keeps the number, so nothing is lost; a closed enum (proto2) drops it.

Example:
    The writer's enum has `B = 2`, the reader's does not. The document `{"e": "B"}` is read with the default.

Instead:
    Add the value to every reader before the first writer uses it; remove it from the writers first.

Known limits:
    Closed enums are a matter of the runtime: Go, C# and Ruby treat every enum as open.

Reference:
    https://protobuf.dev/programming-guides/enum/
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf import cause
from llmreg.formats.protobuf.evidence import Evidence
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(evidence: Evidence) -> Iterator[Finding]:
    for hit in evidence.of(cause.VALUE_REMOVED):
        names = evidence.enum_value(hit)
        yield from evidence.found(
            hit, f"`{names.value}`: the writer may write this value, the reader's enum does not have it", **names.places
        )


RULE = Rule(
    summary="an enum value that the reader does not have",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({cause.VALUE_REMOVED}),
    aliases=("ENUM_VALUE_NO_DELETE",),
)
