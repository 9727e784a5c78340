"""The default of a place changed.

Why it breaks:
    No document becomes invalid. Validators do not fill in defaults, but people, models and generated code do: where
    the value is left out, another one is meant.

Example:
    Old: `{"default": 10}`
    New: `{"default": 20}`

Instead:
    Keep the default where its meaning matters, and write the value out where it is sent.

Reference:
    JSON Schema Validation 2020-12, §9.2
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.changes.twin import Twin
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(twin: Twin) -> Iterator[Finding]:
    yield from twin.annotation(RULE, "default", "the default")


RULE = Rule(
    summary="The default of a place changed",
    cls=ChangeClass.PROMPT_VISIBLE,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"default"}),
)
