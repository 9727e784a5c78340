"""The properties of an object stand in another order.

Why it breaks:
    No document becomes invalid. Order steers what a model generates, and decoders that constrain the output expect
    the properties in the order of the schema: an answer before its reasoning is another answer.

Example:
    Old: `{"properties": {"reasoning": true, "answer": true}}`
    New: `{"properties": {"answer": true, "reasoning": true}}`

Instead:
    Keep the order, and add new properties at the end.

Known limits:
    Properties that only one version has do not count.

Reference:
    JSON Schema Core 2020-12, §10.3.2.1
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.changes.twin import Twin, reordered
from llmreg.formats.json.values import listed
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(twin: Twin) -> Iterator[Finding]:
    for one, other in twin.holders("properties"):
        old, new = one.map_of("properties"), other.map_of("properties")
        if reordered(list(old), list(new)):
            shared = [name for name in new if name in old]
            message = f"{twin.field}: the properties stand in another order, now {listed(shared, 'and')}"
            yield twin.at(RULE, message, one, other)


RULE = Rule(
    summary="The properties of an object stand in another order",
    cls=ChangeClass.ORDER,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"properties"}),
)
