"""The reader accepts one constant, the writer writes another value.

Why it breaks:
    The reader's `const` refuses every other value, and the writer writes one. A new `const` where the writer had
    none is the same break.

Example:
    Writer: `{"const": "v1"}`
    Reader: `{"const": "v2"}`
    Witness: `"v1"`

Instead:
    Accept both constants with an `enum` until no writer uses the old one.

Reference:
    JSON Schema Validation 2020-12, §6.1.3
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.json.values import MISSING, shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    had = site.writer_says("const")
    said = f"writes {shown(had)}" if had is not MISSING else f"may write {shown(site.value)}"
    message = f"{site.field}: the reader accepts only {shown(site.limit)}, the writer {said}"
    fix = f"accept both with `enum`: {shown([site.value, site.limit])}, or release a new major version"
    yield site.finding(RULE, message, fix, site.writer.holder(("const", "enum")).place)


RULE = Rule(
    summary="The reader accepts one constant, the writer writes another value",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"const"}),
)
