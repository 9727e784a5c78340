"""The reader refuses a document that the writer writes.

Why it breaks:
    Both validators agree that the writer accepts the document and the reader refuses it, for a reason that no rule
    of its own describes.

Example:
    Writer: `{"$dynamicRef": "#node"}`
    Reader: `{"$dynamicRef": "#leaf"}`
    Witness: `{}`

Instead:
    Compare the place in the reader with what the writer writes there, and accept it.

Reference:
    JSON Schema Core 2020-12, §7
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain_site import Site, shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = f"{site.field}: the reader refuses {shown(site.value)}, the writer writes it"
    yield site.finding(RULE, message, "accept the witness in the reader, or release a new major version")


RULE = Rule(
    summary="The reader refuses a document that the writer writes",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset(),
)
