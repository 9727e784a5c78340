"""What the client does, without doing it: generators that yield what to send or how long to wait, and are sent what
came of it. The synchronous and the asynchronous client run the same ones.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeAlias, TypeVar

from llmreg.client.cache import Cache, Entry
from llmreg.client.failures import AnswerError, ClientError, UnreachableError, is_problem, refusal
from llmreg.client.results import R
from llmreg.client.retry import RETRIED, Retry, retry_after
from llmreg.errors import DocumentError, LimitError, UsageError
from llmreg.model.jsontext import loads

if TYPE_CHECKING:
    from llmreg.client.stored import Stored

MAX_ANSWER = 64 << 20  # bytes
_MAX_DEPTH = 512
_GATEWAY = frozenset({502, 503, 504})  # of something in front of the registry, when it is no problem+json
_RESTED = 5.0  # seconds during which a server that could not be reached is left alone, when there is an index file
_JSON = {"accept": "application/json, application/problem+json"}
V = TypeVar("V")


class Send(NamedTuple):
    """One HTTP request. The driver answers with a Reply, or with a Lost when there was none."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None


class Wait(NamedTuple):
    """Sleep for so long. The driver answers with None."""

    seconds: float


class Reply(NamedTuple):
    """An HTTP answer; the names of the headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Lost(NamedTuple):
    """No answer, and why."""

    reason: str


Step: TypeAlias = Send | Wait
Outcome: TypeAlias = Reply | Lost | None
Work: TypeAlias = Generator[Step, Outcome, V]


@dataclass(frozen=True, slots=True)
class Call(Generic[R]):
    """One question. `result` makes a value of the answer's JSON (of its bytes when `raw`); `offline` makes the same
    JSON or bytes from an index file. `newest`: an answer that was kept is not used without asking."""

    path: str
    result: Callable[[Any], R]
    offline: Callable[[Stored], Any] | None = None
    body: bytes | None = None
    raw: bool = False
    newest: bool = False


@dataclass(slots=True)
class Core:
    """The settings and the memory of one client; safe to share between threads."""

    base: str
    retry: Retry
    cache: Cache
    fallback: Path | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    clock: Callable[[], float] = time.monotonic
    _rest_until: float = 0.0

    @classmethod
    def at(cls, base_url: str, token: str | None, fallback: str | Path | None, retry: Retry, cache: Cache) -> Core:
        """Raises UsageError for what is no URL or token, and what opening the index file raises."""
        if not base_url.startswith(("http://", "https://")):
            raise UsageError(f"{base_url[:80]!r} is no http:// or https:// URL")
        if token is not None and not (token.isascii() and token.isprintable() and token == token.strip()):
            raise UsageError("the token is not one line of ASCII")
        path = None if fallback is None else Path(fallback)
        if path is not None:
            _stored(path).close()
        about = {"authorization": f"Bearer {token}"} if token else {}
        return cls(base_url.rstrip("/"), retry, cache, path, about)

    def ask(self, call: Call[R]) -> Work[R]:
        """The answer to a call: kept, or the server's, or the index file's."""
        url = self.base + call.path
        kept = self.cache.get(url) if call.body is None else None
        if kept is not None and not call.newest and self.cache.fresh(kept):
            return self._value(call, kept.body)
        stand_in = self._stand_in(call)
        if stand_in is not None and self.clock() < self._rest_until:
            return stand_in()
        send = Send("GET" if call.body is None else "POST", url, self._headers(call, kept), call.body)
        try:
            reply = yield from self.send(send)
        except UnreachableError:
            if stand_in is None:
                raise
            self._rest_until = self.clock() + _RESTED
            return stand_in()
        if reply.status == 304 and kept is not None:
            self.cache.renewed(url, kept, reply.headers)
            return self._value(call, kept.body)
        if reply.status != 200:
            raise refused(reply)
        value = self._value(call, reply.body)  # first, so that only what can be read is kept
        if call.body is None:
            self.cache.put(url, reply.body, reply.headers)
        return value

    def send(self, send: Send) -> Work[Reply]:
        """One request, again where that may help. Every call of this API reads only, its POSTs too, so that each may
        be repeated (RFC 9110 §9.2.2). Raises UnreachableError."""
        failed = 0
        while True:
            outcome = yield send
            if isinstance(outcome, Reply) and outcome.status not in RETRIED:
                return outcome
            failed += 1
            asked = retry_after(outcome.headers.get("retry-after")) if isinstance(outcome, Reply) else None
            seconds = self.retry.wait(failed, asked)
            if seconds is None:
                return self._given_up(outcome, failed)
            yield Wait(seconds)

    def _given_up(self, outcome: Outcome, attempts: int) -> Reply:
        if isinstance(outcome, Reply):
            if outcome.status not in _GATEWAY or is_problem(outcome.headers.get("content-type", "")):
                return outcome
            reason = f"status {outcome.status} from something in front of it"
        else:
            reason = outcome.reason if outcome else "no answer"
        raise UnreachableError(self.base, attempts, reason)

    def _headers(self, call: Call[R], kept: Entry | None) -> Mapping[str, str]:
        headers = dict(self.headers)
        headers |= {} if call.raw else _JSON
        headers |= {} if call.body is None else {"content-type": "application/json"}
        return headers | ({"if-none-match": kept.etag} if kept and kept.etag else {})

    def _value(self, call: Call[R], body: bytes) -> R:
        try:
            return call.result(body if call.raw else loads(body, max_bytes=MAX_ANSWER, max_depth=_MAX_DEPTH))
        except (KeyError, TypeError, ValueError, AttributeError, DocumentError, LimitError) as error:
            what = error.message if isinstance(error, (DocumentError, LimitError)) else repr(error)
            raise AnswerError(
                f"{self.base}{call.path} answers with something else: {what}", hint="is it a registry of this version?"
            ) from error

    def _stand_in(self, call: Call[R]) -> Callable[[], R] | None:
        """The index file's answer; None where there is no file, or it cannot answer this."""
        path, offline = self.fallback, call.offline
        if path is None or offline is None:
            return None

        def answer() -> R:
            """A new handle each time: it is the newest export, and no two threads share one."""
            with closing(_stored(path)) as stored:
                return replace(call.result(offline(stored)), offline=True)

        return answer


def refused(reply: Reply) -> ClientError:
    """The exception for an answer that is no success."""
    waiting = retry_after(reply.headers.get("retry-after"))
    return refusal(reply.status, reply.headers.get("content-type", ""), reply.body, waiting)


def _stored(path: Path) -> Stored:
    from llmreg.client.stored import Stored

    return Stored(path)
