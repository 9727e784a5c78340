"""The reader refuses a property name that the writer writes.

Why it breaks:
    The reader's `propertyNames` does not accept the name of a property that the writer writes.

Example:
    Writer: `{"type": "object", "additionalProperties": true}`
    Reader: `{"type": "object", "propertyNames": {"maxLength": 1}}`
    Witness: `{"aa": null}`

Instead:
    Accept every name that the writer may write.

Reference:
    JSON Schema Core 2020-12, §10.3.2.4
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.json.values import shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = (
        f"{site.field}: the reader accepts only property names that match {shown(site.reader)}"
        f", the writer may write {shown(site.value)}"
    )
    yield site.finding(RULE, message, "accept the writer's names in `propertyNames`, or release a new major version")


RULE = Rule(
    summary="The reader refuses a property name that the writer writes",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"propertyNames"}),
)
