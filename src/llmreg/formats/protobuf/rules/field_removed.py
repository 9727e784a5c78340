"""The writer writes a field that the reader does not declare.

Why it breaks:
    A Protobuf reader skips a field that it does not know: nothing fails, and the value is not seen. That is a
    warning, and an error for tool inputs, where the model's argument would vanish. With `unknown_keys: reject` the
    JSON parser refuses the whole document, and the finding is breaking. When another field of the reader has the
    number, see `field_renumbered`.

Example:
    The writer has `string note = 2`, the reader has no field 2. The bytes `120161` are read as an empty message.

Instead:
    Keep the field and mark it `deprecated = true` until nobody writes it, then remove it with `reserved 2, "note";`.

Reference:
    https://protobuf.dev/programming-guides/proto3/#deleting
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf import cause
from llmreg.formats.protobuf.evidence import Evidence, named
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(evidence: Evidence) -> Iterator[Finding]:
    for hit in evidence.of(cause.REMOVED):
        told = "refuses the document" if hit.surface == "json" and hit.level == "breaking" else "skips it"
        yield from evidence.found(
            hit, f"{named(hit)}: the writer writes a field that the reader does not know, so it {told}"
        )


RULE = Rule(
    summary="a field that the reader does not know",
    cls=ChangeClass.IGNORED,
    severity=Severity.WARN,
    find=find,
    reads=frozenset({cause.REMOVED}),
    aliases=("FIELD_NO_DELETE", "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED"),
)
