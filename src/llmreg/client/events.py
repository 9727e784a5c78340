"""The stream of changes without a connection: server-sent events, where the stream was left, and when to come back.

https://html.spec.whatwg.org/multipage/server-sent-events.html §9.2.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from llmreg.client import calls
from llmreg.client.exchange import MAX_ANSWER, Core, Lost, Reply, Send, Work, refused
from llmreg.client.failures import AnswerError, UnreachableError
from llmreg.client.results import Event, take
from llmreg.client.retry import RETRIED, retry_after
from llmreg.errors import DocumentError
from llmreg.model.jsontext import loads

SILENCE = 45.0  # seconds; the server gives a sign of life every 15
_MEDIA = "text/event-stream"
_LONGEST_EVENT = 8 << 20  # characters
ENDED = Lost("the stream ended")


@dataclass(slots=True)
class Stream:
    """One listener. `after` is the id of the last event that was given out."""

    core: Core
    after: str
    pause: float = 2.0
    _failures: int = 0
    _opened: bool = False
    _text: str = ""
    _members: dict[str, list[str]] = field(default_factory=dict)

    def request(self) -> Send:
        """What to send to go on where it was left."""
        self._text, self._members = "", {}
        return Send("GET", self.core.base + calls.changes(self.after), {**self.core.headers, "accept": _MEDIA}, None)

    def opened(self, media: str) -> None:
        """A 200 came. Raises AnswerError when it is no stream."""
        if media.partition(";")[0].strip().lower() != _MEDIA:
            raise AnswerError(
                f"{self.core.base} answers with {media or 'nothing'} where the stream of changes should be"
            )
        self._opened = True

    def feed(self, text: str) -> Iterator[Event]:
        """The events that are complete with this piece of the answer. Raises AnswerError."""
        self._failures = 0
        *lines, self._text = (self._text + text).split("\n")
        if len(self._text) > _LONGEST_EVENT:
            raise AnswerError(f"a line of the stream of changes is longer than {_LONGEST_EVENT} characters")
        for line in lines:
            name, _, value = line.removesuffix("\r").partition(":")
            value = value.removeprefix(" ")
            if not line.removesuffix("\r"):
                yield from self._event()
            elif name == "retry" and value.isascii() and value.isdigit():
                self.pause = int(value[:6]) / 1000
            elif name:
                self._members.setdefault(name, []).append(value)

    def failed(self, outcome: Reply | Lost) -> float:
        """Seconds to wait before it is tried again: a stream that was open once is never given up, one that was not
        is after the usual number of attempts. Raises what `Core.ask` raises."""
        if isinstance(outcome, Reply) and outcome.status not in RETRIED:
            raise refused(outcome)
        self._failures += 1
        asked = retry_after(outcome.headers.get("retry-after")) if isinstance(outcome, Reply) else None
        policy = self.core.retry
        if self._opened:
            policy = replace(policy, attempts=sys.maxsize, base=max(policy.base, self.pause))
            asked = min(asked or 0.0, policy.longest)
        seconds = policy.wait(self._failures, asked)
        if seconds is not None:
            return seconds
        if isinstance(outcome, Reply):
            raise refused(outcome)
        raise UnreachableError(self.core.base, self._failures, outcome.reason)

    def _event(self) -> Iterator[Event]:
        members, self._members = self._members, {}
        if "data" not in members:
            return
        try:
            event = take(Event, loads("\n".join(members["data"]), max_bytes=MAX_ANSWER))
        except (DocumentError, KeyError, TypeError) as error:
            raise AnswerError(f"the stream of changes holds something else than events: {error!r}") from error
        self.after = event.id
        yield event


def start(core: Core, after: str | None) -> Work[Stream]:
    """`after` None: what comes from now on, so that nothing is lost between now and the first event."""
    if after is None:
        stats = yield from core.ask(calls.stats(newest=True))
        after = str(stats.generation)
    return Stream(core, after)
