"""The `format` of a place changed.

Why it breaks:
    No document becomes invalid. `format` is an annotation: validators do not assert it unless they are told to.
    Readers that do assert it judge other strings now.

Example:
    Old: `{"type": "string"}`
    New: `{"type": "string", "format": "date"}`

Instead:
    Use `pattern` where the shape of the text must hold for every reader.

Reference:
    JSON Schema Validation 2020-12, §7
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.changes.twin import Twin
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(twin: Twin) -> Iterator[Finding]:
    yield from twin.annotation(RULE, "format", "the format")


RULE = Rule(
    summary="The `format` of a place changed",
    cls=ChangeClass.HINT,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"format"}),
)
