"""The reader accepts none of the types that the writer writes.

Why it breaks:
    The writer's values have a type that the reader refuses altogether, so every document with this value is
    refused.

Example:
    Writer: `{"type": "string"}`
    Reader: `{"type": "integer"}`
    Witness: `""`

Instead:
    Add a property with the new type beside the old one and fill both for a while, or accept both types.

Reference:
    JSON Schema Validation 2020-12, §6.1.1
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.json.values import overlap, types
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    accepted = types(site.limit)
    written = types(site.writer_says("type"), site.writer_says("enum"))
    if not written or overlap(written, accepted):
        return
    message = f"{site.field}: the reader accepts only {' or '.join(accepted)}, the writer writes {' or '.join(written)}"
    yield site.finding(RULE, message, "accept the writer's type too, or add a new property with the new type")


RULE = Rule(
    summary="The reader accepts none of the types that the writer writes",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"type"}),
)
