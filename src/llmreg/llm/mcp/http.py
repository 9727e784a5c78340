"""An MCP server over streamable HTTP: each message is a POST (MCP 2025-06-18, 2025-11-25, 2026-07-28, transports).

The one place below the client that speaks to the network, and only with the address that somebody named: redirects are
not followed. The older transport (HTTP+SSE of 2024-11-05) is not spoken. Needs httpx.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from threading import Thread
from typing import Any, Final

import httpx

from llmreg.errors import InputError, LlmregError, NotFoundError, UsageError
from llmreg.llm.mcp.address import Access, is_loopback
from llmreg.llm.mcp.conversation import STATELESS_VERSION, list_tools, notification, refusal, reply, request, result
from llmreg.llm.mcp.httpanswer import ACCEPTED, Answers
from llmreg.model.about import __version__
from llmreg.model.jsontext import dumps

_GRACE_SECONDS: Final = 1.0
_VERSION: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SESSION: Final = re.compile(r"[\x21-\x7e]{1,4096}")
_SESSION_HEADER: Final = "mcp-session-id"
_VERSION_HEADER: Final = "mcp-protocol-version"
_HEADERS: Final = {
    "accept": ACCEPTED,
    "accept-encoding": "identity",
    "content-type": "application/json",
    "user-agent": f"llmreg/{__version__}",
}


def ask(url: httpx.URL, access: Access, seconds: float) -> list[Any]:
    """Every tool that the server lists, as it writes them, after `seconds` at most.

    Raises NotFoundError where nobody answers, LimitError for a server that is too slow, too loud or never ends its
    list, InputError for one that refuses or does not speak the protocol, UsageError for a proxy that is none."""
    answers = Answers(url, access, seconds)
    outcome: list[list[Any] | LlmregError] = []

    def converse() -> None:
        try:
            with _Session(url, access, answers) as session:
                outcome.append(list_tools(session))
        except LlmregError as error:
            outcome.append(error)

    # one byte at a time is never late for a socket, only for a clock beside it; the same for names that are looked up
    thread = Thread(target=converse, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive() and not outcome:
        raise answers.late()
    (found,) = outcome
    if isinstance(found, LlmregError):
        raise found
    return found


class _Session:
    """One conversation; a context manager that takes leave."""

    def __init__(self, url: httpx.URL, access: Access, answers: Answers) -> None:
        self.name = answers.name
        self._url = url
        self._answers = answers
        self._numbers = count(1)
        self._headers = dict(_HEADERS)
        if access.token:
            self._headers["authorization"] = f"Bearer {access.token}"
        try:
            # a transport of one's own knows no proxy: what is meant for this machine stays on it
            self._http = httpx.Client(transport=httpx.HTTPTransport() if is_loopback(url) else None)
        except (ImportError, OSError, ValueError, httpx.InvalidURL) as error:
            raise UsageError(
                f"the environment's proxy or certificates cannot be used ({type(error).__name__})",
                hint="look at HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR",
            ) from None

    def __enter__(self) -> _Session:
        return self

    def __exit__(self, *_: object) -> None:
        if _SESSION_HEADER in self._headers:
            leave = self._http.stream("DELETE", self._url, headers=self._headers, timeout=_GRACE_SECONDS)
            with suppress(httpx.HTTPError), leave:
                pass
        self._http.close()

    def agree(self, version: Any) -> None:
        """Raises InputError for what is no version; a server that says none knows no header for it."""
        if version is None:
            return
        if not isinstance(version, str) or not _VERSION.fullmatch(version):
            raise refusal(self.name, f"its version of the protocol is {self._answers.quoted(str(version))}")
        self._headers[_VERSION_HEADER] = version

    def tell(self, method: str) -> None:
        with self._post(notification(method)) as response:
            self._answers.judge(response, method)

    def call(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """The result of a request; what the server asks or tells meanwhile is answered or dropped."""
        number = next(self._numbers)
        with self._post(request(number, method, parameters)) as response:
            self._answers.judge(response, method)
            self._join(response)
            for message in self._answers.messages(response, method):
                if "method" in message:
                    self._answer(message)
                elif message.get("id") == number or ("error" in message and message.get("id") is None):
                    return result(self.name, method, message)
        raise InputError(f"{self.name} ended its answer to {method} before there was one")

    def _join(self, response: httpx.Response) -> None:
        """A server may give the conversation a name, which every message says from then on."""
        session = response.headers.get(_SESSION_HEADER)
        if session is None or self._stateless():
            return
        if not _SESSION.fullmatch(session):
            raise refusal(self.name, "the name of its session is not of visible ASCII characters")
        self._headers[_SESSION_HEADER] = session

    def _answer(self, message: dict[str, Any]) -> None:
        answer = reply(message)
        if answer is not None and not self._stateless():
            with self._post(answer):
                pass

    def _stateless(self) -> bool:
        """Whether there are no sessions, and nothing that a server may ask."""
        return self._headers.get(_VERSION_HEADER) == STATELESS_VERSION

    @contextmanager
    def _post(self, message: Mapping[str, Any]) -> Iterator[httpx.Response]:
        headers = {**self._headers, "mcp-method": str(message["method"])} if "method" in message else self._headers
        content = dumps(message).encode()
        left = self._answers.left()
        try:
            with self._http.stream("POST", self._url, content=content, headers=headers, timeout=left) as response:
                yield response
        except httpx.TimeoutException:
            raise self._answers.late() from None
        except httpx.HTTPError as error:
            said = self._answers.quoted(str(error)) or type(error).__name__
            raise NotFoundError(f"no answer from {self.name}: {said}") from None
