"""The reader's exclusive minimum is higher than what the writer writes.

Why it breaks:
    The reader refuses the bound itself and every number below it, and the writer writes one of them. Turning
    `minimum` into `exclusiveMinimum` with the same number loses exactly that number.

Example:
    Writer: `{"type": "number", "minimum": 0}`
    Reader: `{"type": "number", "exclusiveMinimum": 0}`
    Witness: `0`

Instead:
    Keep the old bound, inclusive where it was inclusive.

Reference:
    JSON Schema Validation 2020-12, §6.2.5
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = site.contrast("accepts more than {} only", "writes down to {}", "exclusiveMinimum", "minimum")
    yield site.finding(RULE, message, site.keep("at {} or below", "exclusiveMinimum", "minimum"))


RULE = Rule(
    summary="The reader's exclusive minimum is higher than what the writer writes",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"exclusiveMinimum"}),
)
