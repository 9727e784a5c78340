"""Paths are split first and decoded afterwards; every error has one shape; what is not there is said."""

from __future__ import annotations

from typing import Any

import pytest

from llmreg.errors import LimitError
from llmreg.server.routing import Route, Shape, Table, found

PROBLEM = "application/problem+json"


async def _nothing(request: Any, generation: Any) -> Any:
    raise NotImplementedError


def _table(*paths: str) -> Table:
    return Table(Route("GET", path, _nothing, "", shape=Shape.CONFLUENT) for path in paths)


@pytest.mark.parametrize(
    ("path", "template", "parameters"),
    [
        ("/subjects/a%2Fb/versions/1", "/subjects/{subject}/versions/{version}", {"subject": "a/b", "version": "1"}),
        ("/subjects/a/b/versions/1", "/subjects/{subject}/versions/{version}", {"subject": "a/b", "version": "1"}),
        ("/subjects/a/b/versions/", "/subjects/{subject}/versions", {"subject": "a/b"}),
        ("/subjects/a/b/c", "/subjects/{subject}", {"subject": "a/b/c"}),
        ("/subjects/a%20b", "/subjects/{subject}", {"subject": "a b"}),
        ("/subjects/a/metadata", "/subjects/{subject}/metadata", {"subject": "a"}),
        ("/subjects/a%2Fmetadata", "/subjects/{subject}", {"subject": "a/metadata"}),
        ("/s/a/b/-/1.0.0.html", "/s/{subject}/-/{page}", {"subject": "a/b", "page": "1.0.0.html"}),
        ("/api/v1/diff/a/b/1.0.0/%5E2", "/api/v1/diff/{subject}/{old}/{new}", {"old": "1.0.0", "new": "^2"}),
        ("/assets/fonts/x.woff2", "/assets/{path}", {"path": "fonts/x.woff2"}),
    ],
)
def test_a_path_is_split_first_and_decoded_afterwards(path: str, template: str, parameters: dict[str, str]) -> None:
    table = _table(
        "/subjects/{subject}",
        "/subjects/{subject}/metadata",
        "/subjects/{subject}/versions",
        "/subjects/{subject}/versions/{version}",
        "/s/{subject}/-/{page}",
        "/api/v1/diff/{subject}/{old}/{new}",
        "/assets/{path}",
    )
    match = table.find("GET", path)
    assert match.route is not None
    assert match.route.path == template
    assert parameters.items() <= match.parameters.items()


@pytest.mark.parametrize(
    "path", ["/subjects//versions", "*", "", "/subjects/versions", "/nowhere", "/subjects/a/versions/1/2"]
)
def test_what_no_template_fits_has_no_route(path: str) -> None:
    match = _table("/subjects/{subject}/versions", "/subjects/{subject}/versions/{version}").find("GET", path)
    assert (match.route, match.allowed) == (None, ())


def test_errors_below_a_family_look_like_its_routes() -> None:
    assert _table("/subjects/{subject}/versions").find("GET", "/subjects/a/b").shape is Shape.CONFLUENT


def test_head_is_answered_by_get_and_other_methods_are_told() -> None:
    table = _table("/subjects/{subject}")
    assert table.find("HEAD", "/subjects/a").route is not None
    assert table.find("PUT", "/subjects/a").allowed == ("GET", "HEAD")


def test_every_route_says_what_it_is_for() -> None:
    routes = found()
    assert all(route.summary or route.hidden for route in routes)
    assert len({(route.method, route.path) for route in routes}) == len(routes)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/subjects/chat/nothing", 404),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/subjects/%ff", 400),
        ("GET", "/api/v1/subjects/%00", 404),
        ("GET", "/api/v1/subjects/chat/reply/versions/9.9.9", 404),
        ("GET", "/api/v1/subjects/chat/reply/versions/9", 404),
        ("GET", "/api/v1/subjects/chat/reply/versions/%3E%3E1", 400),
        ("GET", "/api/v1/subjects/chat/reply/versions/" + "9" * 3000, 400),
        ("GET", "/api/v1/subjects/" + "a" * 5000, 414),
        ("GET", "/api/v1/subjects/chat/reply/versions/1.0.0/report", 404),
        ("GET", "/api/v1/schemas/nonsense", 400),
        ("GET", "/api/v1/schemas/9999999999", 404),
        ("GET", "/api/v1/schemas/" + "0" * 64, 404),
        ("GET", "/api/v1/schemas/00000000-0000-0000-0000-000000000000", 404),
        ("GET", "/api/v1/search?limit=0", 400),
        ("GET", "/api/v1/search?limit=x", 400),
        ("GET", "/api/v1/search?unknown=1", 400),
        ("GET", "/api/v1/search?limit=1&limit=2", 400),
        ("GET", "/api/v1/search?metadata=nocolon", 400),
        ("GET", "/api/v1/search?kind=nothing", 400),
        ("GET", "/api/v1/search?q=%ff", 400),
        ("GET", "/api/v1/search?q=" + "a" * 300, 400),
        ("GET", "/api/v1/search?q=" + "a" * 5000, 400),
        ("GET", "/api/v1/search?q=a%00b", 400),
        ("GET", "/api/v1/dependencies", 400),
        ("GET", "/api/v1/stream/changes?after=x", 400),
    ],
)
def test_a_refusal_is_a_problem(site: Any, method: str, path: str, status: int) -> None:
    answer = site.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    body = answer.json()
    assert (body["status"], body["instance"]) == (status, path.partition("?")[0][:4096])
    assert {"type", "title", "detail"} <= body.keys()
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/v1/schemas"), ("PUT", "/api/v1/subjects/chat/reply"), ("DELETE", "/api/v1/schemas/1")],
)
def test_a_write_is_told_how_to_register(site: Any, method: str, path: str) -> None:
    answer = site.request(method, path, content=b"{}")
    assert (answer.status_code, answer.headers["content-type"]) == (405, PROBLEM)
    assert answer.headers["allow"] == "GET, HEAD"
    assert "llmreg register" in answer.json()["detail"]


def test_a_read_of_what_is_asked_with_post_is_told_so(site: Any) -> None:
    answer = site.get("/api/v1/validate/data")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json()["detail"] == "allowed here: POST"


def test_a_bug_is_told_without_its_details(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("llmreg.index.documents.stats", fail)
    answer = site.get("/api/v1/stats")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_what_takes_too_long_is_refused_in_time(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    index = site.state.generation.index
    endless = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    with pytest.raises(LimitError, match="took longer"):
        index.rows(endless, (), 0.01)
    assert index.rows("SELECT 1")[0][0] == 1
    monkeypatch.setattr("llmreg.server.routes.discovery.search", lambda *_: index.rows(endless, (), 0.01))
    answer = site.get("/api/v1/search?q=anything")
    assert (answer.status_code, answer.headers["content-type"]) == (503, PROBLEM)
