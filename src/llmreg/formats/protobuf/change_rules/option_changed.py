"""An option of a declaration changed.

Why it breaks:
    No payload changes: options such as `deprecated`, `jstype` or a custom validation rule steer tools, code
    generators and validators. Options that change a payload (`packed`, `features`, `default`, `json_name`) are judged
    by what they do.

Example:
    Old: `int32 a = 1;`
    New: `int32 a = 1 [deprecated = true];`

Instead:
    Nothing need be done for data. Look at the tools that read the option.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf.schema import ProtobufSchema
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Place, Severity
from llmreg.model.pointer import join

_CLAIM = "no payload differs: tools read the option"


def find(old: ProtobufSchema, new: ProtobufSchema) -> Iterator[Finding]:
    """One finding for each declaration whose options differ."""
    before = {item.names: item for item in old.declarations}
    for item in new.declarations:
        past = before.get(item.names)
        if past is None or past.kind != item.kind:
            continue
        ours, theirs = (one.proto.options.SerializeToString(deterministic=True) for one in (past, item))
        if ours != theirs:
            pointer = join("", *item.names)
            yield RULE.finding(
                f"`{item.names[-1]}`: its options changed",
                writer=Place(pointer, past.line or None),
                reader=Place(pointer, item.line or None),
                claim=_CLAIM,
            )


RULE = Rule(
    summary="an option that tools read",
    cls=ChangeClass.HINT,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({"options"}),
)
