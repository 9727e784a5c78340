"""Two branches of the reader's `oneOf` accept the same value.

Why it breaks:
    `oneOf` wants exactly one branch. A value that the writer writes is accepted by two branches of the reader, so
    the reader refuses it, although the new branch looks like an addition.

Example:
    Writer: `{"oneOf": [{"type": "integer"}]}`
    Reader: `{"oneOf": [{"type": "integer"}, {"type": "number"}]}`
    Witness: `0`

Instead:
    Use `anyOf`, or make the branches exclude each other, for example by a discriminator with different constants.

Reference:
    JSON Schema Core 2020-12, §10.2.1.3
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.json.values import listed, shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    accepting = site.refusal.branches.accepting if site.refusal.branches else []
    if len(accepting) > 1:
        places = listed([f"{site.refusal.pointer}/oneOf/{index}" for index in accepting], "and")
        message = (
            f"{site.field}: the reader wants exactly one of its `oneOf` branches, {shown(site.value)} meets {places}"
        )
        yield site.finding(RULE, message, "use `anyOf` in the reader, or make its branches exclude each other")


RULE = Rule(
    summary="Two branches of the reader's `oneOf` accept the same value",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"oneOf"}),
)
