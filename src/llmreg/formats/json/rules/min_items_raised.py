"""The reader wants more items than the writer must write.

Why it breaks:
    An array shorter than the reader's `minItems` is refused, and the writer still writes one.

Example:
    Writer: `{"type": "array"}`
    Reader: `{"type": "array", "minItems": 1}`
    Witness: `[]`

Instead:
    Keep the old minimum, and treat short arrays in the code that reads them.

Reference:
    JSON Schema Validation 2020-12, §6.4.2
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = site.contrast("accepts arrays with {} or more items", "writes {} or more")
    yield site.finding(RULE, message, site.keep("at {} or below"))


RULE = Rule(
    summary="The reader wants more items than the writer must write",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"minItems"}),
)
