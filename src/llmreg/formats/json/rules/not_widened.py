"""The reader's `not` forbids a value that the writer writes.

Why it breaks:
    The value matches the schema under the reader's `not`.

Example:
    Writer: `{"type": ["string", "null"]}`
    Reader: `{"type": ["string", "null"], "not": {"const": ""}}`
    Witness: `""`

Instead:
    Leave the `not` as it was, and treat the value in the code that reads it.

Reference:
    JSON Schema Core 2020-12, §10.2.1.4
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.json.values import shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = (
        f"{site.field}: the reader accepts nothing that matches {shown(site.limit)}"
        f", the writer may write {shown(site.value)}"
    )
    yield site.finding(RULE, message, "narrow the schema under the reader's `not`, or release a new major version")


RULE = Rule(
    summary="The reader's `not` forbids a value that the writer writes",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"not"}),
)
