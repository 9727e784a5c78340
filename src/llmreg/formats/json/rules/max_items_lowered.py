"""The reader takes fewer items than the writer may write.

Why it breaks:
    An array longer than the reader's `maxItems` is refused, and the writer still writes one.

Example:
    Writer: `{"type": "array", "maxItems": 2}`
    Reader: `{"type": "array", "maxItems": 1}`
    Witness: `[null, null]`

Instead:
    Keep the old maximum, and cut long arrays in the code that reads them.

Reference:
    JSON Schema Validation 2020-12, §6.4.1
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = site.contrast("accepts arrays with {} or fewer items", "writes up to {}")
    yield site.finding(RULE, message, site.keep("at {} or above"))


RULE = Rule(
    summary="The reader takes fewer items than the writer may write",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"maxItems"}),
)
