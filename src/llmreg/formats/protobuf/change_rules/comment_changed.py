"""A comment changed.

Why it breaks:
    No payload changes. A model that is shown the file reads its comments as instructions, so another wording may
    change what it writes.

Example:
    Old: `// The city, in English.`
    New: `// The city, in the user's language.`

Instead:
    Nothing need be done for data. Where a model reads the file, run its evaluations again.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf.declarations import file_comment
from llmreg.formats.protobuf.schema import ProtobufSchema
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Place, Severity
from llmreg.model.pointer import join


def find(old: ProtobufSchema, new: ProtobufSchema) -> Iterator[Finding]:
    """`old` and `new` have no direction here: nobody writes or reads a comment's payload."""
    before = {item.names: item for item in old.declarations}
    if file_comment(old.side.proto) != file_comment(new.side.proto):
        yield RULE.finding("`file`: a comment on the file changed", writer=Place(""), reader=Place(""), claim=_CLAIM)
    for item in new.declarations:
        past = before.get(item.names)
        if past is not None and past.comment != item.comment:
            pointer = join("", *item.names)
            yield RULE.finding(
                f"`{item.names[-1]}`: its comment changed",
                writer=Place(pointer, past.line or None),
                reader=Place(pointer, item.line or None),
                claim=_CLAIM,
            )


_CLAIM = "no payload differs: only the text that people and models read"
RULE = Rule(
    summary="a comment that people and models read",
    cls=ChangeClass.PROMPT_VISIBLE,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"comments"}),
)
