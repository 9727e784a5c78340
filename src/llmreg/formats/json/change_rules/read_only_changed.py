"""A place was marked as read-only or write-only, or no longer is.

Why it breaks:
    No document becomes invalid. The keywords say who owns the value; validators do not act on them, generated
    clients do.

Example:
    Old: `{"type": "string"}`
    New: `{"type": "string", "readOnly": true}`

Instead:
    Nothing need be done for data. Look at clients that send the value.

Reference:
    JSON Schema Validation 2020-12, §9.4
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.changes.twin import Twin
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(twin: Twin) -> Iterator[Finding]:
    for keyword in ("readOnly", "writeOnly"):
        yield from twin.annotation(RULE, keyword)


RULE = Rule(
    summary="A place was marked as read-only or write-only, or no longer is",
    cls=ChangeClass.HINT,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"readOnly", "writeOnly"}),
)
