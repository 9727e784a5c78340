"""The reader's `unevaluatedItems` refuses an item that the writer writes.

Why it breaks:
    No part of the reader's schema that holds for the array covers the item, and `unevaluatedItems` refuses what is
    left over.

Example:
    Writer: `{"type": "array"}`
    Reader: `{"type": "array", "prefixItems": [true], "unevaluatedItems": false}`
    Witness: `[null, null]`

Instead:
    Cover the item in one of the reader's parts, or leave `unevaluatedItems` out.

Reference:
    JSON Schema Core 2020-12, §11.2
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.json.values import shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = (
        f"{site.field}: the reader refuses items that none of its parts covers"
        f", the writer may write {shown(site.value)}"
    )
    yield site.finding(RULE, message, "cover these items in the reader, or drop `unevaluatedItems`")


RULE = Rule(
    summary="The reader's `unevaluatedItems` refuses an item that the writer writes",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"unevaluatedItems"}),
)
