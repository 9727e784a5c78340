"""What is said to an MCP server over any transport: `initialize`, then `tools/list` page by page.

Nothing else is asked, and no tool is ever called. Messages are JSON-RPC 2.0. A server that refuses `initialize` may
know no handshake any more: then each request says its version itself (MCP 2026-07-28, versioning).
"""

from __future__ import annotations

from typing import Any, Final, Protocol

from llmreg.errors import InputError, LimitError
from llmreg.model.about import __version__
from llmreg.model.problem import Problem

PROTOCOL_VERSION: Final = "2025-11-25"  # the last one with a handshake
STATELESS_VERSION: Final = "2026-07-28"
SHOWN: Final = 80  # characters, or bytes, of what a server said
_META: Final = "io.modelcontextprotocol/"
_MAX_PAGES: Final = 1000
_METHOD_NOT_FOUND: Final = -32601


class RefusedError(InputError):
    """The server answers a request with an error."""


class Session(Protocol):
    """A connection to a server that people know as `name`."""

    name: str

    def agree(self, version: Any) -> None:
        """From now on this version of the protocol is spoken, as the server said, who may say anything."""

    def tell(self, method: str) -> None:
        """Send a notification."""

    def call(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """The result of a request. Raises RefusedError, and LlmregError for everything else than an answer."""


def list_tools(session: Session) -> list[Any]:
    """Every tool that the server lists, as it writes them. Raises what `Session.call` raises, InputError for a list
    that is none, LimitError for one that never ends."""
    about = {"name": "llmreg", "version": __version__}
    parameters = {"protocolVersion": PROTOCOL_VERSION, "capabilities": {}, "clientInfo": about}
    try:
        answer = session.call("initialize", parameters)
    except RefusedError as refused:
        said = {"protocolVersion": STATELESS_VERSION, "clientInfo": about, "clientCapabilities": {}}
        session.agree(STATELESS_VERSION)
        try:
            return _listed(session, {"_meta": {f"{_META}{key}": value for key, value in said.items()}})
        except RefusedError:
            raise refused from None
    session.agree(answer.get("protocolVersion"))
    session.tell("notifications/initialized")
    return _listed(session, {})


def _listed(session: Session, always: dict[str, Any]) -> list[Any]:
    """The tools on all pages; `always` are the parameters of each request."""
    tools: list[Any] = []
    cursors: set[str] = set()
    parameters = always
    for _ in range(_MAX_PAGES):
        page = session.call("tools/list", parameters)
        listed = page.get("tools")
        if not isinstance(listed, list):
            raise refusal(session.name, "its answer to tools/list has no list `tools`")
        tools += listed
        cursor = page.get("nextCursor")
        if cursor is None:
            return tools
        if not isinstance(cursor, str) or cursor in cursors:
            raise refusal(session.name, "its list of tools goes round in a circle: a page leads to a page before it")
        cursors.add(cursor)
        parameters = {**always, "cursor": cursor}
    raise LimitError(f"{session.name} lists its tools on more than {_MAX_PAGES} pages")


def quoted(text: str) -> str:
    """Something that a server said, for people: short, and on one line."""
    return "".join(char if char.isprintable() else " " for char in text)[:SHOWN].strip()


def refusal(name: str, what: str) -> InputError:
    """The error for a server that says what the protocol does not know."""
    return InputError(f"{name} does not speak MCP: {what}", problems=[Problem("mcp-server", what)])


def request(number: int, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """The message that asks."""
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}


def notification(method: str) -> dict[str, Any]:
    """The message that tells."""
    return {"jsonrpc": "2.0", "method": method}


def result(name: str, method: str, message: dict[str, Any]) -> dict[str, Any]:
    """The result in a message that answers a request. Raises RefusedError, InputError."""
    error = message.get("error")
    if isinstance(error, dict):
        raise RefusedError(f"{name} refuses {method}: {quoted(str(error.get('message')))}")
    found = message.get("result")
    if not isinstance(found, dict):
        raise refusal(name, f"its answer to {method} has no result")
    return found


def reply(message: dict[str, Any]) -> dict[str, Any] | None:
    """A server may ask its client as well: this one answers a ping, and can do nothing else. None: nothing is asked."""
    if "id" not in message:
        return None
    answer: dict[str, Any] = {"jsonrpc": "2.0", "id": message["id"]}
    if message["method"] == "ping":
        return {**answer, "result": {}}
    return {**answer, "error": {"code": _METHOD_NOT_FOUND, "message": "llmreg only lists tools"}}
