"""The stream of changes: everything once and in order, resumed where it was left, over both protocols."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from llmreg.errors import UsageError
from llmreg.server import changes as streams
from llmreg.server.changes import changes, place

PATH = "/api/v1/stream/changes"


class Listener:
    """One open connection to the application, without a server between."""

    def __init__(self, site: Any, kind: str, query: str = "", headers: dict[str, str] | None = None) -> None:
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        scope = {
            "type": kind,
            "method": "GET",
            "path": PATH,
            "raw_path": PATH.encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in (headers or {}).items()],
        }
        self.task = asyncio.create_task(site.asgi(scope, self.inbox.get, self.sent.put))

    async def text(self, count: int) -> str:
        """What comes until `count` events are there."""
        told = ""
        while told.count("\ndata: ") < count:
            message = await asyncio.wait_for(self.sent.get(), 20)
            told += message.get("body", b"").decode()
        return told

    async def end(self, kind: str) -> None:
        await self.inbox.put({"type": f"{kind}.disconnect", "code": 1000})
        await asyncio.wait_for(self.task, 20)


def _ids(told: str) -> list[str]:
    return [line.removeprefix("id: ") for line in told.splitlines() if line.startswith("id: ")]


def _all_ids(site: Any) -> list[str]:
    return [event.id for event in site.state.generation.index.events()]


@pytest.mark.parametrize("how", ["header", "query"])
def test_a_stream_resumes_after_the_last_event(site: Any, how: str) -> None:
    every = _all_ids(site)
    after = every[-5]

    async def listen() -> str:
        header = {"last-event-id": after} if how == "header" else {}
        listener = Listener(site, "http", "" if header else f"after={after}", header)
        told = await listener.text(4)
        await listener.end("http")
        return told

    told = site.run(listen())
    assert told.startswith("retry: ")
    assert _ids(told) == every[-4:]
    last = json.loads(told.rstrip().rpartition("data: ")[2])
    assert last["id"] == every[-1]
    assert {"type", "subject", "version", "time", "data"} <= last.keys()


def test_everything_from_the_beginning(site: Any) -> None:
    async def listen() -> str:
        listener = Listener(site, "http", "after=0")
        told = await listener.text(len(_all_ids(site)))
        await listener.end("http")
        return told

    assert _ids(site.run(listen())) == _all_ids(site)


def test_who_listens_hears_of_a_new_index(serve: Any, registry: Any) -> None:
    site = serve()
    known = set(_all_ids(site))
    file = registry.path / "subjects/chat/reply/subject.yaml"

    async def listen() -> tuple[str, dict[str, Any]]:
        events = Listener(site, "http")
        socket = Listener(site, "websocket")
        await socket.inbox.put({"type": "websocket.connect"})
        assert (await socket.sent.get())["type"] == "websocket.accept"
        await events.sent.get()
        await events.sent.get()  # the first comment: it listens
        await asyncio.to_thread(
            file.write_text, file.read_text().replace("status:", "status:\n  1.0.0: {deprecated: old}")
        )
        await asyncio.to_thread(registry.commit, "deprecate")
        await asyncio.to_thread(registry.export)
        told = await events.text(1)
        frame = await asyncio.wait_for(socket.sent.get(), 20)
        await events.end("http")
        await socket.end("websocket")
        return told, json.loads(frame["text"])

    told, frame = site.run(listen())
    assert not known & set(_ids(told))
    assert (frame["id"], frame["type"], frame["version"]) == (_ids(told)[0], "schema.deprecated", "1.0.0")
    assert "llmreg_streams 0.0" in site.get("/metrics").text


def test_a_socket_resumes_and_refuses_nonsense(site: Any) -> None:
    every = _all_ids(site)

    async def listen(query: str) -> list[dict[str, Any]]:
        socket = Listener(site, "websocket", query)
        await socket.inbox.put({"type": "websocket.connect"})
        messages = [await asyncio.wait_for(socket.sent.get(), 20) for _ in range(2)]
        await socket.end("websocket")
        return messages

    _, frame = site.run(listen(f"after={every[-2]}"))
    assert json.loads(frame["text"])["id"] == every[-1]
    _, refusal = site.run(listen("after=nonsense"))
    assert (refusal["type"], refusal["code"]) == ("websocket.close", 1008)


@pytest.mark.parametrize("path", [b"/api/v1/stats", b"/api/v1/subjects/%ff", b"*"])
def test_a_socket_elsewhere_is_refused(site: Any, path: bytes) -> None:
    async def connect() -> dict[str, Any]:
        told: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            told.append(message)

        scope = {"type": "websocket", "raw_path": path, "path": "/", "headers": [], "query_string": b""}
        await site.asgi(scope, None, send)
        return told[0]

    assert site.run(connect())["type"] == "websocket.close"


def test_silence_is_told_and_the_end_of_the_server_ends_it(serve: Any) -> None:
    site = serve()

    async def listen() -> list[int]:
        heard = []
        async for events in changes(site.state, None, 0.01):
            heard.append(len(events))
            if len(heard) == 2:
                site.state.stop()
        return heard

    assert site.run(listen()) == [0, 0]


@pytest.mark.parametrize(("text", "expected"), [("12.3", (12, 3)), ("0", (0, 2**62)), ("7", (7, 2**62))])
def test_places(text: str, expected: tuple[int, int]) -> None:
    assert place(text) == expected


@pytest.mark.parametrize("text", ["", "-1", "1.", "1.2.3", "x", "9" * 30, "١"])
def test_what_is_no_place(text: str) -> None:
    with pytest.raises(UsageError):
        place(text)


def test_open_streams_have_a_bound(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_MOST", 2)

    async def listen() -> None:
        first, second = Listener(site, "http"), Listener(site, "websocket")
        await second.inbox.put({"type": "websocket.connect"})
        assert (await first.sent.get())["status"] == 200
        assert (await second.sent.get())["type"] == "websocket.accept"
        refused = await site.client.get(PATH)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "10")
        third = Listener(site, "websocket")
        await third.inbox.put({"type": "websocket.connect"})
        told = [await asyncio.wait_for(third.sent.get(), 20) for _ in range(2)]
        assert told[1]["type"] == "websocket.close"
        assert told[1]["code"] == 1013
        await first.end("http")
        again = Listener(site, "http")
        assert (await again.sent.get())["status"] == 200
        await again.end("http")
        await second.end("websocket")

    site.run(listen())
    assert site.state.streams == 0
