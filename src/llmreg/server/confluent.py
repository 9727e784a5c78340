"""The manners of the Schema Registry API: its media types, its query strings, its errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.responses import Response

from llmreg.index.confluent import ConfluentError, SchemaRegistry, paged
from llmreg.model.jsontext import dumps
from llmreg.server.problems import HttpError
from llmreg.server.responses import Cache, Prepared, deliver

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from llmreg.server.answers import Answer
    from llmreg.server.routing import Handler
    from llmreg.server.state import Generation

MEDIA = ("application/vnd.schemaregistry.v1+json", "application/vnd.schemaregistry+json", "application/json")
_MAX_QUERY = 4096  # bytes
_MAX_KEPT = 256  # bytes; a longer query string is hardly asked twice
_MAX_PARAMETERS = 64
_FIVE_DIGITS = 10_000


class Asked:
    """A request's path and query. Unknown parameters are left alone, and what cannot be read is its default: these
    clients send more than they mean. Several names are several spellings of one parameter."""

    def __init__(self, request: Request) -> None:
        """Raises HttpError 400 for a query string that is too long."""
        text: bytes = request.scope["query_string"]
        if len(text) > _MAX_QUERY:
            raise HttpError(400, f"the query string is longer than {_MAX_QUERY} bytes")
        self.path: dict[str, str] = request.scope["path_params"]
        try:
            self._pairs = parse_qsl(text.decode("latin-1"), keep_blank_values=True, max_num_fields=_MAX_PARAMETERS)
        except ValueError:
            raise HttpError(400, f"the query string has more than {_MAX_PARAMETERS} parameters") from None

    def all(self, name: str) -> list[str]:
        return [value for key, value in self._pairs if key == name]

    def text(self, *names: str) -> str:
        return next((value for key, value in self._pairs if key in names), "")

    def flag(self, *names: str) -> bool:
        return self.text(*names).lower() == "true"

    def number(self, name: str, default: int) -> int:
        text = self.text(name)
        digits = text.removeprefix("-")
        return int(text) if digits.isascii() and digits.isdecimal() and len(digits) < _MAX_PARAMETERS else default

    def page(self, items: list[Any], most: int | None = None) -> list[Any]:
        return paged(items, self.number("offset", 0), self.number("limit", -1), most)


Reading = Callable[[SchemaRegistry, Asked], Any]


def reading(work: Reading) -> Handler:
    """A handler for a GET. Text is sent as it is, everything else as JSON; the answer is kept with its generation."""

    async def handler(request: Request, generation: Generation) -> Response:
        media, query = wanted(request), request.scope["query_string"]
        key = b"?".join((request.scope["raw_path"], query, media.encode()))
        kept = generation.answers.get(key)
        if kept is not None:
            return _Kept(kept)
        try:
            body = work(SchemaRegistry(generation.index, generation.schemas), Asked(request))
        except ConfluentError as error:
            raise refusal(error) from None
        data = body if isinstance(body, str) else dumps(body)
        response = Prepared(data.encode(), media=media, cache=Cache.SHORT, vary="Accept")
        if len(query) <= _MAX_KEPT:
            generation.answers.put(key, response.answer)
        return response

    return handler


def wanted(request: Request) -> str:
    """The media type of the answer: the first of the three that the client names, else the usual one; never a 406."""
    accepted = request.headers.get("accept", "")
    if MEDIA[0] in accepted:
        return MEDIA[0]
    return next((media for media in MEDIA if media in accepted), MEDIA[0])


def refusal(error: ConfluentError) -> HttpError:
    """The HTTP status is the number's first three digits."""
    status = error.number // 100 if error.number >= _FIVE_DIGITS else error.number
    return HttpError(status, error.message, error_code=error.number)


class _Kept(Response):
    """An answer that was made before."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(status_code=200)
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await deliver(self._answer, scope, send)
