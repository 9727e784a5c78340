"""A field, enum value or oneof of the writer is not declared by the reader under its name.

Why it breaks:
    Generated accessors and constants carry the name, so code that uses it does not compile any more.

Example:
    The writer has `string b = 2`, the reader `string c = 2`. Code that calls `msg.b` does not compile.

Instead:
    Keep the name. An enum value may keep its old name as an alias.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf.evidence import Evidence
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity
from llmreg.model.pointer import join


def find(evidence: Evidence) -> Iterator[Finding]:
    theirs = {item.names: item for item in evidence.reader.declarations}
    for item in evidence.writer.declarations:
        if item.kind in ("field", "value", "oneof", "extension") and item.names not in theirs:
            home = item.names[:-1]
            if home in theirs or not home:
                yield evidence.claimed(
                    f"`{item.names[-1]}`: the reader declares no {item.kind} of this name",
                    join("", *item.names),
                    join("", *home),
                )


RULE = Rule(
    summary="a name that generated code loses",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"source"}),
    aliases=("FIELD_SAME_NAME", "ENUM_VALUE_SAME_NAME", "ONEOF_NO_DELETE"),
)
