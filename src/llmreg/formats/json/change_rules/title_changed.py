"""The title of a place changed.

Why it breaks:
    No document becomes invalid. A model that reads the schema reads the title, and code generators name classes
    after it.

Example:
    Old: `{"title": "City"}`
    New: `{"title": "Town"}`

Instead:
    Nothing need be done for data. Look at generated code that uses the name.

Reference:
    JSON Schema Validation 2020-12, §9.1
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.changes.twin import Twin
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(twin: Twin) -> Iterator[Finding]:
    yield from twin.annotation(RULE, "title", "the title")


RULE = Rule(
    summary="The title of a place changed",
    cls=ChangeClass.PROMPT_VISIBLE,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"title"}),
)
