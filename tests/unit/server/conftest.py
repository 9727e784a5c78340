"""The example registry, committed twice and exported once for the whole run; an application over a copy of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import tests.example

from llmreg.server.app import build
from llmreg.server.options import ServerOptions
from llmreg.server.state import State


class Registry(tests.example.Registry):
    """Exported whenever a description changes."""

    def describe(self, subject: str, text: str) -> None:
        super().describe(subject, text)
        self.export()


@pytest.fixture(scope="session")
def exported_once(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """Read only: for tests that change nothing."""
    return Registry.start(tmp_path_factory.mktemp("served"))


@pytest.fixture
def registry(exported_once: Registry, tmp_path: Path) -> Registry:
    """A copy to change."""
    return exported_once.copy(tmp_path)


class Site:
    """An application in this process: each call is one ASGI request."""

    def __init__(self, options: ServerOptions) -> None:
        self.options = options
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self.state = State(options)
        self.asgi = build(self.state)
        self.client = self.run(self._start())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(work)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer: httpx.Response = self.run(self.client.request(method, path, **more))
        return answer

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.request("POST", path, **more)

    async def _start(self) -> httpx.AsyncClient:
        self._inbox: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self._outbox: asyncio.Queue[Any] = asyncio.Queue()
        scope: dict[str, Any] = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
        self._life = asyncio.create_task(self.asgi(scope, self._inbox.get, self._outbox.put))  # type: ignore[arg-type]
        await self._inbox.put({"type": "lifespan.startup"})
        answer = await self._outbox.get()
        if answer["type"] != "lifespan.startup.complete":
            raise RuntimeError(answer["message"])
        transport = httpx.ASGITransport(self.asgi, raise_app_exceptions=True)
        return await self._stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://test"))

    async def _stop(self) -> None:
        await self._stack.aclose()
        await self._inbox.put({"type": "lifespan.shutdown"})
        await self._life

    def close(self) -> None:
        self.run(self._stop())
        self._runner.close()


@pytest.fixture
def serve(registry: Registry) -> Iterator[Callable[..., Site]]:
    """Makes a site over the changeable registry, with options as keywords."""
    sites: list[Site] = []

    def make(**options: Any) -> Site:
        site = Site(replace(ServerOptions(registry.out, poll_seconds=0.01), **options))
        sites.append(site)
        return site

    yield make
    for site in sites:
        site.close()


@pytest.fixture(scope="session")
def site_class() -> type[Site]:
    """For the folders below, which cannot import this file."""
    return Site


@pytest.fixture(scope="module")
def site(exported_once: Registry) -> Iterator[Site]:
    """One site for all tests of a file that only read."""
    made = Site(ServerOptions(exported_once.out))
    yield made
    made.close()
