"""Bodies are read up to a limit and checked against a type; errors have one shape per side."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from msgspec import Struct
from starlette.requests import Request

from llmreg.errors import DocumentError, FormatUnavailableError, LimitError, NotFoundError, UsageError
from llmreg.model.problem import Problem
from llmreg.server.problems import HttpError, refused
from llmreg.server.requests import body, decode
from llmreg.server.routing import Shape


class _Place(Struct):
    x: int


class _Wanted(Struct, forbid_unknown_fields=True):
    name: str
    number: int = 0
    places: list[_Place] = []


def _request(*pieces: bytes, length: str | None = None, gone: bool = False) -> Request:
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    last = {"type": "http.disconnect"} if gone else {"type": "http.request", "body": b"", "more_body": False}
    waiting = iter([*messages, last])

    async def receive() -> Any:
        return next(waiting)

    headers = [(b"content-length", length.encode())] if length else []
    return Request({"type": "http", "method": "POST", "headers": headers, "query_string": b""}, receive)


def test_a_body_in_pieces() -> None:
    assert asyncio.run(body(_request(b"ab", b"cd"), 4)) == b"abcd"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (_request(b"abc", b"de"), 413),
        (_request(length="5"), 413),
        (_request(b"a", gone=True), 400),
    ],
)
def test_a_body_that_is_not_taken(request_: Request, status: int) -> None:
    with pytest.raises(HttpError) as refusal:
        asyncio.run(body(request_, 4))
    assert refusal.value.status == status


@pytest.mark.parametrize(
    ("data", "status", "pointer"),
    [
        (b'{"name": "a", "number": 1}', None, None),
        (b"{", 400, None),
        (b"\xff", 400, None),
        (b'{"name": "\xff"}', 400, None),
        (b"[" * 100_000, 422, ""),
        (b'{"name": 1}', 422, "/name"),
        (b'{"name": "a", "places": [{"x": 1}, {}]}', 422, "/places/1"),
        (b'{"number": 1}', 422, ""),
        (b'{"name": "a", "more": 1}', 422, ""),
    ],
)
def test_a_body_of_a_type(data: bytes, status: int | None, pointer: str | None) -> None:
    if status is None:
        assert decode(data, _Wanted) == _Wanted("a", 1)
        return
    with pytest.raises(HttpError) as refusal:
        decode(data, _Wanted)
    assert refusal.value.status == status
    assert [problem["pointer"] for problem in refusal.value.problems] == ([] if pointer is None else [pointer])


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFoundError("no"), 404, "not-found"),
        (UsageError("no", hint="do"), 400, "usage"),
        (DocumentError("no", problems=[Problem("c", "bad", "/a")]), 422, "document"),
        (LimitError("no"), 413, "limit"),
        (FormatUnavailableError("no"), 422, "format-unavailable"),
        (HttpError(409, "no", error_code=40999), 409, "conflict"),
    ],
)
def test_every_error_in_both_shapes(error: Any, status: int, code: str) -> None:
    problem = refused(error, Shape.PROBLEM, "/x")
    told = json.loads(bytes(problem.body))
    assert (problem.status_code, told["status"], told["type"]) == (status, status, f"urn:llmreg:problem:{code}")
    assert told.get("errors", [{"message": "bad"}])[0]["message"] == "bad"
    other = refused(error, Shape.CONFLUENT, "/x")
    number = 40999 if status == 409 else status
    assert (other.status_code, json.loads(bytes(other.body))["error_code"]) == (status, number)
    assert other.headers["content-type"] == "application/vnd.schemaregistry.v1+json"
