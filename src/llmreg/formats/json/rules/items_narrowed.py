"""The reader ends the array where the writer may go on.

Why it breaks:
    The reader refuses every item after its listed positions (`items: false`, in older drafts `additionalItems:
    false`), and the writer writes longer arrays.

Example:
    Writer: `{"type": "array", "prefixItems": [true, true]}`
    Reader: `{"type": "array", "prefixItems": [true], "items": false}`
    Witness: `[null, null]`

Instead:
    Leave the array open at its end, and ignore further items where it is read.

Reference:
    JSON Schema Core 2020-12, §10.3.1.2
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.json.values import shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = f"{site.field}: the reader accepts no further items, the writer may write {shown(site.value)}"
    yield site.finding(
        RULE, message, f"leave `{site.refusal.keyword}` open in the reader, or release a new major version"
    )


RULE = Rule(
    summary="The reader ends the array where the writer may go on",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"items", "additionalItems"}),
)
