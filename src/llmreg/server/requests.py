"""What a request holds, checked: the query string and the body against msgspec types, both with a limit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar, get_origin, get_type_hints
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import ClientDisconnect

from llmreg.model.pointer import join
from llmreg.server.problems import HttpError

if TYPE_CHECKING:
    from starlette.requests import Request

T = TypeVar("T")
_STEP = re.compile(r"\.([^.\[`]+)|\[([^\]]+)\]")
_MAX_QUERY = 4096  # bytes
_MAX_PARAMETERS = 64


def query(request: Request, wanted: type[T]) -> T:
    """The query string as a msgspec type: numbers and booleans from text, a list from a repeated parameter.

    Raises HttpError 400 for one that does not fit."""
    given: dict[str, Any] = {}
    lists = {name for name, hint in get_type_hints(wanted).items() if get_origin(hint) is list}
    for name, value in _pairs(request):
        if name in lists:
            given.setdefault(name, []).append(value)
        elif name in given:
            raise HttpError(400, f"the parameter {name!r} is given twice", problems=[_at(name, "given twice")])
        else:
            given[name] = value
    try:
        found = msgspec.convert(given, wanted, strict=False)
    except msgspec.ValidationError as error:
        place = str(error).partition(" - at `$.")[2].rstrip("`")
        raise HttpError(
            400, f"the query string: {error}", problems=[_at(place, str(error).partition(" - at")[0])]
        ) from None
    for name in given:
        if getattr(found, name) is None:  # the library takes the word "null" for one
            raise HttpError(400, f"the parameter {name!r} is no null", problems=[_at(name, "null is no value")])
    return found


async def body(request: Request, limit: int) -> bytes:
    """The whole body. Raises HttpError 413 when it is larger than `limit` bytes, before the rest of it is read."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit)
    pieces, size = [], 0
    try:
        async for piece in request.stream():
            size += len(piece)
            if size > limit:
                raise _too_large(limit)
            pieces.append(piece)
    except ClientDisconnect:
        raise HttpError(400, "the client went away before the body was whole") from None
    return b"".join(pieces)


def decode(data: bytes, wanted: type[T]) -> T:
    """A JSON body as a msgspec type. Raises HttpError 400 for what is no JSON, 422 for what does not fit."""
    try:
        return msgspec.json.decode(data, type=wanted)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `$")
        raise HttpError(422, f"the body: {error}", problems=[_at(_pointer(place), what)]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HttpError(400, f"the body is no JSON: {error}") from None


def _pairs(request: Request) -> list[tuple[str, str]]:
    text = request.scope["query_string"]
    if len(text) > _MAX_QUERY:
        raise HttpError(400, f"the query string is longer than {_MAX_QUERY} bytes")
    try:
        return parse_qsl(text.decode("ascii"), keep_blank_values=True, max_num_fields=_MAX_PARAMETERS, errors="strict")
    except ValueError as error:
        raise HttpError(400, f"the query string cannot be read: {error}") from None


def _pointer(place: str) -> str:
    """`.a[0].b`, as msgspec says where, as a JSON Pointer: `/a/0/b`."""
    return join("", *(name or number for name, number in _STEP.findall(place)))


def _at(name: str, message: str) -> dict[str, str]:
    return {"pointer": name, "message": message}


def _too_large(limit: int) -> HttpError:
    return HttpError(413, f"the body is larger than the limit of {limit} bytes", code="limit")
