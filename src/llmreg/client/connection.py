"""The two ways to carry out the client's steps: with httpx in this thread, and with httpx on an event loop."""

from __future__ import annotations

import asyncio
import time
from types import TracebackType
from typing import Self

import httpx

from llmreg.client.events import SILENCE
from llmreg.client.exchange import Core, Lost, Outcome, Reply, Send, Step, V, Wait, Work


def _reply(answer: httpx.Response) -> Reply:
    return Reply(answer.status_code, answer.headers, answer.content)


def lost(error: httpx.RequestError) -> Lost:
    """In words: some of the errors have none of their own."""
    return Lost(str(error) or type(error).__name__)


class Connection:
    """Runs the work of a core in the thread that calls."""

    def __init__(self, core: Core, timeout: float, transport: httpx.BaseTransport | None) -> None:
        self.core = core
        self.http = httpx.Client(timeout=timeout, transport=transport)
        self.quiet = httpx.Timeout(timeout, read=SILENCE)  # of a stream, in which nothing may happen for long

    def run(self, work: Work[V]) -> V:
        """Until it is done; what it raises is raised."""
        outcome: Outcome = None
        while True:
            try:
                step = work.send(outcome)
            except StopIteration as done:
                value: V = done.value
                return value
            outcome = self._do(step)

    def _do(self, step: Step) -> Outcome:
        match step:
            case Wait(seconds):
                time.sleep(seconds)
                return None
            case Send(method, url, headers, body):
                try:
                    return _reply(self.http.request(method, url, headers=dict(headers), content=body))
                except httpx.RequestError as error:
                    return lost(error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self.http.close()


class AsyncConnection:
    """Runs the work of a core on the event loop of the caller."""

    def __init__(self, core: Core, timeout: float, transport: httpx.AsyncBaseTransport | None) -> None:
        self.core = core
        self.http = httpx.AsyncClient(timeout=timeout, transport=transport)
        self.quiet = httpx.Timeout(timeout, read=SILENCE)  # of a stream, in which nothing may happen for long

    async def run(self, work: Work[V]) -> V:
        """Until it is done; what it raises is raised."""
        outcome: Outcome = None
        while True:
            try:
                step = work.send(outcome)
            except StopIteration as done:
                value: V = done.value
                return value
            outcome = await self._do(step)

    async def _do(self, step: Step) -> Outcome:
        match step:
            case Wait(seconds):
                await asyncio.sleep(seconds)
                return None
            case Send(method, url, headers, body):
                try:
                    return _reply(await self.http.request(method, url, headers=dict(headers), content=body))
                except httpx.RequestError as error:
                    return lost(error)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Give the connections back."""
        await self.http.aclose()
