"""The reader's condition demands more than the writer's.

Why it breaks:
    The value meets the reader's `if` (or fails it), and the reader's `then` (or `else`) refuses it; the writer has
    no such demand there.

Example:
    Writer: `{"properties": {"kind": true, "url": true}}`
    Reader: `{"if": {"required": ["kind"]}, "then": {"required": ["url"]}}`
    Witness: `{"kind": null}`

Instead:
    Leave the condition out, or make it hold only for documents that no writer has written yet, such as a new value
    of a discriminator.

Reference:
    JSON Schema Core 2020-12, §10.2.2
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.json.values import shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    message = f"{site.field}: the reader's condition refuses {shown(site.value)}, the writer writes it"
    yield site.finding(RULE, message, "weaken the reader's `then` or `else` so that it accepts the writer's values")


RULE = Rule(
    summary="The reader's condition demands more than the writer's",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"if", "then", "else"}),
)
