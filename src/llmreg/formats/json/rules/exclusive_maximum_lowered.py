"""The reader's exclusive maximum is lower than what the writer writes.

Why it breaks:
    The reader refuses the bound itself and every number above it, and the writer writes one of them. Turning
    `maximum` into `exclusiveMaximum` with the same number loses exactly that number.

Example:
    Writer: `{"type": "number", "maximum": 1}`
    Reader: `{"type": "number", "exclusiveMaximum": 1}`
    Witness: `1`

Instead:
    Keep the old bound, inclusive where it was inclusive.

Reference:
    JSON Schema Validation 2020-12, §6.2.3
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = site.contrast("accepts less than {} only", "writes up to {}", "exclusiveMaximum", "maximum")
    yield site.finding(RULE, message, site.keep("at {} or above", "exclusiveMaximum", "maximum"))


RULE = Rule(
    summary="The reader's exclusive maximum is lower than what the writer writes",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"exclusiveMaximum"}),
)
