"""The description of a place changed.

Why it breaks:
    No document becomes invalid. A model that reads the schema reads the description: another text can make it write
    other values.

Example:
    Old: `{"description": "in Celsius"}`
    New: `{"description": "in Fahrenheit"}`

Instead:
    Nothing need be done for data. Run the evaluation again before the new text is rolled out to a model.

Reference:
    JSON Schema Validation 2020-12, §9.1
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.changes.twin import Twin
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(twin: Twin) -> Iterator[Finding]:
    yield from twin.annotation(RULE, "description", "the description")


RULE = Rule(
    summary="The description of a place changed",
    cls=ChangeClass.PROMPT_VISIBLE,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"description"}),
)
