"""The reader lists fewer values than the writer writes.

Why it breaks:
    A value that the writer writes is not among the reader's `enum`. A new `enum` where the writer had none is the
    same break.

Example:
    Writer: `{"enum": ["low", "high", "auto"]}`
    Reader: `{"enum": ["low", "high"]}`
    Witness: `"auto"`

Instead:
    Keep the old values in the `enum`, and mark them as deprecated in the description. Add new ones at the end.

Reference:
    JSON Schema Validation 2020-12, §6.1.2
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.explain.site import Site
from llmreg.formats.json.values import MISSING, listed, shown, without
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(site: Site) -> Iterator[Finding]:
    written = site.writer_says("enum")
    const = site.writer_says("const")
    if const is not MISSING:
        written = [const]
    accepted = site.limit if isinstance(site.limit, list) else [site.limit]
    lost = without(written, accepted) if isinstance(written, list) else []
    if lost:
        message = (
            f"{site.field}: the reader does not accept {listed(lost)}"
            f", the writer writes {'it' if len(lost) == 1 else 'them'}"
        )
        fix = f"keep {listed(lost, 'and')} in the reader's `enum`, or release a new major version"
    else:
        message = f"{site.field}: the reader accepts only {listed(accepted)}, the writer may write {shown(site.value)}"
        fix = "take the `enum` out of the reader's schema, or release a new major version"
    yield site.finding(RULE, message, fix, site.writer.holder(("enum", "const")).place)


RULE = Rule(
    summary="The reader lists fewer values than the writer writes",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"enum"}),
)
