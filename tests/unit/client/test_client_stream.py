"""The stream of changes: resumed where it was left, made again when it breaks, given up only before it was open."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from itertools import islice
from typing import Any

import httpx
import pytest
from tests.unit.client.conftest import STATS

from llmreg.client import (
    AnswerError,
    AsyncRegistryClient,
    Event,
    ProblemError,
    RegistryClient,
    Retry,
    UnreachableError,
)
from llmreg.client.cache import Cache
from llmreg.client.events import Stream
from llmreg.client.exchange import Core

MEDIA = {"content-type": "text/event-stream"}


def _event(place: str) -> str:
    body = {"id": place, "type": "schema.registered", "subject": "a", "version": "1.0.0", "time": 1, "data": {}}
    return f"id: {place}\nevent: schema.registered\ndata: {json.dumps(body)}\n\n"


def _stream() -> Stream:
    core = Core.at("http://x", None, None, Retry(), Cache(1, 1))
    return Stream(core, "0")


def test_pieces_may_end_anywhere() -> None:
    text = "retry: 500\r\n: connected\r\n\r\n" + _event("1.0") + ": keep-alive\n\n" + _event("1.1")
    for size in (1, 2, 7, 1000):
        stream = _stream()
        pieces = [text[at : at + size] for at in range(0, len(text), size)]
        heard = [event.id for piece in pieces for event in stream.feed(piece)]
        assert heard == ["1.0", "1.1"]
        assert stream.after == "1.1"
        assert stream.pause == 0.5


def test_half_an_event_is_heard_again_after_a_break() -> None:
    stream = _stream()
    assert [event.id for event in stream.feed(_event("1.0") + _event("1.1")[:40])] == ["1.0"]
    assert stream.request().url.endswith("after=1.0")
    assert [event.id for event in stream.feed(_event("1.1"))] == ["1.1"]


def test_data_in_several_lines_and_with_line_separators_of_unicode() -> None:
    body = json.dumps(
        {"id": "1.0", "type": "t", "subject": "a", "version": "1", "time": 1, "data": {"text": "a\u2028b\x0b"}},
        ensure_ascii=False,
        indent=1,
    )
    text = "".join(f"data: {line}\n" for line in body.split("\n")) + "\n"
    (event,) = _stream().feed(text)
    assert event.data["text"] == "a\u2028b\x0b"


@pytest.mark.parametrize("text", ["data: {\n\n", "data: {}\n\n", "data: []\n\n"])
def test_what_are_no_events(text: str) -> None:
    with pytest.raises(AnswerError):
        list(_stream().feed(text))


class Server:
    """Answers each request with the next of some pieces of a stream, and remembers what was asked."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.params.get("after", ""))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return answer
        return httpx.Response(200, headers=MEDIA, content=self._pieces(answer))

    def _pieces(self, answer: list[Any]) -> Iterator[bytes]:
        for piece in answer:
            if isinstance(piece, Exception):
                raise piece
            yield piece.encode()


def test_a_broken_stream_goes_on_where_it_was_left(connect: Any, waits: list[float]) -> None:
    server = Server(
        [_event("1.0"), _event("1.1"), httpx.ReadError("reset")],
        httpx.ConnectError("refused"),
        httpx.Response(503),
        [_event("1.2")],
        [_event("1.3")],
    )
    heard = [event.id for event in islice(connect(server).stream_changes("0"), 4)]
    assert heard == ["1.0", "1.1", "1.2", "1.3"]
    assert server.asked == ["0", "1.1", "1.1", "1.1", "1.2"]
    assert len(waits) == 4


def test_a_stream_that_was_open_is_not_given_up(connect: Any, waits: list[float]) -> None:
    server = Server([": connected\n\n"], *[httpx.ConnectError("refused")] * 50, [_event("9.0")])
    client = connect(server, retry=Retry(attempts=2))
    assert next(client.stream_changes("0")).id == "9.0"
    assert len(waits) == 51
    assert max(waits) <= 30


def test_a_stream_that_never_was_is(connect: Any, waits: list[float]) -> None:
    with pytest.raises(UnreachableError, match="tried 2 times"):
        next(connect(Server(*[httpx.ConnectError("no")] * 2), retry=Retry(attempts=2)).stream_changes("0"))
    problem = httpx.Response(400, json={"title": "t"}, headers={"content-type": "application/problem+json"})
    with pytest.raises(ProblemError, match="400"):
        next(connect(Server(problem)).stream_changes("x"))
    with pytest.raises(AnswerError, match="text/html"):
        next(connect(Server(httpx.Response(200, html="<p>"))).stream_changes("0"))


@pytest.fixture
def address(serve: Any) -> Iterator[tuple[str, Any]]:
    """A real server of the application, on a thread of its own, because streams need sockets."""
    import uvicorn

    site = serve()
    listening = socket.create_server(("127.0.0.1", 0))
    manners: dict[str, Any] = {"interface": "asgi3", "lifespan": "off", "log_config": None, "ws": "websockets-sansio"}
    config = uvicorn.Config(site.asgi, **manners, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}", site
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive()
    listening.close()


def test_both_clients_hear_the_same_of_a_real_server(address: tuple[str, Any]) -> None:
    url, site = address
    known = [event.id for event in site.state.generation.index.events()]
    with RegistryClient(url) as client:
        events = client.stream_changes("0")
        heard = list(islice(events, len(known)))
        events.close()  # type: ignore[attr-defined]
        assert [event.id for event in heard] == known
        assert client.stats().generation == site.state.generation.manifest.generation

    async def listen() -> list[Event]:
        found = []
        async with AsyncRegistryClient(url) as client:
            events = client.stream_changes(known[-4])
            async for event in events:
                found.append(event)
                if len(found) == 3:
                    break
            await events.aclose()  # type: ignore[attr-defined]
        return found

    assert asyncio.run(listen()) == heard[-3:]


def test_from_now_on_begins_after_the_generation_that_is_served(connect: Any) -> None:
    server = Server(httpx.Response(200, json=STATS | {"generation": 7}), [_event("8.0")])
    assert next(connect(server).stream_changes()).id == "8.0"
    assert server.asked == ["", "7"]
