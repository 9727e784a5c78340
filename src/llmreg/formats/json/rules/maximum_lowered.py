"""The reader's maximum is lower than what the writer writes.

Why it breaks:
    Every number above the reader's `maximum` that the writer still writes is refused.

Example:
    Writer: `{"type": "number", "maximum": 2}`
    Reader: `{"type": "number", "maximum": 1}`
    Witness: `2`

Instead:
    Keep the old maximum, and treat larger numbers in the code that reads them. To forbid them for good, stop
    writing them first and release the narrower schema as a new major version.

Reference:
    JSON Schema Validation 2020-12, §6.2.2
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = site.contrast("accepts at most {}", "writes up to {}", "maximum", "exclusiveMaximum")
    yield site.finding(RULE, message, site.keep("at {} or above", "maximum", "exclusiveMaximum"))


RULE = Rule(
    summary="The reader's maximum is lower than what the writer writes",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"maximum"}),
)
