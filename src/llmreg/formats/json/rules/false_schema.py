"""The reader's schema is `false` where the writer writes a value.

Why it breaks:
    The schema `false` accepts nothing, so every document that has a value at this place is refused.

Example:
    Writer: `{"properties": {"a": true}}`
    Reader: `{"properties": {"a": false}}`
    Witness: `{"a": null}`

Instead:
    Give the place a schema that accepts what the writer writes. Without the property the reader would drop it
    silently.

Reference:
    JSON Schema Core 2020-12, §4.3.2
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.json.values import shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = f"{site.field}: the reader accepts no value here, the writer may write {shown(site.value)}"
    yield site.finding(RULE, message, "give the place a schema that accepts the writer's values")


RULE = Rule(
    summary="The reader's schema is `false` where the writer writes a value",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset(),
)
