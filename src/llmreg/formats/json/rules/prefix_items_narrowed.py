"""The reader refuses any item at a position that the writer fills.

Why it breaks:
    The reader's schema for the position is `false`, so an array that reaches it is refused.

Example:
    Writer: `{"type": "array", "prefixItems": [true, true]}`
    Reader: `{"type": "array", "prefixItems": [true, false]}`
    Witness: `[null, null]`

Instead:
    Give the position a schema that accepts what the writer writes.

Reference:
    JSON Schema Core 2020-12, §10.3.1.1
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.json.values import shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = f"{site.field}: the reader accepts no item at this position, the writer may write {shown(site.value)}"
    yield site.finding(RULE, message, "give the position a schema that accepts the writer's items")


RULE = Rule(
    summary="The reader refuses any item at a position that the writer fills",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"prefixItems"}),
)
