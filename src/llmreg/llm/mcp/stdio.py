"""An MCP server over standard input and output: one message per line (MCP 2025-11-25, transports, stdio)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from llmreg.errors import DocumentError, InputError
from llmreg.llm.child import MAX_ANSWER_BYTES, Child
from llmreg.llm.mcp.conversation import SHOWN, list_tools, notification, refusal, reply, request, result
from llmreg.model.jsontext import dumps, loads


def ask(child: Child) -> list[Any]:
    """Every tool that the server lists, as it writes them. Raises LimitError for a server that is too slow, too loud or
    never ends its list, InputError for one that does not speak the protocol."""
    return list_tools(_Session(child))


class _Session:
    def __init__(self, child: Child) -> None:
        self.name = child.name
        self._child = child
        self._lines = self._read()
        self._numbers = count(1)

    def agree(self, version: Any) -> None:
        """Nothing on this transport says the version but the messages themselves."""

    def tell(self, method: str) -> None:
        self._send(notification(method))

    def call(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """The result of a request; what the server asks or tells meanwhile is answered or dropped."""
        number = next(self._numbers)
        self._send(request(number, method, parameters))
        for message in self._lines:
            if "method" in message:
                self._answer(message)
            elif message.get("id") == number:
                return result(self.name, method, message)
        status = self._child.end()
        raise InputError(f"{self.name} ended with status {status} before it answered {method}", hint=self._child.said)

    def _answer(self, message: dict[str, Any]) -> None:
        answer = reply(message)
        if answer is not None:
            self._send(answer)

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
            shown = line[:SHOWN].decode("utf-8", "replace")
            raise refusal(self.name, f"it wrote {shown!r} to standard output, which is for messages only")
        return message
