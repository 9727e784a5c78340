"""A field has another name, and with it another JSON key.

Why it breaks:
    ProtoJSON names fields by their JSON name. The reader takes the writer's key for an unknown one and ignores it. On
    the wire nothing changes: there the number counts.

Example:
    The writer has `string b = 2`, the reader `string c = 2`. The document `{"b": "a"}` is read without `c`.

Instead:
    Give the renamed field the old key: `string c = 2 [json_name = "b"];`.

Reference:
    https://protobuf.dev/programming-guides/json/#json-options
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf import cause
from llmreg.formats.protobuf.evidence import Evidence
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(evidence: Evidence) -> Iterator[Finding]:
    for hit in evidence.of(cause.NAME):
        if hit.writer is not None and hit.reader is not None:
            known = f"the reader calls it `{hit.reader.name}` and does not know the key `{hit.writer.key}`"
            yield from evidence.found(hit, f"`{hit.writer.name}`: {known}")


RULE = Rule(
    summary="a field whose JSON key the reader does not know under its new name",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({cause.NAME}),
    aliases=("FIELD_SAME_NAME",),
)
