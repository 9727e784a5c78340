"""An extension has another name, or a field became an extension.

Why it breaks:
    ProtoJSON writes an extension under its full name in brackets. The reader ignores the writer's key. On the wire
    only the number counts.

Example:
    The writer has `string x = 5`, the reader the extension `string x = 5`. The document `{"x": "a"}` is read without
    it.

Instead:
    Keep the extension's name and package; keep fields as fields where JSON is written.

Reference:
    https://protobuf.dev/programming-guides/json/#field-representation
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf import cause
from llmreg.formats.protobuf.evidence import Evidence
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(evidence: Evidence) -> Iterator[Finding]:
    for hit in evidence.of(cause.EXTENSION):
        if hit.writer is not None and hit.reader is not None:
            known = f"the reader calls it `{hit.reader.name}` and does not know the key `{hit.writer.key}`"
            yield from evidence.found(hit, f"`{hit.writer.name}`: {known}")


RULE = Rule(
    summary="an extension whose JSON key the reader does not know",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({cause.EXTENSION}),
)
