"""A keyword that JSON Schema does not know changed.

Why it breaks:
    No document becomes invalid. Unknown keywords are annotations; tools of your own may read them (`x-order`,
    `enumNames`).

Example:
    Old: `{"x-unit": "m"}`
    New: `{"x-unit": "km"}`

Instead:
    Nothing need be done for data. Look at the tools that read the keyword.

Reference:
    JSON Schema Core 2020-12, §6.5
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.changes_twin import Twin
from llmreg.formats.json.dialects import DRAFTS, vocabulary
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity

_KNOWN = frozenset(name for draft in DRAFTS for name in vocabulary(draft))


def find(twin: Twin) -> Iterator[Finding]:
    for keyword in dict.fromkeys((*twin.old.keywords(), *twin.new.keywords())):
        if keyword not in _KNOWN:
            yield from twin.annotation(RULE, keyword)


RULE = Rule(
    summary="A keyword that JSON Schema does not know changed",
    cls=ChangeClass.HINT,
    severity=Severity.INFO,
    find=find,
    reads=frozenset(),
)
