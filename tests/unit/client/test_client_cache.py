"""What is kept, what is asked for again and how, and when the index file stands in."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.unit.client.conftest import through

from llmreg.client import ProblemError, RegistryClient, Retry, UnreachableError
from llmreg.client.cache import Cache


class Clock:
    """A time that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _timed(client: RegistryClient) -> Clock:
    clock = Clock()
    client.core.clock = clock
    client.core.cache._clock = clock
    return clock


def test_what_never_changes_is_asked_for_once(client: RegistryClient, seen: list[httpx.Request]) -> None:
    clock = _timed(client)
    first = client.schema_bytes("chat/reply", "1.0.0")
    clock.now += 10 * 365 * 86400
    assert client.schema_bytes("chat/reply", "1.0.0") == first
    assert len(seen) == 1


def test_what_may_change_is_asked_for_by_its_etag(client: RegistryClient, seen: list[httpx.Request]) -> None:
    clock = _timed(client)
    first = client.subject("chat/reply")
    assert client.subject("chat/reply") == first
    assert len(seen) == 1  # for the seconds that the server allows
    clock.now += 11
    assert client.subject("chat/reply") == first
    assert len(seen) == 2
    assert seen[1].headers["if-none-match"]
    assert client.subject("chat/reply") == first  # the 304 allowed some more
    assert len(seen) == 2


def test_what_changed_is_seen(serve: Any, registry: Any) -> None:
    site = serve()
    with RegistryClient("http://test", transport=through(site)) as client:
        clock = _timed(client)
        assert client.subject("chat/reply").description != "changed"
        registry.describe("chat/reply", "changed")
        site.run(site.state.load())
        clock.now += 11
        assert client.subject("chat/reply").description == "changed"


def test_the_cache_is_bounded_by_number_and_by_bytes() -> None:
    cache = Cache(3, 100)
    headers = {"cache-control": "immutable", "etag": '"e"'}
    for name in "abc":
        cache.put(name, b"x", headers)
    cache.get("a")
    cache.put("d", b"x", headers)
    assert [name for name in "abcd" if cache.get(name)] == ["a", "c", "d"]
    cache.put("e", b"x" * 99, headers)
    assert [name for name in "acde" if cache.get(name)] == ["d", "e"]
    cache.put("f", b"x" * 101, headers)
    assert cache.get("f") is None
    cache.put("d", b"x" * 101, headers)
    assert cache.get("d") is None
    assert len(cache) == 1


@pytest.mark.parametrize(
    ("headers", "kept", "fresh"),
    [
        ({"etag": '"e"'}, True, False),
        ({"etag": '"e"', "cache-control": "no-store"}, False, False),
        ({"etag": '"e"', "cache-control": "no-cache, max-age=10"}, True, False),
        ({"cache-control": "public, max-age=10"}, True, True),
        ({"cache-control": "max-age=0"}, False, False),
        ({"cache-control": "s-maxage=10"}, False, False),
        ({"cache-control": "public, max-age=31536000, immutable"}, True, True),
        ({}, False, False),
    ],
)
def test_what_the_headers_allow(headers: dict[str, str], kept: bool, fresh: bool) -> None:
    cache = Cache(3, 100, Clock())
    cache.put("a", b"x", headers)
    entry = cache.get("a")
    assert (entry is not None) is kept
    assert entry is None or cache.fresh(entry) is fresh


class Switch:
    """A server that can be turned off."""

    def __init__(self, site: Any) -> None:
        self.inner = through(site)
        self.failure: Exception | httpx.Response | None = None
        self.count = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.count += 1
        if isinstance(self.failure, Exception):
            raise self.failure
        return self.failure or self.inner.handler(request)  # type: ignore[return-value]


@pytest.fixture
def switch(site: Any) -> Switch:
    return Switch(site)


@pytest.fixture
def falling(switch: Switch, exported_once: Any) -> Any:
    with RegistryClient(
        "http://test",
        transport=httpx.MockTransport(switch),
        fallback=str(exported_once.out / "index.sqlite"),
        retry=Retry(attempts=2, base=0.0),
    ) as client:
        yield client


@pytest.mark.parametrize(
    "failure", [httpx.ConnectError("no"), httpx.ReadTimeout("no"), httpx.Response(502), httpx.Response(503, text="x")]
)
def test_the_index_file_answers_only_while_the_server_cannot_be_reached(
    failure: Any, falling: RegistryClient, switch: Switch
) -> None:
    clock = _timed(falling)
    assert falling.stats().offline is False
    clock.now += 11
    switch.failure = failure
    answer = falling.subject("chat/reply")
    assert answer.offline is True
    assert switch.count == 3
    assert falling.subject("chat/reply").offline is True
    assert switch.count == 3  # a server that was not there is left alone for a while
    switch.failure = None
    clock.now += 6
    assert falling.subject("chat/reply").offline is False


def test_a_refusal_is_an_answer(falling: RegistryClient, switch: Switch) -> None:
    problem = {"content-type": "application/problem+json"}
    for status in (401, 403, 500, 503):
        switch.failure = httpx.Response(status, json={"title": "t", "detail": "d"}, headers=problem)
        with pytest.raises(ProblemError, match=str(status)):
            falling.subject("chat/reply")


def test_local_validation_goes_on_without_a_server(falling: RegistryClient, switch: Switch) -> None:
    switch.failure = httpx.ConnectError("no")
    answer = falling.validate("tools/ticket", {"id": "T-1", "state": "open"}, "1.0.0")
    assert answer.valid
    assert answer.offline


def test_without_an_index_file_it_is_told(switch: Switch) -> None:
    switch.failure = httpx.ConnectError("no")
    with (
        RegistryClient("http://test", transport=httpx.MockTransport(switch), retry=Retry(attempts=1)) as client,
        pytest.raises(UnreachableError, match="tried once"),
    ):
        client.stats()
