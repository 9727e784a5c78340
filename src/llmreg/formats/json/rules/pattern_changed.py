"""The reader's pattern refuses strings that the writer writes.

Why it breaks:
    A string that the writer writes does not match the reader's `pattern`. Patterns are compared as the sets of
    strings that they match, not as text: another spelling of the same set gives no finding.

Example:
    Writer: `{"type": "string", "pattern": "^[a-z]*$"}`
    Reader: `{"type": "string", "pattern": "^[a-y]*$"}`
    Witness: `"z"`

Instead:
    Widen the new pattern with `|` so that it also matches the old strings.

Reference:
    JSON Schema Validation 2020-12, §6.3.3 (patterns are ECMA-262 and not anchored)
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = site.contrast("accepts only strings that match {}", "writes strings that match {}")
    yield site.finding(RULE, message, site.keep("at {} or at a pattern that matches more"))


RULE = Rule(
    summary="The reader's pattern refuses strings that the writer writes",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"pattern"}),
)
