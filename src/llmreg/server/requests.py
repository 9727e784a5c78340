"""What a request holds, checked: the query string and the body against msgspec types, both with a limit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar, get_origin, get_type_hints
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import ClientDisconnect

from llmreg.model.pointer import join
from llmreg.server.problems import HttpError
from llmreg.server.state import state_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from llmreg.server.judging import Judging

T = TypeVar("T")
_KEY = re.compile(rb'[\s,{]*("(?:[^"\\]|\\.)*")\s*:\s*', re.DOTALL)
_STEP = re.compile(r"\.([^.\[`]+)|\[([^\]]+)\]")
_ENVELOPE = 64 << 10  # bytes of a body besides its schemas and documents
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


async def posted(request: Request, wanted: type[T], limit: int) -> T:
    """A JSON body as a msgspec type; `limit`: bytes of the schemas and documents in it. Raises HttpError 400, 413,
    422."""
    data = await body(request, limit + _ENVELOPE)
    found = decode(data, wanted)
    _refuse_twice(data)
    return found


def decode(data: bytes, wanted: type[T]) -> T:
    """A JSON body as a msgspec type. Raises HttpError 400 for what is no JSON, 422 for what does not fit."""
    try:
        return msgspec.json.decode(data, type=wanted)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `$")
        raise HttpError(422, f"the body: {error}", problems=[_at(_pointer(place), what)]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HttpError(400, f"the body is no JSON: {error}") from None


def _refuse_twice(data: bytes) -> None:
    """A key that stands twice in the body's own object: which one counts would depend on who reads it.

    The keys are compared with what was read of them, so this takes time with the number of keys, not with the size.
    Raises HttpError 400."""
    values = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    at = 0
    seen: set[str] = set()
    for _ in range(len(values)):
        match = _KEY.match(data, at)
        if match is None:
            return
        key = msgspec.json.decode(match.group(1), type=str)
        value = bytes(values[key])
        if key in seen or not data.startswith(value, match.end()):
            raise HttpError(400, f"the key {key[:80]!r} stands twice in the body")
        seen.add(key)
        at = match.end() + len(value)
    if _KEY.match(data, at):
        raise HttpError(400, "a key stands twice in the body")


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


def contradiction(message: str, pointer: str) -> HttpError:
    """The refusal of a body whose members do not go together."""
    return HttpError(422, message, code="usage", problems=[_at(pointer, message)])


def judging_of(request: Request) -> Judging:
    """Who judges what the request holds. Raises HttpError 503."""
    judging = state_of(request).judging
    if judging is None:
        raise HttpError(503, "the server is starting or stopping", code="busy", headers={"retry-after": "1"})
    return judging


def _too_large(limit: int) -> HttpError:
    return HttpError(413, f"the body is larger than the limit of {limit} bytes", code="limit")
