"""What is asked again and what is not, how long is waited, and what is raised in the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from tests.unit.client.conftest import STATS

from llmreg.client import AnswerError, MissingError, ProblemError, RegistryClient, Retry, UnreachableError
from llmreg.client.retry import retry_after
from llmreg.errors import NotFoundError, UsageError


def _answers(*answers: Any) -> tuple[Callable[[httpx.Request], httpx.Response], list[httpx.Request]]:
    """One after the other; the last one again and again."""
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        answer = answers[min(len(seen), len(answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return handle, seen


def _problem(status: int, **more: Any) -> httpx.Response:
    body = {"type": "urn:llmreg:problem:x", "title": "T", "status": status, "detail": "why", "instance": "/i", **more}
    return httpx.Response(status, json=body, headers={"content-type": "application/problem+json"})


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
def test_these_statuses_are_asked_again(status: int, connect: Any, waits: list[float]) -> None:
    handle, seen = _answers(httpx.Response(status), httpx.Response(status), httpx.Response(200, json=STATS))
    assert connect(handle).stats().generation == 1
    assert len(seen) == 3
    assert len(waits) == 2
    assert 0 <= waits[0] <= 0.1
    assert 0 <= waits[1] <= 0.2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 413, 422, 500, 501])
def test_these_are_not(status: int, connect: Any, waits: list[float]) -> None:
    handle, seen = _answers(_problem(status))
    with pytest.raises(ProblemError) as caught:
        connect(handle).stats()
    assert caught.value.status == status
    assert len(seen) == 1
    assert not waits


def test_a_lost_connection_is_made_again(connect: Any, waits: list[float]) -> None:
    handle, seen = _answers(httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), httpx.Response(200, json=STATS))
    assert connect(handle).stats().subjects == 1
    assert len(seen) == 3


def test_a_post_is_asked_again_because_it_writes_nothing(connect: Any, waits: list[float]) -> None:
    report = {"valid": True, "errors": [], "subject": "chat/reply", "version": "1.0.0"}
    handle, seen = _answers(httpx.ConnectError("refused"), httpx.Response(200, json=report))
    assert connect(handle).validate("chat/reply", {}, "1.0.0", remote=True)
    assert [request.method for request in seen] == ["POST", "POST"]


def test_the_attempts_end(connect: Any, waits: list[float]) -> None:
    handle, seen = _answers(httpx.ConnectError("refused"))
    with pytest.raises(UnreachableError, match="tried 3 times: refused") as caught:
        connect(handle, retry=Retry(attempts=3)).stats()
    assert caught.value.attempts == 3
    assert len(seen) == 3


def test_the_last_refusal_is_what_is_told(connect: Any, waits: list[float]) -> None:
    handle, seen = _answers(_problem(429))
    with pytest.raises(ProblemError, match="429 T: why"):
        connect(handle, retry=Retry(attempts=2)).stats()
    assert len(seen) == 2


def test_a_gateway_without_a_registry_behind_it_is_no_answer(connect: Any, waits: list[float]) -> None:
    handle, _ = _answers(httpx.Response(503, text="<html>no upstream</html>"))
    with pytest.raises(UnreachableError, match="status 503"):
        connect(handle).stats()


def test_retry_after_is_honoured(connect: Any, waits: list[float]) -> None:
    busy = httpx.Response(503, headers={"retry-after": "7"})
    handle, _ = _answers(busy, httpx.Response(200, json=STATS))
    connect(handle).stats()
    assert waits == [7.0]


def test_who_asks_for_too_long_a_wait_is_not_waited_for(connect: Any, waits: list[float]) -> None:
    busy = _problem(429)
    busy.headers["retry-after"] = "3600"
    handle, seen = _answers(busy)
    with pytest.raises(ProblemError) as caught:
        connect(handle).stats()
    assert caught.value.retry_after == 3600
    assert len(seen) == 1
    assert not waits


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("3", 3.0),
        (" 3 ", 3.0),
        ("Mon, 01 Jan 2024 00:00:10 GMT", 10.0),
        ("Sun, 31 Dec 2023 00:00:00 GMT", 0.0),
        ("soon", None),
        ("-1", None),
        ("٣", None),
        (None, None),
    ],
)
def test_retry_after_as_seconds(value: str | None, expected: float | None) -> None:
    assert retry_after(value, datetime(2024, 1, 1, tzinfo=UTC)) == expected


def test_waits_grow_and_are_bounded_and_spread() -> None:
    policy = Retry(attempts=100, base=0.1, longest=2.0)
    for failed, bound in ((1, 0.1), (2, 0.2), (3, 0.4), (10, 2.0), (99, 2.0)):
        drawn = [policy.wait(failed, None) for _ in range(200)]
        assert all(seconds is not None and 0 <= seconds <= bound for seconds in drawn)
        assert max(seconds or 0 for seconds in drawn) > bound / 2
    assert policy.wait(100, None) is None


def test_a_problem_is_told_whole(connect: Any) -> None:
    errors = [{"pointer": "/a", "message": "m"}]
    handle, _ = _answers(_problem(422, errors=errors))
    with pytest.raises(ProblemError) as caught:
        connect(handle).stats()
    error = caught.value
    assert (error.type, error.title, error.detail, error.instance) == ("urn:llmreg:problem:x", "T", "why", "/i")
    assert error.errors == tuple(errors)


def test_what_is_missing_is_a_not_found_error(connect: Any) -> None:
    handle, _ = _answers(_problem(404))
    with pytest.raises(NotFoundError) as caught:
        connect(handle).stats()
    assert isinstance(caught.value, MissingError)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>welcome</html>"),
        httpx.Response(200, json={"unexpected": 1}),
        httpx.Response(200, json=[]),
        httpx.Response(204),
        httpx.Response(302, headers={"location": "http://elsewhere"}),
        httpx.Response(404, text="<html>nothing here</html>"),
        httpx.Response(400, text="[", headers={"content-type": "application/problem+json"}),
        httpx.Response(400, text="[]", headers={"content-type": "application/problem+json"}),
    ],
)
def test_what_is_no_registry(answer: httpx.Response, connect: Any) -> None:
    handle, seen = _answers(answer)
    with pytest.raises(AnswerError):
        connect(handle).stats()
    assert len(seen) == 1


def test_the_token_is_sent_and_not_shown(connect: Any) -> None:
    handle, seen = _answers(httpx.Response(200, json=STATS))
    client = connect(handle, token="s3cret")
    client.stats()
    assert seen[0].headers["authorization"] == "Bearer s3cret"
    assert "s3cret" not in repr(client.core)


@pytest.mark.parametrize(
    "options",
    [
        {"base_url": "registry.example"},
        {"base_url": "ftp://registry.example"},
        {"base_url": "http://x", "token": "two\nlines"},
        {"base_url": "http://x", "token": " padded"},
    ],
)
def test_what_makes_no_client(options: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        RegistryClient(**options)  # type: ignore[arg-type]


def test_a_fallback_that_is_not_there_is_told_at_once() -> None:
    with pytest.raises(NotFoundError, match="no index"):
        RegistryClient("http://x", fallback="/nowhere/index.sqlite")


@pytest.mark.parametrize("name", ["", "a/versions", "../x", "a//b", "a b", "a?b"])
def test_a_name_that_is_none_is_not_sent(name: str, connect: Any) -> None:
    handle, seen = _answers(_problem(404))
    with pytest.raises(UsageError):
        connect(handle).subject(name)
    assert not seen


def test_a_path_before_the_api_is_kept_and_a_range_escaped(connect: Any) -> None:
    handle, seen = _answers(_problem(404))
    client = RegistryClient("https://x/registry/", transport=httpx.MockTransport(handle))
    with client, pytest.raises(MissingError):
        client.version("chat/reply", ">=1 <2 || 3/4")
    expected = b"/registry/api/v1/subjects/chat/reply/versions/%3E%3D1%20%3C2%20%7C%7C%203%2F4"
    assert seen[0].url.raw_path == expected
    with client, pytest.raises(UsageError):
        client.version("chat/reply", "..")
