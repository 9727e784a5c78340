"""A keyword that the draft does not know changed.

Why it breaks:
    No document becomes invalid. Unknown keywords are annotations, those of other drafts too; tools of your own may
    read them (`x-order`, `enumNames`).

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

from llmreg.formats.json.changes.twin import Twin
from llmreg.formats.json.dialects import ANNOTATIONS, vocabulary
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity

# told by rules of their own, names only, or part of the other drafts' way to say the same
_TOLD_ELSEWHERE = ANNOTATIONS | {
    *("$id", "id", "$anchor", "$defs", "definitions", "format"),
    *("contentEncoding", "contentMediaType", "contentSchema"),
    "x-mcp-tool",
}


def find(twin: Twin) -> Iterator[Finding]:
    foreign = [
        word for word in dict.fromkeys((*twin.old.keywords(), *twin.new.keywords())) if word not in _TOLD_ELSEWHERE
    ]
    known = [vocabulary(draft) for draft in twin.old.drafts | twin.new.drafts] if foreign else []
    for keyword in foreign:
        if not any(keyword in words for words in known):
            yield from twin.annotation(RULE, keyword)


RULE = Rule(
    summary="A keyword that the draft does not know changed",
    cls=ChangeClass.HINT,
    severity=Severity.INFO,
    find=find,
    reads=frozenset(),
)
