"""A place was marked as deprecated, or no longer is.

Why it breaks:
    No document becomes invalid. It tells people and tools that a property should no longer be used.

Example:
    Old: `{"type": "string"}`
    New: `{"type": "string", "deprecated": true}`

Instead:
    Nothing need be done.

Reference:
    JSON Schema Validation 2020-12, §9.3
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.changes.twin import Twin
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(twin: Twin) -> Iterator[Finding]:
    yield from twin.annotation(RULE, "deprecated")


RULE = Rule(
    summary="A place was marked as deprecated, or no longer is",
    cls=ChangeClass.HINT,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"deprecated"}),
)
