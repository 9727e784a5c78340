"""The reader refuses undeclared properties that the writer may write.

Why it breaks:
    The reader says `additionalProperties: false`. The writer may write properties that it does not list by name: it
    is an open writer, a map, or has `patternProperties`.

Example:
    Writer: `{"type": "object", "additionalProperties": {"type": "string"}}`
    Reader: `{"type": "object", "additionalProperties": false}`
    Witness: `{"": ""}`

Instead:
    Leave the reader open. If the writer in fact writes only what it declares, judge it as a closed writer (`writer:
    closed`).

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
    if site.writer.declaration(site.name) is None:
        message = (
            f"{site.field}: the reader accepts only the properties it declares"
            f", the writer may write others, such as {shown(site.name)}"
        )
        yield site.finding(
            RULE, message, "leave `additionalProperties` open in the reader, or release a new major version"
        )


RULE = Rule(
    summary="The reader refuses undeclared properties that the writer may write",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"additionalProperties"}),
)
