"""The reader wants an item that the writer need not write.

Why it breaks:
    No item of an array that the writer writes matches the reader's `contains`.

Example:
    Writer: `{"type": "array"}`
    Reader: `{"type": "array", "contains": {"const": 1}}`
    Witness: `[]`

Instead:
    Leave `contains` out, and look for the item where the array is read.

Reference:
    JSON Schema Core 2020-12, §10.3.1.3
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.json.values import shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = (
        f"{site.field}: the reader wants an item that matches {shown(site.limit)}"
        f", the writer may write {shown(site.value)}"
    )
    yield site.finding(RULE, message, "take `contains` out of the reader's schema, or release a new major version")


RULE = Rule(
    summary="The reader wants an item that the writer need not write",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"contains"}),
)
