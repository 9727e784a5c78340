"""The reader wants unique items, the writer may repeat them.

Why it breaks:
    An array that holds one value twice is valid for the writer and refused by the reader.

Example:
    Writer: `{"type": "array"}`
    Reader: `{"type": "array", "uniqueItems": true}`
    Witness: `[null, null]`

Instead:
    Leave `uniqueItems` out and drop duplicates where the array is read.

Reference:
    JSON Schema Validation 2020-12, §6.4.3
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.json.values import shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = f"{site.field}: the reader accepts no item twice, the writer may write {shown(site.value)}"
    yield site.finding(RULE, message, "take `uniqueItems` out of the reader's schema, or release a new major version")


RULE = Rule(
    summary="The reader wants unique items, the writer may repeat them",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"uniqueItems"}),
)
