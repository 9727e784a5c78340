"""A message or enum of the writer is not declared by the reader.

Why it breaks:
    Code that names the generated type does not compile any more. Payloads are judged where they are read, by fields,
    so a renamed or moved type of the same shape breaks nothing on wire and JSON.

Example:
    The writer declares `message S` beside `M`, the reader calls it `T`. Code that uses `S` does not compile.

Instead:
    Keep the type, or keep the old name as an empty message until no code uses it.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf.evidence import Evidence
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity
from llmreg.model.pointer import join


def find(evidence: Evidence) -> Iterator[Finding]:
    theirs = {item.names for item in evidence.reader.declarations if item.kind in ("message", "enum")}
    for item in evidence.writer.declarations:
        if (
            item.kind in ("message", "enum")
            and item.names not in theirs
            and (item.names[:-1] in theirs or not item.names[:-1])
        ):
            yield evidence.claimed(
                f"`{'.'.join(item.names)}`: the reader declares no such {item.kind}", join("", *item.names), None
            )


RULE = Rule(
    summary="a type that generated code loses",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"source"}),
    aliases=("MESSAGE_NO_DELETE", "ENUM_NO_DELETE"),
)
