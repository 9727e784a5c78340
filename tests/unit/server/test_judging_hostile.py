"""What strangers may post: each costs its own request, within the limits, and the server goes on answering."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from llmreg.server.judging import pool as pool_module
from llmreg.server.judging.pool import LostError, Pool, Worker

TOOL = "tools/search-docs"
CHECK = "/api/v1/compatibility/check"
DATA = "/api/v1/validate/data"
TEXT = "/api/v1/validate/schema"


def doubling(levels: int, place: str) -> dict[str, Any]:
    """Each level refers twice to the next one: 2 ** levels ways; `in place`, or one level deeper in the document."""
    last = {"type": "integer"} if place == "in place" else {"type": "object"}
    definitions: dict[str, Any] = {f"l{levels}": last}
    for level in range(levels):
        inner: dict[str, Any] = {"$ref": f"#/$defs/l{level + 1}"}
        if place == "deeper":
            inner = {"properties": {"x": inner}}
        definitions[f"l{level}"] = {"allOf": [inner, inner]}
    return {"$ref": "#/$defs/l0", "$defs": definitions}


def nested(levels: int, last: Any = None) -> Any:
    value: Any = last
    for _ in range(levels):
        value = {"x": value}
    return value


@pytest.fixture(scope="module")
def hard(site: Any) -> Iterator[Any]:
    """Short limits; one site for the whole file, so that each test shows that the one before it did no harm."""
    options = replace(site.options, validation_seconds=1.0, compatibility_seconds=2.0, judges=1)
    made = type(site)(options)
    yield made
    made.close()


def alive(site: Any) -> None:
    assert site.post(DATA, json={"schema": {"type": "integer"}, "data": 1}).json()["valid"]
    assert site.get("/health/live").status_code == 200


NOT_STRICT = {
    "duplicate keys": '{"a": 1, "a": 2}',
    "a lone surrogate": '"\\ud800"',
    "a huge exponent": "1e999999999",
    "an endless integer": "1" * 5000,
    "nested too deeply": "[" * 300 + "]" * 300,
}


@pytest.mark.parametrize("name", NOT_STRICT)
@pytest.mark.parametrize("schema", ['"schema": {}', f'"subject": "{TOOL}"', '"schema_id": "{id}"'])
def test_documents_that_are_no_strict_json(hard: Any, name: str, schema: str) -> None:
    found = hard.get(f"/api/v1/subjects/{TOOL}/versions/latest").json()
    schema = schema.replace("{id}", found["sha256"])
    answer = hard.post(DATA, content=f'{{{schema}, "data": {NOT_STRICT[name]}}}')
    refused = answer.status_code in {400, 422} or (answer.status_code == 200 and not answer.json()["valid"])
    assert refused, answer.text
    alive(hard)


@pytest.mark.parametrize("name", NOT_STRICT)
def test_schemas_that_are_no_strict_json(hard: Any, name: str) -> None:
    text = f'{{"const": {NOT_STRICT[name]}}}'
    posted = hard.post(TEXT, content=f'{{"schema": {text}}}')
    assert posted.status_code == 400 or not posted.json()["valid"]
    as_text = hard.post(DATA, json={"schema": text, "data": 1})
    assert as_text.status_code in {400, 422}, as_text.text
    alive(hard)


@pytest.mark.parametrize("body", ["[" * 100_000, '{"schema": ' + "[" * 100_000, "\xff", "", "null", "[]", '"x"'])
def test_bodies_that_are_no_request(hard: Any, body: str) -> None:
    for path in (TEXT, DATA, CHECK):
        answer = hard.post(path, content=body.encode("latin-1"))
        assert answer.status_code in {400, 422}, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
    alive(hard)


@pytest.mark.parametrize(
    ("schema", "document"),
    [
        (doubling(30, "in place"), 1),
        (doubling(30, "deeper"), nested(40)),
        ({"$ref": "#"}, 1),
        ({"pattern": "^(a+)+$"}, "a" * 50_000 + "!"),
        ({"pattern": "^(?=(a+)+$)"}, "a" * 50_000 + "!"),
        ({"pattern": "(a{500}){500}"}, "a" * 10_000),
        ({"uniqueItems": True}, list(range(50_000))),
        ({"type": "string"}, list(range(100_000))),
        ({"items": {"type": "string"}}, list(range(100_000))),
        ({"enum": list(range(20_000))}, 20_001),
    ],
    ids=[
        "references doubled in place",
        "references doubled deeper",
        "a reference to itself",
        "catastrophic pattern",
        "catastrophic look-around",
        "counts of counts",
        "unique items",
        "one error in a large document",
        "an error for each item",
        "a long list of values",
    ],
)
def test_what_may_take_long(hard: Any, schema: dict[str, Any], document: Any) -> None:
    answer = hard.post(DATA, json={"schema": schema, "data": document})
    assert answer.status_code in {200, 422}, answer.text
    assert len(answer.content) < 1_000_000
    assert hard.post(TEXT, json={"schema": schema}).status_code in {200, 422}
    assert hard.post(CHECK, json={"schema": schema, "old": {"type": "object"}}).status_code in {200, 422}
    alive(hard)


def test_an_expansion_bomb_in_protobuf_and_avro(hard: Any) -> None:
    fields = "".join(f"int32 f{number} = {number};" for number in range(1, 5000))
    proto = f'syntax = "proto3"; message A {{ {fields} }}'
    assert hard.post(TEXT, json={"schema": proto}).status_code in {200, 422}
    avro: Any = "null"
    for _ in range(120):
        avro = {"type": "array", "items": avro}
    assert hard.post(TEXT, json={"schema": avro, "format": "avro"}).status_code in {200, 422}
    items = {"schema": {"type": "array", "items": "null"}, "format": "avro", "encoding": "base64"}
    answer = hard.post(DATA, json={**items, "data": "gK7PvQ8A"})  # 2 ** 30 items of no bytes each
    assert answer.status_code in {200, 422}
    alive(hard)


def test_nothing_is_fetched(hard: Any, tmp_path: Any) -> None:
    asked: list[str] = []

    class Canary(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: Any) -> None:
            pass

    canary = HTTPServer(("127.0.0.1", 0), Canary)
    thread = threading.Thread(target=canary.serve_forever)
    thread.start()
    try:
        home = f"http://127.0.0.1:{canary.server_port}"
        for schema in (
            {"$ref": f"{home}/ref"},
            {"$schema": f"{home}/schema"},
            {"$id": f"{home}/id", "$ref": "other"},
            {"$ref": "file:///etc/passwd"},
            {"$dynamicRef": f"{home}/dynamic#x"},
        ):
            for path, body in (
                (TEXT, {"schema": schema}),
                (DATA, {"schema": schema, "data": 1}),
                (CHECK, {"schema": schema, "old": {}}),
            ):
                assert hard.post(path, json=body).status_code in {200, 422}
        proto = f'syntax = "proto3"; import "{home}/x.proto"; message A {{}}'
        assert hard.post(TEXT, json={"schema": proto}).status_code in {200, 422}
    finally:
        canary.shutdown()
        thread.join()
        canary.server_close()
    assert asked == []
    alive(hard)


def _pool(site: Any) -> Pool:
    pool: Pool = site.state.judging._pool
    return pool


def _worker(site: Any) -> Worker:
    alive(site)
    return next(iter(_pool(site)._alive))


def test_a_worker_that_is_killed_costs_one_request(hard: Any) -> None:
    victim = _worker(hard)
    os.kill(victim.process.pid or 0, signal.SIGKILL)
    answer = hard.post(DATA, json={"schema": {}, "data": 1})
    assert answer.status_code in {200, 503}  # 200 where its end was noticed before the request came
    alive(hard)
    assert victim not in _pool(hard)._alive


def test_a_worker_that_hangs_is_killed_by_the_clock(hard: Any) -> None:
    victim = _worker(hard)
    os.kill(victim.process.pid or 0, signal.SIGSTOP)
    answer = hard.post(DATA, json={"schema": {}, "data": 1})
    assert answer.status_code == 422
    assert "limit" in answer.json()["detail"]
    alive(hard)
    assert 'llmreg_judging_workers_lost_total{reason="timeout"}' in hard.get("/metrics").text


def test_a_crash_in_the_middle_of_a_job(hard: Any) -> None:
    victim = _worker(hard)

    async def crash() -> None:
        job = asyncio.create_task(_pool(hard).run("", b"no job at all", 5, 5))
        with pytest.raises(LostError):
            await job

    hard.run(crash())
    assert victim.gone
    alive(hard)


def test_a_worker_that_does_not_start_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    hello, tried = Worker.hello, []

    async def killed_once(self: Worker) -> None:
        tried.append(self)
        if len(tried) == 1:
            raise LostError("ended")
        await hello(self)

    async def ask() -> None:
        pool = Pool(1, 8, 1 << 30)
        try:
            with pytest.raises(LostError):  # the second one took the job, which is none
                await pool.run("", b"no job at all", 5, 10)
        finally:
            await pool.close()

    monkeypatch.setattr(pool_module, "_BREATH", 0.01)
    monkeypatch.setattr(Worker, "hello", killed_once)
    asyncio.run(ask())
    assert len(tried) >= 2


def test_memory_has_a_bound(serve: Any) -> None:
    site = serve(judges=1, judge_memory=160 << 20, validation_seconds=20.0)
    documents = json.dumps({"schema": {}, "data": [1.5] * 1_000_000}, separators=(",", ":"))
    answer = site.post(DATA, content=documents)
    assert answer.status_code == 422, answer.text
    assert "MB" in answer.json()["detail"] or "memory" in answer.json()["detail"]
    alive(site)


def test_a_full_queue_says_so(serve: Any) -> None:
    site = serve(judges=1, judge_queue=2, validation_seconds=1.0)
    victim = _worker(site)
    os.kill(victim.process.pid or 0, signal.SIGSTOP)

    async def all_at_once() -> list[int]:
        posts = [site.client.post(DATA, json={"schema": {}, "data": 1}) for _ in range(6)]
        answers = await asyncio.gather(*posts)
        assert all(answer.headers.get("retry-after") for answer in answers if answer.status_code == 503)
        return [answer.status_code for answer in answers]

    statuses = site.run(all_at_once())
    assert statuses.count(503) >= 4
    assert set(statuses) <= {200, 422, 503}
    alive(site)


def test_no_worker_is_left_behind(serve: Any) -> None:
    site = serve(judges=2)
    victim = _worker(site)
    folder, process = victim.folder, victim.process
    assert folder.is_dir()
    site.run(_pool(site).close())
    assert not folder.exists()
    with pytest.raises(ValueError, match="closed"):
        process.is_alive()
