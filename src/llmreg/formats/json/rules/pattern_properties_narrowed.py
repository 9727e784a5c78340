"""The reader forbids the properties whose names match a pattern.

Why it breaks:
    The reader's schema for the pattern is `false`, and the writer writes a property with such a name.

Example:
    Writer: `{"properties": {"x_a": true}}`
    Reader: `{"patternProperties": {"^x_": false}}`
    Witness: `{"x_a": null}`

Instead:
    Give the pattern a schema that accepts what the writer writes.

Known limits:
    A pattern whose schema is narrowed, not `false`, is reported by the rule of the narrowed keyword, at the schema
    below the pattern.

Reference:
    JSON Schema Core 2020-12, §10.3.2.2
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.json.values import shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = (
        f"{site.field}: the reader accepts no property whose name matches {shown(site.name)}, the writer writes it"
    )
    yield site.finding(RULE, message, "give the pattern a schema that accepts the writer's values")


RULE = Rule(
    summary="The reader forbids the properties whose names match a pattern",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"patternProperties"}),
)
