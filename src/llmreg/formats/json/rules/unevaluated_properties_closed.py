"""The reader's `unevaluatedProperties` refuses a property that the writer writes.

Why it breaks:
    No part of the reader's schema that holds for the document declares the property, and `unevaluatedProperties`
    refuses what is left over.

Example:
    Writer: `{"properties": {"a": true, "b": true}}`
    Reader: `{"allOf": [{"properties": {"a": true}}], "unevaluatedProperties": false}`
    Witness: `{"b": null}`

Instead:
    Declare the property in one of the reader's parts, or leave `unevaluatedProperties` out.

Reference:
    JSON Schema Core 2020-12, §11.3
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.json.values import shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    declared = site.writer.declaration(site.name)
    message = (
        f"{site.member(site.name)}: the reader refuses properties that none of its parts declares"
        ", the writer writes this one"
    )
    fix = f"declare {shown(site.name)} in the reader, or drop `unevaluatedProperties`"
    yield site.finding(RULE, message, fix, declared.place if declared else None)


RULE = Rule(
    summary="The reader's `unevaluatedProperties` refuses a property that the writer writes",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"unevaluatedProperties"}),
)
