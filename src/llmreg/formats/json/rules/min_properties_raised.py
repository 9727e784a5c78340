"""The reader wants more properties than the writer must write.

Why it breaks:
    An object with fewer properties than the reader's `minProperties` is refused, and the writer still writes one.

Example:
    Writer: `{"type": "object", "additionalProperties": true}`
    Reader: `{"type": "object", "minProperties": 1}`
    Witness: `{}`

Instead:
    Keep the old minimum, and treat small objects in the code that reads them.

Reference:
    JSON Schema Validation 2020-12, §6.5.2
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = site.contrast("accepts objects with {} or more properties", "writes {} or more")
    yield site.finding(RULE, message, site.keep("at {} or below"))


RULE = Rule(
    summary="The reader wants more properties than the writer must write",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"minProperties"}),
)
