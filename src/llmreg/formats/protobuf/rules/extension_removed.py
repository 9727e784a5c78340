"""The writer writes an extension that the reader does not declare.

Why it breaks:
    The reader keeps the bytes as an unknown field and shows nothing. With `unknown_keys: reject` the JSON parser
    refuses the key `[package.name]`.

Example:
    The writer extends `M` by `optional string x = 100`, the reader has no such extension. The bytes `a2060161` are
    read as an empty message.

Instead:
    Keep the extension until nobody writes it, then reserve its number by a declaration in the extension range.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf import cause
from llmreg.formats.protobuf.evidence import Evidence, named
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(evidence: Evidence) -> Iterator[Finding]:
    for hit in evidence.of(cause.EXTENSION_REMOVED):
        told = "refuses the document" if hit.surface == "json" and hit.level == "breaking" else "skips it"
        yield from evidence.found(hit, f"{named(hit)}: the reader does not know this extension, so it {told}")


RULE = Rule(
    summary="an extension that the reader does not know",
    cls=ChangeClass.IGNORED,
    severity=Severity.WARN,
    find=find,
    reads=frozenset({cause.EXTENSION_REMOVED}),
    aliases=("EXTENSION_NO_DELETE",),
)
