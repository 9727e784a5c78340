"""Clients over the application in this process, without a socket."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from tests.unit.server.conftest import Site, exported_once, registry, serve, site

from llmreg.client import RegistryClient

__all__ = ["exported_once", "registry", "serve", "site"]
STATS: dict[str, Any] = {
    **{name: {} for name in ("formats", "kinds", "modes", "owners", "tags", "verdicts", "events")},
    "generation": 1,
    "commit": "c",
    "time": 0,
    "content": "d",
    "subjects": 1,
    "versions": 1,
    "schemas": 1,
}
HOP = frozenset({"content-encoding", "content-length"})


def through(site: Site, seen: list[httpx.Request] | None = None) -> httpx.MockTransport:
    """A synchronous transport to an application that lives on its own event loop."""

    def handle(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        headers = {key: value for key, value in request.headers.items() if key not in {"host", "content-length"}}
        answer = site.request(request.method, request.url.raw_path.decode(), headers=headers, content=request.content)
        kept = [(key, value) for key, value in answer.headers.items() if key not in HOP]
        return httpx.Response(answer.status_code, headers=kept, content=answer.content)

    return httpx.MockTransport(handle)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was slept, instead of sleeping."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept


@pytest.fixture
def seen() -> list[httpx.Request]:
    """Every request that `client` sent."""
    return []


@pytest.fixture
def client(site: Any, seen: list[httpx.Request]) -> Iterator[RegistryClient]:
    with RegistryClient("http://test", transport=through(site, seen)) as made:
        yield made


@pytest.fixture
def connect() -> Iterator[Callable[..., RegistryClient]]:
    """Makes a client over a function from request to response."""
    made: list[RegistryClient] = []

    def make(handle: Callable[[httpx.Request], httpx.Response], **options: Any) -> RegistryClient:
        client = RegistryClient("http://registry.example", transport=httpx.MockTransport(handle), **options)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()
