"""A root message of the writer has no counterpart at the reader.

Why it breaks:
    Payloads of that message exist, and the reader has no type to read them with. Roots are the messages that
    `messages:` in `subject.yaml` lists: then this is an error. Without the list every top-level message counts as a
    root, although it may only be a part of others: then it is a warning and the verdict is that of the remaining
    roots. When no root of the writer has a counterpart, the reader reads nothing at all, and it is an error again.

Example:
    The writer has `message M` and `message N`, the reader only `message M`. No payload of `N` can be read.

Instead:
    Keep the message, or list the messages whose payloads exist under `messages:`.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf.evidence import Evidence
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity, Status


def find(evidence: Evidence) -> Iterator[Finding]:
    for lost in evidence.lost:
        yield Finding(
            rule="",
            cls=ChangeClass.BREAKING if lost.fails else ChangeClass.IGNORED,
            severity=Severity.ERROR if lost.fails else Severity.WARN,
            message=f"`{lost.full_name}`: the writer writes this message, the reader has none of this name",
            writer=evidence.writer.place(lost.pointer),
            status=Status.WITNESSED if lost.witness else Status.CLAIMED,
            witness=lost.witness,
            claim=None if lost.witness else "the message requires itself, so no payload of it is finite",
            level="breaking" if lost.fails else None,
        )


RULE = Rule(
    summary="a message that the reader does not have",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"root"}),
    aliases=("MESSAGE_NO_DELETE", "MESSAGE_REMOVED"),
)
