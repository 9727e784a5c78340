"""A field keeps its name, but the writer's JSON key is not one of the reader's.

Why it breaks:
    A writer prints the JSON name. A reader takes the JSON name and the field's own name, and ignores every other key,
    or takes it for the field whose key it is.

Example:
    The writer has `string b = 2 [json_name = "bee"]`, the reader `string b = 2`. The document `{"bee": "a"}` is read
    without `b`.

Instead:
    Set `json_name` when a field is added, or never.

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
    for hit in evidence.of(cause.JSON_NAME):
        if hit.writer is not None:
            yield from evidence.found(
                hit, f"`{hit.writer.name}`: the writer's JSON key `{hit.writer.key}` is not the reader's"
            )


RULE = Rule(
    summary="a JSON key that the reader does not take for the same field",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({cause.JSON_NAME}),
    aliases=("FIELD_SAME_JSON_NAME",),
)
