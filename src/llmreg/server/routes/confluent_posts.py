"""The Schema Registry API's posts: lookups and compatibility checks, and every write as the refusal that it meets."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
from starlette.responses import Response

from llmreg.index.confluent import ConfluentError
from llmreg.index.confluent_posts import read_only
from llmreg.server.confluent import MEDIA, Asked, refusal, wanted
from llmreg.server.contract.documents import ConfluentSchema
from llmreg.server.judging import PostQuestion
from llmreg.server.problems import HttpError
from llmreg.server.requests import body, judging_of
from llmreg.server.responses import Cache
from llmreg.server.routing import Route, Shape

if TYPE_CHECKING:
    from starlette.requests import Request

    from llmreg.server.state import Generation

_SUBJECT = "/subjects/{subject}"
_VERSIONS = f"{_SUBJECT}/versions"
_COMPATIBILITY = "/compatibility/subjects/{subject}/versions"
_READ, _VALIDATE = "schema:read", "schema:validate"
_MAX_BODY = 2 << 20  # bytes: a schema of one megabyte, escaped


class _Refused(msgspec.Struct):
    error_code: int = 0
    message: str = ""


async def _root(request: Request, generation: Generation) -> Response:
    return Response(b"{}", media_type=wanted(request))


async def _lookup(request: Request, generation: Generation) -> Response:
    return await _ask(request, generation, "lookup")


async def _register(request: Request, generation: Generation) -> Response:
    return await _ask(request, generation, "register")


async def _compatibility(request: Request, generation: Generation) -> Response:
    return await _ask(request, generation, "compatibility")


async def _refuse(request: Request, generation: Generation) -> Response:
    raise refusal(read_only(request.path_params.get("subject", "")))


async def _ask(request: Request, generation: Generation, what: str) -> Response:
    """The answer of a worker; 200 exactly, because Java's client takes a 201 for an error."""
    judging = judging_of(request)
    asked = Asked(request)
    question = PostQuestion(
        what=what,
        subject=asked.path["subject"],
        body=await body(request, _MAX_BODY),
        version=asked.path.get("version"),
        normalize=asked.flag("normalize"),
        deleted=asked.flag("deleted"),
        verbose=asked.flag("verbose"),
        form=asked.text("format"),
    )
    try:
        data = (await judging.post(generation.index, question)).body
    except HttpError as error:
        data = _unjudged(error, question)
    failed = msgspec.json.decode(data, type=_Refused)
    if failed.error_code:
        raise refusal(ConfluentError(failed.error_code, failed.message))
    return Response(data, headers={"cache-control": Cache.NONE.value}, media_type=wanted(request))


def _unjudged(error: HttpError, question: PostQuestion) -> bytes:
    """A schema that takes more time or memory than there is: whether it fits is not decided, and a lookup finds
    nothing. Raises every other error again."""
    if error.status != HTTPStatus.UNPROCESSABLE_ENTITY:
        raise error
    if question.what == "compatibility":
        return msgspec.json.encode({"is_compatible": False, "messages": [f"undecided: {error.message}"]})
    return msgspec.json.encode(_Refused(42201, f"Invalid schema: {error.message}"))


_POSTS = (
    (_SUBJECT, _lookup, "The version that holds a schema", _READ),
    (_VERSIONS, _register, "The version that holds a schema already; a new one is refused", _READ),
    (_COMPATIBILITY, _compatibility, "Whether a schema may be the next version", _VALIDATE),
    (f"{_COMPATIBILITY}/{{version}}", _compatibility, "Whether a schema may follow one version", _VALIDATE),
)
_WRITES = (
    ("DELETE", _SUBJECT),
    ("DELETE", f"{_VERSIONS}/{{version}}"),
    ("POST", f"{_VERSIONS}/{{version}}/tags"),
    ("PUT", "/config"),
    ("PUT", "/config/{subject}"),
    ("DELETE", "/config"),
    ("DELETE", "/config/{subject}"),
    ("PUT", "/mode"),
    ("PUT", "/mode/{subject}"),
    ("DELETE", "/mode/{subject}"),
    ("DELETE", "/contexts/{path}"),
    ("POST", "/associations"),
    ("PUT", "/associations"),
    ("POST", "/associations/{path}"),
    ("PUT", "/associations/{path}"),
    ("DELETE", "/associations/{path}"),
)
ROUTES = (
    Route("POST", "/", _root, "Nothing: a sign of life", media=MEDIA[0], shape=Shape.CONFLUENT),
    *(
        Route(
            "POST",
            path,
            handler,
            summary,
            request=ConfluentSchema,
            media=MEDIA[0],
            shape=Shape.CONFLUENT,
            permission=permission,
        )
        for path, handler, summary, permission in _POSTS
    ),
    *(
        Route(
            method,
            path,
            _refuse,
            "Refused: nothing is written here",
            media=MEDIA[0],
            shape=Shape.CONFLUENT,
            writes=True,
        )
        for method, path in _WRITES
    ),
)
