"""The branches of a union stand in another order.

Why it breaks:
    No document becomes invalid. Order steers what a model generates, and decoders that constrain the output expect
    or try the branches in the order of the schema.

Example:
    Old: `{"anyOf": [{"type": "string"}, {"type": "null"}]}`
    New: `{"anyOf": [{"type": "null"}, {"type": "string"}]}`

Instead:
    Keep the order, and add new branches at the end.

Known limits:
    Branches that only one version has do not count. One that changed in itself is the old one that it is most like.

Reference:
    JSON Schema Core 2020-12, §10.2.1
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.changes.twin import Twin
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(twin: Twin) -> Iterator[Finding]:
    for union in twin.unions:
        if union.keyword in ("anyOf", "oneOf") and union.reordered:
            message = f"{twin.field}: the branches of `{union.keyword}` stand in another order"
            yield twin.finding(RULE, message, union.keyword)


RULE = Rule(
    summary="The branches of a union stand in another order",
    cls=ChangeClass.ORDER,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"anyOf", "oneOf"}),
)
