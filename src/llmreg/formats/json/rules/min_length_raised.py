"""The reader's minimum length is larger than what the writer writes.

Why it breaks:
    A string shorter than the reader's `minLength` is refused, and the writer still writes one. Lengths count
    Unicode code points.

Example:
    Writer: `{"type": "string"}`
    Reader: `{"type": "string", "minLength": 1}`
    Witness: `""`

Instead:
    Keep the old minimum length, and treat short strings in the code that reads them.

Reference:
    JSON Schema Validation 2020-12, §6.3.2
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = site.contrast("accepts strings with {} or more characters", "writes {} or more")
    yield site.finding(RULE, message, site.keep("at {} or below"))


RULE = Rule(
    summary="The reader's minimum length is larger than what the writer writes",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"minLength"}),
)
