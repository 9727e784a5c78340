"""What a string is said to contain changed.

Why it breaks:
    No document becomes invalid. `contentEncoding`, `contentMediaType` and `contentSchema` are annotations; readers
    that decode the text act on them.

Example:
    Old: `{"contentEncoding": "base64"}`
    New: `{"contentEncoding": "base16"}`

Instead:
    Add a new property for the new encoding, because no validator will notice a mix-up.

Reference:
    JSON Schema Validation 2020-12, §8
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.changes.twin import Twin
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(twin: Twin) -> Iterator[Finding]:
    for keyword in ("contentEncoding", "contentMediaType", "contentSchema"):
        yield from twin.annotation(RULE, keyword)


RULE = Rule(
    summary="What a string is said to contain changed",
    cls=ChangeClass.HINT,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"contentEncoding", "contentMediaType", "contentSchema"}),
)
