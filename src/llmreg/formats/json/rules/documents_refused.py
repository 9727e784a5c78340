"""The reader refuses every document.

Why it breaks:
    The reader's whole schema is `false`, so nothing that the writer writes is accepted. The rule also stands in for
    a refusal that no other rule describes.

Example:
    Writer: `true`
    Reader: `false`
    Witness: `null`

Instead:
    Give the reader a schema that accepts what the writer writes.

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
    if site.refusal.keyword == "false":
        message = f"{site.field}: the reader accepts nothing at all, the writer may write {shown(site.value)}"
    else:
        message = f"{site.field}: the reader refuses {shown(site.value)}, the writer writes it"
    fix = "give the reader a schema that accepts what the writer writes, or release a new major version"
    yield site.finding(RULE, message, fix)


RULE = Rule(
    summary="The reader refuses every document",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset(),
)
