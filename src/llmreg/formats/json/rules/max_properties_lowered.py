"""The reader takes fewer properties than the writer may write.

Why it breaks:
    An object with more properties than the reader's `maxProperties` is refused, and the writer still writes one.

Example:
    Writer: `{"properties": {"a": true, "b": true}}`
    Reader: `{"properties": {"a": true, "b": true}, "maxProperties": 1}`
    Witness: `{"a": null, "b": null}`

Instead:
    Keep the old maximum.

Reference:
    JSON Schema Validation 2020-12, §6.5.1
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = site.contrast("accepts objects with {} or fewer properties", "writes up to {}")
    yield site.finding(RULE, message, site.keep("at {} or above"))


RULE = Rule(
    summary="The reader takes fewer properties than the writer may write",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"maxProperties"}),
)
