"""The reader wants more items that match `contains` than the writer must write.

Why it breaks:
    An array with fewer items that match `contains` than the reader's `minContains` is refused, and the writer still
    writes one.

Example:
    Writer: `{"contains": {"const": 1}}`
    Reader: `{"contains": {"const": 1}, "minContains": 2}`
    Witness: `[1]`

Instead:
    Keep the old number.

Reference:
    JSON Schema Validation 2020-12, §6.4.5
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = site.contrast("accepts arrays with {} or more matching items", "writes {} or more")
    yield site.finding(RULE, message, site.keep("at {} or below"))


RULE = Rule(
    summary="The reader wants more items that match `contains` than the writer must write",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"minContains"}),
)
