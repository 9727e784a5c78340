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
    Branches that changed in themselves do not count.

Reference:
    JSON Schema Core 2020-12, §10.2.1
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.changes_twin import Twin, reordered
from llmreg.formats.json.equality import key_of
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(twin: Twin) -> Iterator[Finding]:
    for keyword in ("anyOf", "oneOf"):
        old, new = twin.old.holder(keyword).list_of(keyword), twin.new.holder(keyword).list_of(keyword)
        if reordered([key_of(branch) for branch in old], [key_of(branch) for branch in new]):
            yield twin.finding(RULE, f"{twin.field}: the branches of `{keyword}` stand in another order", keyword)


RULE = Rule(
    summary="The branches of a union stand in another order",
    cls=ChangeClass.ORDER,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"anyOf", "oneOf"}),
)
