"""A comment changed.

Why it breaks:
    No document becomes invalid. Comments are for the authors of the schema and mean nothing to anybody else.

Example:
    Old: `{"$comment": "see the wiki"}`
    New: `{}`

Instead:
    Nothing need be done.

Reference:
    JSON Schema Core 2020-12, §8.3
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.changes.twin import Twin
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(twin: Twin) -> Iterator[Finding]:
    yield from twin.annotation(RULE, "$comment")


RULE = Rule(
    summary="A comment changed",
    cls=ChangeClass.NONE,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"$comment"}),
)
