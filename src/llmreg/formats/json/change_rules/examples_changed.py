"""The examples of a place changed.

Why it breaks:
    No document becomes invalid. Examples steer a model more than most descriptions do.

Example:
    Old: `{"examples": ["Bern"]}`
    New: `{"examples": ["Basel"]}`

Instead:
    Nothing need be done for data. Run the evaluation again before the new examples are rolled out to a model.

Reference:
    JSON Schema Validation 2020-12, §9.5
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.changes.twin import Twin
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(twin: Twin) -> Iterator[Finding]:
    yield from twin.annotation(RULE, "examples", "the examples")


RULE = Rule(
    summary="The examples of a place changed",
    cls=ChangeClass.PROMPT_VISIBLE,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"examples"}),
)
