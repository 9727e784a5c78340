"""The reader takes fewer items that match `contains` than the writer may write.

Why it breaks:
    An array with more items that match `contains` than the reader's `maxContains` is refused, and the writer still
    writes one.

Example:
    Writer: `{"contains": {"const": 1}}`
    Reader: `{"contains": {"const": 1}, "maxContains": 1}`
    Witness: `[1, 1]`

Instead:
    Keep the old number.

Reference:
    JSON Schema Validation 2020-12, §6.4.4
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = site.contrast("accepts arrays with {} or fewer matching items", "writes up to {}")
    yield site.finding(RULE, message, site.keep("at {} or above"))


RULE = Rule(
    summary="The reader takes fewer items that match `contains` than the writer may write",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"maxContains"}),
)
