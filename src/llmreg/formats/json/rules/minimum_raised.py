"""The reader's minimum is higher than what the writer writes.

Why it breaks:
    Every number below the reader's `minimum` that the writer still writes is refused.

Example:
    Writer: `{"type": "integer", "minimum": 0}`
    Reader: `{"type": "integer", "minimum": 1}`
    Witness: `0`

Instead:
    Keep the old minimum, and treat smaller numbers in the code that reads them. To forbid them for good, stop
    writing them first and release the narrower schema as a new major version.

Reference:
    JSON Schema Validation 2020-12, §6.2.4
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = site.contrast("accepts at least {}", "writes down to {}", "minimum", "exclusiveMinimum")
    yield site.finding(RULE, message, site.keep("at {} or below", "minimum", "exclusiveMinimum"))


RULE = Rule(
    summary="The reader's minimum is higher than what the writer writes",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"minimum"}),
)
