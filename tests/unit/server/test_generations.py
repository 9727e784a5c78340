"""A new index is taken between two requests; a broken one is not; nothing stays open."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from llmreg.index.manifest import INDEX, NAME
from llmreg.server import state as state_module
from llmreg.server.app import _modules as modules
from llmreg.server.options import ServerOptions
from llmreg.server.state import Generation, State

REPLY = "/api/v1/subjects/chat/reply"


def _open_files(directory: Path) -> list[str]:
    links = [os.path.realpath(link) for link in Path("/proc/self/fd").iterdir()]
    return [link for link in links if link.startswith(str(directory))]


async def _until(happened: Any) -> None:
    for _ in range(2000):
        if happened():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not happen")


def test_a_swap_under_requests_drops_and_mixes_nothing(serve: Any, registry: Any) -> None:
    site = serve()
    served: list[tuple[int, str]] = []
    wrong: list[object] = []

    async def ask(client: Any, done: asyncio.Event) -> None:
        while not done.is_set():
            cached, listed = await client.get(REPLY), await client.get("/api/v1/subjects?prefix=chat/reply")
            if (cached.status_code, listed.status_code) != (200, 200):
                wrong.append((cached.text, listed.text))
            served.append((len(served), cached.json()["description"]))
            await asyncio.sleep(0)

    async def swap() -> None:
        done = asyncio.Event()
        askers = [asyncio.create_task(ask(site.client, done)) for _ in range(3)]
        for number in range(3):
            await asyncio.to_thread(registry.describe, "chat/reply", f"text {number}")
            await _until(lambda: site.state.generation.manifest.generation == number + 2)  # noqa: B023 -- awaited here
        done.set()
        await asyncio.gather(*askers)

    site.run(swap())
    assert not wrong
    assert site.get(REPLY).json()["description"] == "text 2"
    order = [text for _, text in served]
    assert sorted(order, key=["What the model must answer", "text 0", "text 1", "text 2"].index) == order
    assert site.state.failure is None


def test_an_old_generation_is_closed_when_its_last_request_is_done(serve: Any, registry: Any) -> None:
    site = serve()
    old = site.state.generation
    with old.held():
        registry.describe("chat/reply", "another text")
        site.run(_until(lambda: site.state.generation is not old))
        assert not old.closed
        assert old.index.subject("chat/reply").config.description == "What the model must answer"
    assert old.closed
    assert len(_open_files(registry.out)) == 1


def _torn(directory: Path) -> None:
    manifest = json.loads((directory / NAME).read_bytes())
    index = directory / INDEX
    fresh = directory / "copy"
    fresh.write_bytes(index.read_bytes()[:-4096])
    fresh.replace(index)
    manifest["generation"] += 1
    (directory / NAME).write_text(json.dumps(manifest))


def _no_json(directory: Path) -> None:
    (directory / NAME).write_text("{")


def _gone(directory: Path) -> None:
    (directory / NAME).unlink()


@pytest.mark.parametrize("breakage", [_torn, _no_json, _gone])
def test_a_broken_index_is_not_taken_and_said(serve: Any, registry: Any, breakage: Any) -> None:
    site = serve()
    before = site.get(REPLY).json()
    shutil.copytree(registry.out, registry.out.parent / "good")
    breakage(registry.out)
    site.run(_until(lambda: site.state.failure))
    assert site.get(REPLY).json() == before
    assert site.get(f"{REPLY}/versions").status_code == 200
    ready = site.get("/health/ready")
    assert (ready.status_code, ready.json()["generation"]) == (200, 1)
    assert ready.json()["failure"]
    assert "llmreg_index_reload_failures_total 1.0" in site.get("/metrics").text
    shutil.rmtree(registry.out)
    (registry.out.parent / "good").rename(registry.out)
    registry.describe("chat/reply", "mended")
    site.run(_until(lambda: site.state.generation.manifest.generation == 2))
    assert "failure" not in site.get("/health/ready").json()
    assert site.get(REPLY).json()["description"] == "mended"


def test_ready_only_after_the_first_index(serve: Any, registry: Any) -> None:
    registry.out.rename(registry.out.parent / "later")
    site = serve()
    assert site.get("/health/live").status_code == 200
    assert [site.get(path).status_code for path in ("/health/ready", "/health/startup", REPLY)] == [503, 503, 503]
    assert site.get(REPLY).headers["content-type"] == "application/problem+json"
    (registry.out.parent / "later").rename(registry.out)
    site.run(_until(lambda: site.state.generation))
    assert [site.get(path).status_code for path in ("/health/ready", "/health/startup", REPLY)] == [200, 200, 200]


def test_an_index_that_was_copied_after_its_manifest_is_taken(serve: Any, registry: Any) -> None:
    site = serve()
    shutil.copytree(registry.out, registry.out.parent / "old")
    registry.describe("chat/reply", "copied badly")
    site.run(_until(lambda: site.state.generation.manifest.generation == 2))
    for name in (NAME, INDEX):
        fresh = shutil.copy(registry.out.parent / "old" / name, registry.out / "fresh")
        Path(fresh).replace(registry.out / name)
        if name == NAME:
            site.run(_until(lambda: site.state.failure))
    site.run(_until(lambda: site.state.generation.manifest.generation == 1))
    assert site.state.failure is None


def test_the_same_content_is_the_same_generation(serve: Any, registry: Any) -> None:
    site = serve()
    old = site.state.generation
    (registry.out / NAME).touch()
    site.run(asyncio.sleep(0.05))
    assert site.run(site.state.load()) is False
    assert site.state.generation is old
    assert len(_open_files(registry.out)) == 1


def test_everything_is_closed_at_the_end(registry: Any) -> None:
    state = State(ServerOptions(registry.out))
    state.generation = Generation.load(registry.out)
    state.close()
    assert _open_files(registry.out) == []


def test_parsed_schemas_have_a_bound(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_module, "_MOST_SCHEMAS", 2)
    generation = Generation.load(site.options.directory)
    for subject in [generation.index.subject("chat/reply"), generation.index.subject("tools/search-docs")] * 2:
        for line in subject.ledger:
            assert generation.schemas.registered(subject, line.version).format == "json"
    assert len(generation.schemas._parsed) <= 2
    generation.replaced()


def test_services_stop_before_what_they_need() -> None:
    """gRPC takes calls until its last moment: judges, the index and the audit log are there for them."""
    places = {module.__name__.rpartition(".")[2]: module.PLACE for module in modules("llmreg.server.services")}
    assert len(set(places.values())) == len(places)
    assert places["grpc"] == max(places.values())
    assert places["audit"] == min(places.values())


@pytest.mark.parametrize("how", ["deleted", "another's"])
def test_an_index_that_changes_alone_is_told(
    serve: Any, registry: Any, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(state_module, "_ALONE", 0.05)
    site = serve()
    index = registry.out / INDEX
    if how == "deleted":
        index.unlink()
    else:
        other = index.with_name("other")
        other.write_bytes(b"SQLite format 3" + bytes(5000))
        other.replace(index)
    site.run(_until(lambda: site.state.failure is not None))
    assert site.get(REPLY).status_code == 200
    ready = site.get("/health/ready")
    assert (ready.status_code, "is not the file that" in ready.json()["failure"]) == (200, True)
    registry.describe("chat/reply", "better")
    site.run(_until(lambda: site.state.failure is None))
    assert site.get(REPLY).json()["description"] == "better"


def test_a_judge_takes_only_what_the_server_verified(serve: Any, registry: Any) -> None:
    """The first judge that opens the index comes when the file is another registry's, or damaged."""
    site = serve(poll_seconds=600.0)
    index = registry.out / INDEX
    data = bytearray(index.read_bytes())
    data[len(data) // 2] ^= 1
    other = index.with_name("other")
    other.write_bytes(data)
    other.replace(index)
    body = {"subject": "chat/reply", "schema": {"type": "object"}}
    refused = site.post("/api/v1/compatibility/check", json=body)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1"), refused.text
    assert "is not the file that" in refused.json()["detail"]
