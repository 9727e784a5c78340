"""A service or method of the writer is missing at the reader, or has other types or streams.

Why it breaks:
    A method is called by its path `/package.Service/Method`: a server without it answers UNIMPLEMENTED, and other
    streams or types change the generated stubs. No stored payload is affected; request and response messages are
    judged as messages.

Example:
    The writer has `rpc Get(A) returns (B)`, the reader does not. A call of `/t.S/Get` fails.

Instead:
    Keep the method until no client calls it; add a new method for a new signature.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.protobuf.evidence import Evidence
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity
from llmreg.model.pointer import join

_SIGNATURE = {
    "input_type": "the request types",
    "output_type": "the response types",
    "client_streaming": "the client's streams",
    "server_streaming": "the server's streams",
}


def find(evidence: Evidence) -> Iterator[Finding]:
    theirs = {item.names: item.proto for item in evidence.reader.declarations if item.kind in ("service", "method")}
    for item in evidence.writer.declarations:
        if item.kind not in ("service", "method") or (len(item.names) > 1 and item.names[:-1] not in theirs):
            continue
        pointer = join("", *item.names)
        other = theirs.get(item.names)
        if other is None:
            yield evidence.claimed(f"`{item.names[-1]}`: the reader has no such {item.kind}", pointer, None)
        elif item.kind == "method":
            changed = [words for name, words in _SIGNATURE.items() if getattr(item.proto, name) != getattr(other, name)]
            if changed:
                yield evidence.claimed(f"`{item.names[-1]}`: {' and '.join(changed)} differ", pointer, pointer)


RULE = Rule(
    summary="a method that clients lose",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
    reads=frozenset({"source"}),
    aliases=("SERVICE_NO_DELETE", "RPC_NO_DELETE", "RPC_SAME_REQUEST_TYPE", "RPC_SAME_RESPONSE_TYPE"),
)
