"""Syntax, edition or an option that steers code generators differs.

Why it breaks:
    `java_package`, `go_package` and their like move generated code; a change of syntax or edition changes its
    accessors (presence, open enums). Payloads are judged by the features that result, not by the syntax that sets
    them.

Example:
    The writer has `option go_package = "example.com/a";`, the reader `"example.com/b"`. Go imports no longer resolve.

Instead:
    Set the options when the file is created; move generated code together with a new major version.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf.declarations import differing_options
from llmreg.formats.protobuf.evidence import Evidence
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(evidence: Evidence) -> Iterator[Finding]:
    for name, ours, theirs in differing_options(evidence.writer.proto, evidence.reader.proto):
        yield evidence.claimed(f"`{name}`: it is {ours} for the writer and {theirs} for the reader", "", "")


RULE = Rule(
    summary="syntax or language options that steer generated code",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"source"}),
    aliases=("FILE_SAME_SYNTAX", "FILE_SAME_GO_PACKAGE", "FILE_SAME_JAVA_PACKAGE"),
)
