"""Pages from the server: which path gives which, what is said about them, and that the dear ones are made once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from llmreg.render.pages import page, paths
from llmreg.server.routes import pages

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_every_page_of_the_site_is_served_as_it_is_written(site: Any) -> None:
    index = site.state.generation.index
    for path in paths(index):
        media, body = page(index, path)  # type: ignore[misc]
        answer = site.get(f"/{path}")
        assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, media, body), path
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/index.html", "/graph.html", "/s/chat/reply/-/1.0.0.html", "/assets/pages.css"])
def test_a_page_is_asked_for_again_by_etag(site: Any, path: str) -> None:
    for encoding in ("gzip", "identity"):
        answer = site.get(path, headers={"accept-encoding": encoding})
        assert answer.headers.get("content-encoding", "identity") == encoding
        again = site.get(path, headers={"accept-encoding": encoding, "if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_the_root_is_the_overview_for_people_and_a_sign_of_life_for_kafka_clients(site: Any) -> None:
    overview = site.get("/index.html").content
    assert site.get("/", headers=HTML).content == overview
    for accept in ("*/*", "application/json", "application/vnd.schemaregistry.v1+json"):
        assert site.get("/", headers={"accept": accept}).json() == {}
    for headers in (HTML, {"accept": "*/*"}):
        assert "Accept" in site.get("/", headers=headers).headers["vary"].split(", ")


@pytest.mark.parametrize(
    ("path", "back"),
    [
        ("/s/chat/none/-/index.html", "../../../../index.html"),
        ("/s/chat/reply/-/9.9.9.html", "../../../../index.html"),
        ("/s/chat/reply", "../../index.html"),
        ("/s/..%2f..%2fetc/passwd", None),
        ("/assets/none.js", "../index.html"),
        ("/assets/search-9.js", "../index.html"),
        ("/assets/..%2fengine.py", None),
    ],
)
def test_where_there_is_no_page_a_page_says_so(site: Any, path: str, back: str | None) -> None:
    answer = site.get(path)
    if back is None:  # a name with another number of slashes is asked for by its own path first
        assert answer.status_code == 308
        answer = site.get(str(answer.url.join(answer.headers["location"])))
        assert answer.status_code in (404, 422)
        return
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert f'href="{back}"' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/s/chat%2Freply/-/index.html", "/s/chat/reply/-/index.html/"])
def test_a_page_whose_links_would_lead_astray_is_found_at_its_own_path(site: Any, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 308
    found = answer.url.join(answer.headers["location"])
    assert found.path == "/s/chat/reply/-/index.html"
    assert site.get(found.path).status_code == 200


def test_registered_bytes_are_no_page(site: Any) -> None:
    answer = site.get("/s/chat/reply/-/1.0.0.json")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.content == site.get("/api/v1/subjects/chat/reply/versions/1.0.0/schema").content


def _counting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    made: list[str] = []

    def counted(index: Any, path: str) -> Any:
        made.append(path)
        return page(index, path)

    monkeypatch.setattr(pages, "page", counted)
    return made


def test_what_looks_at_every_subject_is_made_once_per_generation(
    serve: Callable[..., Any], registry: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _counting(monkeypatch)
    site = serve(poll_seconds=3600)

    async def ten_at_once() -> list[int]:
        answers = await asyncio.gather(*(site.client.get("/index.html") for _ in range(10)))
        return [answer.status_code for answer in answers]

    assert site.run(ten_at_once()) == [200] * 10
    site.get("/", headers=HTML)
    assert made == ["index.html"]
    registry.describe("chat/reply", "Told anew")
    site.run(site.state.load())
    assert "Told anew" in site.get("/index.html").text
    assert made == ["index.html"] * 2


@pytest.mark.parametrize("broken", [False, True])
def test_a_page_is_of_the_generation_that_is_served(serve: Callable[..., Any], registry: Any, *, broken: bool) -> None:
    site = serve(poll_seconds=3600)
    registry.describe("chat/reply", "Not yet served")
    if broken:
        file = registry.out / "index.sqlite"
        file.unlink()
        file.write_bytes(b"no index")
    answer = site.get("/index.html")
    assert answer.status_code == 200
    assert "Not yet served" not in answer.text


def test_a_page_that_could_not_be_made_is_tried_again(
    serve: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = serve()
    monkeypatch.setattr(pages, "page", lambda index, path: 1 / 0)
    assert site.get("/graph.html").status_code == 500
    monkeypatch.undo()
    assert site.get("/graph.html").status_code == 200
