"""What is posted to be judged: schemas, documents, and steps from one schema to the next. Nothing is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import msgspec
from starlette.responses import Response

from llmreg.index import pick
from llmreg.index.reader import Index
from llmreg.server.contract.bodies import (
    CheckReport,
    CheckRequest,
    DataReport,
    DataRequest,
    SchemaReport,
    SchemaRequest,
    text_of,
)
from llmreg.server.judging import (
    Answer,
    CheckQuestion,
    DataQuestion,
    Named,
    SchemaQuestion,
    Text,
)
from llmreg.server.problems import HttpError
from llmreg.server.requests import contradiction, judging_of, posted
from llmreg.server.routing import Route
from llmreg.server.state import state_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from llmreg.server.state import Generation

_MOST_PICKED = 10_000
_picked: WeakKeyDictionary[Index, dict[tuple[str, str], Named]] = WeakKeyDictionary()
_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_STATUSES = {
    400: "The body cannot be read",
    404: "There is no such subject, version or schema",
    413: "Larger than the server takes",
    422: "It cannot be judged: no schema, no strict JSON, or more time or memory than the limits allow",
    503: "Too much is asked at once, or there is no index: try again",
}


async def _schema(request: Request, generation: Generation) -> Response:
    asked = await posted(request, SchemaRequest, state_of(request).options.max_schema_bytes)
    question = SchemaQuestion(Text(text_of(asked.schema), asked.format, asked.kind, asked.references))
    return _sent(await judging_of(request).validate_schema(generation.index, question))


async def _data(request: Request, generation: Generation) -> Response:
    options = state_of(request).options
    asked = await posted(request, DataRequest, options.max_data_bytes + options.max_schema_bytes)
    batch, documents = _documents(asked, options.max_data_bytes)
    question = DataQuestion(
        _under(asked, generation), documents, asked.strict, binary=asked.encoding == "base64", batch=batch
    )
    return _sent(await judging_of(request).validate_data(generation.index, question))


async def _check(request: Request, generation: Generation) -> Response:
    asked = await posted(request, CheckRequest, 2 * state_of(request).options.max_schema_bytes)
    old = None
    if asked.old is not msgspec.UNSET:
        old = Text(text_of(asked.old), asked.format, asked.kind, asked.references)
    if (asked.subject is None) == (old is None):
        raise contradiction("one of `subject` and `old`: with whom the schema is compared", "/subject")
    if old is not None and asked.against is not None:
        raise contradiction("`against` names versions of a subject", "/against")
    question = CheckQuestion(
        new=Text(text_of(asked.schema), asked.format, asked.kind, asked.references),
        subject=asked.subject,
        old=old,
        mode=asked.mode,
        against=() if asked.against is None else (asked.against,),
        writer=asked.writer,
        policy=asked.policy,
    )
    return _sent(await judging_of(request).check(generation.index, question))


def _documents(asked: DataRequest, limit: int) -> tuple[bool, tuple[bytes, ...]]:
    """(whether several were sent, each as it was sent; base64 without its quotes)."""
    if (asked.data is msgspec.UNSET) == (asked.documents is msgspec.UNSET):
        raise contradiction("one of `data` and `documents`", "/data")
    batch = asked.documents is not msgspec.UNSET
    items: list[msgspec.Raw] = asked.documents if batch else [asked.data]  # type: ignore[assignment, list-item]
    documents = tuple(bytes(item) for item in items)
    if sum(map(len, documents)) > limit:
        raise HttpError(413, f"the data is larger than the limit of {limit} bytes", code="limit")
    if asked.encoding == "json":
        return batch, documents
    for place, item in enumerate(documents):
        if not (item.startswith(b'"') and b"\\" not in item):
            pointer = f"/documents/{place}" if batch else "/data"
            raise contradiction("with `encoding` base64 a document is a string of base64", pointer)
    return batch, tuple(item[1:-1] for item in documents)


def _under(asked: DataRequest, generation: Generation) -> Text | Named:
    """The schema that the documents have to be valid under. Raises NotFoundError, UsageError, HttpError 422."""
    given = (asked.subject is not None, asked.schema_id is not None, asked.schema is not msgspec.UNSET)
    if sum(given) != 1:
        raise contradiction("one of `subject`, `schema_id` and `schema`", "/subject")
    if asked.schema is not msgspec.UNSET:
        return Text(text_of(asked.schema), asked.format, references=asked.references)
    if asked.format is not None or asked.references:
        raise contradiction("`format` and `references` belong to a `schema` that is sent along", "/format")
    if asked.subject is not None:
        return _named(generation.index, asked.subject, asked.version)
    stored = pick.content(generation.index, str(asked.schema_id))[0]
    return Named(stored.subject, stored.version, stored.schema_id)


def _named(index: Index, subject: str, version: str) -> Named:
    """Looking it up takes longer than judging a small document, so it is remembered as long as the index is open."""
    known = _picked.setdefault(index, {})
    key = (subject, version)
    if key not in known:
        stored = pick.version(index, subject, version)
        if len(known) >= _MOST_PICKED:
            known.clear()
        known[key] = Named(stored.subject, stored.version, stored.schema_id)
    return known[key]


def _sent(answer: Answer) -> Response:
    return Response(answer.body, 200, _HEADERS, "application/json")


ROUTES = (
    Route(
        "POST",
        "/api/v1/validate/schema",
        _schema,
        "Whether a text is a schema of its format",
        request=SchemaRequest,
        response=SchemaReport,
        statuses=_STATUSES,
        permission="schema:validate",
    ),
    Route(
        "POST",
        "/api/v1/validate/data",
        _data,
        "Whether documents are valid under a registered schema or one that is sent along",
        request=DataRequest,
        response=DataReport,
        statuses=_STATUSES,
        permission="schema:validate",
    ),
    Route(
        "POST",
        "/api/v1/compatibility/check",
        _check,
        "What breaks, with a document that shows it, when a schema becomes the next version",
        request=CheckRequest,
        response=CheckReport,
        statuses=_STATUSES,
        permission="schema:validate",
    ),
)
