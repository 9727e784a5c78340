"""The package differs.

Why it breaks:
    Generated types, gRPC paths and the type URLs inside `Any` start with the package. Payloads do not hold it, so on
    wire and JSON nothing changes unless a message is packed in `Any`.

Example:
    The writer has `package t;`, the reader `package u;`. `type.googleapis.com/t.M` cannot be resolved by the reader.

Instead:
    Keep the package; put a new major version into a package of its own (`chat.v2`) as a new subject.

Reference:
    https://protobuf.dev/best-practices/dos-donts/
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf.evidence import Evidence
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(evidence: Evidence) -> Iterator[Finding]:
    if evidence.writer.package != evidence.reader.package:
        ours, theirs = (side.package or "none" for side in (evidence.writer, evidence.reader))
        yield evidence.claimed(f"`package`: it is {ours} for the writer and {theirs} for the reader", "", "")


RULE = Rule(
    summary="another package",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"source"}),
    aliases=("FILE_SAME_PACKAGE", "PACKAGE_CHANGED"),
)
