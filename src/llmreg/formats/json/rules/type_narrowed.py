"""The reader accepts fewer types than the writer writes.

Why it breaks:
    The reader accepts some of the writer's types, but the writer also writes a value of a type that the reader
    refuses. `integer` is a part of `number`, and 1.0 is an integer.

Example:
    Writer: `{"type": ["string", "null"]}`
    Reader: `{"type": "string"}`
    Witness: `null`

Instead:
    Keep every type that the writer may still write, and convert where the value is read.

Reference:
    JSON Schema Validation 2020-12, §6.1.1
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.json.values import overlap, shown, type_of, types
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    accepted = types(site.limit)
    written = types(site.writer_says("type"), site.writer_says("enum"))
    if written and not overlap(written, accepted):
        return
    only = f"{site.field}: the reader accepts only {' or '.join(accepted)}"
    if type_of(site.value) in accepted:
        message = f"{only}, which {shown(site.value)} is not in draft 4, the writer writes it"
        fix = "declare the writer's draft in the reader's `$schema`, or release a new major version"
    elif written:
        message = f"{only}, the writer writes {' or '.join(written)}"
        fix = f"keep {type_of(site.value)} among the reader's types, or release a new major version"
    else:
        message = f"{only}, the writer may write {shown(site.value)}"
        fix = "take `type` out of the reader's schema, or release a new major version"
    yield site.finding(RULE, message, fix)


RULE = Rule(
    summary="The reader accepts fewer types than the writer writes",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"type"}),
)
