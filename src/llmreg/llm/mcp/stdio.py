"""Ask an MCP server for its tools over standard input and output: `initialize`, then `tools/list` page by page.

Nothing else is asked, and no tool is ever called. Messages are JSON-RPC 2.0, one per line (MCP 2025-11-25, transports,
stdio). A server that refuses `initialize` may know no handshake any more: then each request says its version itself
(MCP 2026-07-28, versioning).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any, Final

from llmreg.errors import DocumentError, InputError, LimitError
from llmreg.llm.child import MAX_ANSWER_BYTES, Child
from llmreg.model.about import __version__
from llmreg.model.jsontext import dumps, loads
from llmreg.model.problem import Problem

PROTOCOL_VERSION: Final = "2025-11-25"  # the last one with a handshake
STATELESS_VERSION: Final = "2026-07-28"
_META: Final = "io.modelcontextprotocol/"
_MAX_PAGES: Final = 1000
_METHOD_NOT_FOUND: Final = -32601
_SHOWN: Final = 80


def ask(child: Child) -> list[Any]:
    """Every tool that the server lists, as it writes them. Raises LimitError for a server that is too slow, too loud or
    never ends its list, InputError for one that does not speak the protocol."""
    session = _Session(child)
    about = {"name": "llmreg", "version": __version__}
    try:
        session.call("initialize", {"protocolVersion": PROTOCOL_VERSION, "capabilities": {}, "clientInfo": about})
    except _RefusedError as refused:
        said = {"protocolVersion": STATELESS_VERSION, "clientInfo": about, "clientCapabilities": {}}
        try:
            return _listed(session, {"_meta": {f"{_META}{key}": value for key, value in said.items()}})
        except _RefusedError:
            raise refused from None
    session.tell("notifications/initialized")
    return _listed(session, {})


def _listed(session: _Session, always: dict[str, Any]) -> list[Any]:
    """The tools on all pages; `always` are the parameters of each request."""
    tools: list[Any] = []
    cursors: set[str] = set()
    parameters = always
    for _ in range(_MAX_PAGES):
        page = session.call("tools/list", parameters)
        listed = page.get("tools")
        if not isinstance(listed, list):
            raise session.refusal("its answer to tools/list has no list `tools`")
        tools += listed
        cursor = page.get("nextCursor")
        if cursor is None:
            return tools
        if not isinstance(cursor, str) or cursor in cursors:
            raise session.refusal("its list of tools goes round in a circle: a page leads to a page before it")
        cursors.add(cursor)
        parameters = {**always, "cursor": cursor}
    raise LimitError(f"{session.name} lists its tools on more than {_MAX_PAGES} pages")


class _RefusedError(InputError):
    """The server answers a request with an error."""


class _Session:
    def __init__(self, child: Child) -> None:
        self.name = child.name
        self._child = child
        self._lines = self._read()
        self._numbers = count(1)

    def tell(self, method: str) -> None:
        self._send({"jsonrpc": "2.0", "method": method})

    def call(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """The result of a request; what the server asks or tells meanwhile is answered or dropped."""
        number = next(self._numbers)
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters})
        for message in self._lines:
            if "method" in message:
                self._answer(message)
            elif message.get("id") == number:
                return self._result(method, message)
        status = self._child.end()
        raise InputError(f"{self.name} ended with status {status} before it answered {method}", hint=self._child.said)

    def refusal(self, what: str) -> InputError:
        return InputError(
            f"{self.name} does not speak MCP: {what}", problems=[Problem("mcp-server", f"the server: {what}")]
        )

    def _result(self, method: str, message: dict[str, Any]) -> dict[str, Any]:
        error = message.get("error")
        if isinstance(error, dict):
            raise _RefusedError(f"{self.name} refuses {method}: {str(error.get('message'))[:_SHOWN]}")
        result = message.get("result")
        if not isinstance(result, dict):
            raise self.refusal(f"its answer to {method} has no result")
        return result

    def _answer(self, message: dict[str, Any]) -> None:
        """A server may ask its client as well: this one answers a ping, and can do nothing else."""
        if "id" not in message:
            return
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": message["id"]}
        if message["method"] == "ping":
            self._send({**answer, "result": {}})
        else:
            self._send({**answer, "error": {"code": _METHOD_NOT_FOUND, "message": "llmreg only lists tools"}})

    def _send(self, message: dict[str, Any]) -> None:
        self._child.send(dumps(message).encode() + b"\n")

    def _read(self) -> Iterator[dict[str, Any]]:
        parts: list[bytes] = []
        while data := self._child.receive():
            *lines, rest = data.split(b"\n")
            for line in lines:
                whole = b"".join([*parts, line])
                parts.clear()
                if whole.strip():
                    yield self._message(whole)
            parts.append(rest)

    def _message(self, line: bytes) -> dict[str, Any]:
        try:
            message = loads(line, max_bytes=MAX_ANSWER_BYTES)
        except DocumentError:
            message = None
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            shown = line[:_SHOWN].decode("utf-8", "replace")
            raise self.refusal(f"it wrote {shown!r} to standard output, which is for messages only")
        return message
