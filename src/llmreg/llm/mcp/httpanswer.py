"""What an answer over HTTP means: by its status, by its type, and by its body within limits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Final

import httpx

from llmreg.errors import DocumentError, InputError, LimitError
from llmreg.llm.child import MAX_ANSWER_BYTES
from llmreg.llm.mcp.address import Access, shown
from llmreg.llm.mcp.conversation import RefusedError, quoted, refusal
from llmreg.llm.mcp.eventstream import messages
from llmreg.model.jsontext import dumps, loads

_JSON: Final = "application/json"
_STREAM: Final = "text/event-stream"
ACCEPTED: Final = f"{_JSON}, {_STREAM}"
_OTHER_PATH: Final = "the path of the endpoint is part of the URL, and is often /mcp"
_HINTS: Final = {
    404: _OTHER_PATH,
    405: f"{_OTHER_PATH}; servers that speak only the older HTTP+SSE transport are not asked",
    429: "it asks to wait; try again later",
}


class Answers:
    """All answers of one server in one conversation, which `seconds` and MAX_ANSWER_BYTES bound together."""

    def __init__(self, url: httpx.URL, access: Access, seconds: float) -> None:
        self.name = shown(url)
        self._access = access
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._received = 0

    def left(self) -> float:
        """Seconds, above 0. Raises LimitError."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise self.late()
        return left

    def late(self) -> LimitError:
        """The error for a server that takes too long."""
        return LimitError(f"{self.name} did not answer within {self._seconds:g} s", hint="--timeout sets the seconds")

    def judge(self, response: httpx.Response, method: str) -> None:
        """Raises RefusedError where the server may speak another version, InputError for every other refusal."""
        status = response.status_code
        if 200 <= status < 300:
            return
        if response.next_request is not None:
            raise self._redirect(status, response.next_request.url)
        if status in (401, 403):
            raise self._denied(status)
        said = self._error(response)
        if said or status == 400:
            raise RefusedError(f"{self.name} refuses {method}: {said or 'status 400, without a reason'}")
        raise InputError(f"{self.name} answers {method} with status {status}", hint=_HINTS.get(status))

    def messages(self, response: httpx.Response, method: str) -> Iterator[dict[str, Any]]:
        """The JSON-RPC messages in an answer. Raises InputError, LimitError."""
        media = _media(response)
        if media not in (_JSON, _STREAM):
            told = f"of type {self.quoted(media)}" if media else "of no type"
            raise refusal(self.name, f"its answer to {method} is {told}, neither JSON nor a stream of events")
        pieces = self._pieces(response)
        for text in messages(pieces) if media == _STREAM else [b"".join(pieces)]:
            try:
                message = self._read(text)
            except DocumentError as error:
                raise refusal(self.name, f"its answer to {method} is {self.quoted(error.message)}") from None
            if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
                raise refusal(self.name, f"its answer to {method} is no JSON-RPC message")
            yield message

    def quoted(self, text: str) -> str:
        """Something that the server said, for people: short, on one line, without the token."""
        return quoted(self._access.hide(text))

    def _redirect(self, status: int, target: httpx.URL) -> InputError:
        return InputError(
            f"{self.name} redirects to {self.quoted(shown(target))}, which is not followed (status {status})",
            hint="name the address itself with --url, if it is the right one",
        )

    def _denied(self, status: int) -> InputError:
        if self._access.token:
            return InputError(f"{self.name} does not take the token of {self._access.variable} (status {status})")
        return InputError(
            f"{self.name} wants to know who asks (status {status})",
            hint="--token-env NAME sends the value of a variable as bearer token",
        )

    def _error(self, response: httpx.Response) -> str:
        """What the JSON-RPC error in an answer says; empty where it holds none."""
        if _media(response) != _JSON:
            return ""
        try:
            message = self._read(b"".join(self._pieces(response)))
        except DocumentError:
            return ""
        error = message.get("error") if isinstance(message, dict) else None
        return self.quoted(str(error.get("message"))) if isinstance(error, dict) else ""

    def _pieces(self, response: httpx.Response) -> Iterator[bytes]:
        """The body as it came, which must not be compressed: nobody asked for that."""
        coding = response.headers.get("content-encoding", "identity")
        if coding != "identity":
            raise refusal(self.name, f"its answer is compressed ({self.quoted(coding)}), which nobody asked for")
        for piece in response.iter_raw():
            self._received += len(piece)
            if self._received > MAX_ANSWER_BYTES:
                raise LimitError(f"{self.name} answers with more than {MAX_ANSWER_BYTES >> 20} MiB")
            self.left()
            yield piece

    def _read(self, text: bytes) -> Any:
        """The JSON value. Raises DocumentError, and InputError where the token comes back: it would be kept."""
        try:
            value = loads(text, max_bytes=MAX_ANSWER_BYTES)
        except LimitError as error:
            raise LimitError(f"{self.name}: its answer: {error.message}") from None
        if self._access.is_in(dumps(value)):
            raise InputError(f"{self.name} repeats the token of {self._access.variable}; nothing of it was kept")
        return value


def _media(response: httpx.Response) -> str:
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()
