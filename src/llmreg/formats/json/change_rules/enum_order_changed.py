"""The values of an enum stand in another order.

Why it breaks:
    No document becomes invalid. Order steers what a model generates, and decoders that constrain the output expect
    or prefer the values in the order of the schema.

Example:
    Old: `{"enum": ["low", "high"]}`
    New: `{"enum": ["high", "low"]}`

Instead:
    Keep the order, and add new values at the end.

Known limits:
    Values that only one version has do not count.

Reference:
    JSON Schema Validation 2020-12, §6.1.2
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.changes.twin import Twin, reordered
from llmreg.formats.json.equality import key_of
from llmreg.formats.json.values import listed
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(twin: Twin) -> Iterator[Finding]:
    for one, other in twin.holders("enum", "const"):
        old, new = one.list_of("enum"), other.list_of("enum")
        if reordered([key_of(value) for value in old], [key_of(value) for value in new]):
            message = f"{twin.field}: the values stand in another order, now {listed(new, 'and')}"
            yield twin.at(RULE, message, one, other)


RULE = Rule(
    summary="The values of an enum stand in another order",
    cls=ChangeClass.ORDER,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"enum"}),
)
