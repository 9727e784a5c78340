"""The reader requires a property that the writer may leave out.

Why it breaks:
    A document without the property is valid for the writer and refused by the reader. A `default` does not help:
    validators do not fill it in.

Example:
    Writer: `{"properties": {"a": true, "b": true}}`
    Reader: `{"properties": {"a": true, "b": true}, "required": ["b"]}`
    Witness: `{}`

Instead:
    Leave the property optional and supply the missing value in the code that reads it.

Reference:
    JSON Schema Validation 2020-12, §6.5.3
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.json.values import shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    optional = "leaves it optional" if site.writer.declaration(site.name) else "does not declare it"
    message = f"{site.member(site.name)}: the reader requires it, the writer {optional}"
    place = site.writer.owner(site.name).place
    yield site.finding(RULE, message, f"take {shown(site.name)} out of the reader's `required`", place)


RULE = Rule(
    summary="The reader requires a property that the writer may leave out",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"required"}),
)
