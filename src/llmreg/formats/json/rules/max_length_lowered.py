"""The reader's maximum length is smaller than what the writer writes.

Why it breaks:
    A string longer than the reader's `maxLength` is refused, and the writer still writes one. Lengths count Unicode
    code points.

Example:
    Writer: `{"type": "string", "maxLength": 2}`
    Reader: `{"type": "string", "maxLength": 1}`
    Witness: `"aa"`

Instead:
    Keep the old maximum length, and cut long strings in the code that reads them.

Reference:
    JSON Schema Validation 2020-12, §6.3.1
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = site.contrast("accepts strings with {} or fewer characters", "writes up to {}")
    yield site.finding(RULE, message, site.keep("at {} or above"))


RULE = Rule(
    summary="The reader's maximum length is smaller than what the writer writes",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"maxLength"}),
)
