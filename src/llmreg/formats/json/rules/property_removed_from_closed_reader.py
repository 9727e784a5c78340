"""A closed reader does not declare a property that the writer writes.

Why it breaks:
    The reader says `additionalProperties: false` and does not list the property, so a document that holds it is
    refused.

Example:
    Writer: `{"properties": {"a": true, "b": true}}`
    Reader: `{"properties": {"a": true}, "additionalProperties": false}`
    Witness: `{"b": null}`

Instead:
    Keep the property in the reader's `properties` (`true` is enough to let it pass), or open the reader.

Reference:
    JSON Schema Core 2020-12, §10.3.2.3
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.json.values import shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    declared = site.writer.declaration(site.name)
    if declared is not None:
        message = (
            f"{site.member(site.name)}: the reader does not declare it and accepts no other properties"
            ", the writer writes it"
        )
        fix = f"keep {shown(site.name)} in the reader's `properties`, or drop `additionalProperties: false`"
        yield site.finding(RULE, message, fix, declared.place)


RULE = Rule(
    summary="A closed reader does not declare a property that the writer writes",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"additionalProperties"}),
)
