"""The reader wants multiples of a number that the writer's values are not multiples of.

Why it breaks:
    A number that the writer writes is no multiple of the reader's `multipleOf`. The arithmetic is exact: 0.3 is a
    multiple of 0.1.

Example:
    Writer: `{"type": "number", "multipleOf": 0.5}`
    Reader: `{"type": "number", "multipleOf": 1}`
    Witness: `0.5`

Instead:
    Choose a `multipleOf` that divides the old one, or drop the keyword and round where the number is read.

Reference:
    JSON Schema Validation 2020-12, §6.2.1
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = site.contrast("accepts multiples of {} only", "writes multiples of {}")
    yield site.finding(RULE, message, site.keep("at {} or at a number that divides it"))


RULE = Rule(
    summary="The reader wants multiples of a number that the writer's values are not multiples of",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"multipleOf"}),
)
