"""Answers: how long they may be kept, their ETag, and both forms of their body, plain and gzipped."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from llmreg.model.jsontext import dumps
from llmreg.server.answers import Answer

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_GZIP_FROM = 512  # bytes; below that the header costs what the compression saves
_OVERHEAD = 1024  # bytes that an answer's headers take, roughly


class Cache(Enum):
    """`IMMUTABLE`: the URL names the content itself. `SHORT`: it changes with the index, and is asked for again by
    ETag. `NONE`: about this moment or this client."""

    IMMUTABLE = "public, max-age=31536000, immutable"
    SHORT = "public, max-age=10, stale-while-revalidate=60"
    NONE = "no-store"


class Prepared(Response):
    """A 200 with a strong ETag, in both encodings, with the 304 that may stand for it."""

    def __init__(
        self,
        body: bytes,
        *,
        media: str,
        cache: Cache,
        packed: bytes | None = None,
        vary: str = "",
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`packed`: the body as one gzip member, where there is one already. `vary`: a header besides
        Accept-Encoding that the answer depends on. `headers`: what else is said of the body."""
        super().__init__(status_code=200)
        self.body = body
        if packed is None and len(body) >= _GZIP_FROM:
            packed = gzip.compress(body, 6, mtime=0)
        if packed is not None and len(packed) >= len(body):
            packed = None
        digest = hashlib.sha256(body).hexdigest()[:32]
        shared = {
            "cache-control": cache.value,
            "vary": f"Accept-Encoding, {vary}" if vary else "Accept-Encoding",
            "x-content-type-options": "nosniff",
        }
        self.answer = _answer(body, packed, digest, {"content-type": media, **headers}, shared)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await deliver(self.answer, scope, send)


def json_response(body: Any, cache: Cache = Cache.SHORT, media: str = "application/json") -> Prepared:
    """Numbers and the order of keys as they are."""
    return Prepared(dumps(body).encode(), media=media, cache=cache)


async def deliver(answer: Answer, scope: Scope, send: Send) -> None:
    """Send it in the encoding that the client takes, as a 304 if it has it already, without the body for HEAD."""
    packed = False
    wanted = None
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            packed = b"gzip" in value and b"gzip;q=0" not in value
        elif name == b"if-none-match":
            wanted = value
    if wanted is not None and _has(wanted, answer):
        await send(answer.unchanged_gzip if packed else answer.unchanged)
        await send(_EMPTY)
        return
    start, body = answer.gzip if packed else answer.plain
    await send(start)
    await send(_EMPTY if scope["method"] == "HEAD" else body)


_EMPTY: dict[str, Any] = {"type": "http.response.body", "body": b""}


def _has(wanted: bytes, answer: Answer) -> bool:
    """RFC 9110 §13.1.2: weak comparison; either encoding of the same content will do."""
    tags = {tag.strip().removeprefix(b"W/") for tag in wanted.split(b",")}
    return bool(tags & {b"*", answer.etag, answer.etag_gzip})


def _answer(
    body: bytes, packed: bytes | None, digest: str, about: Mapping[str, str], shared: Mapping[str, str]
) -> Answer:
    etag = f'"{digest}"'
    etag_gzip = f'"{digest}-gzip"' if packed else etag
    plain = _start(200, {**about, **shared, "etag": etag, "content-length": str(len(body))})
    zipped = plain
    if packed:
        coded = {"content-encoding": "gzip", "content-length": str(len(packed))}
        zipped = _start(200, {**about, **shared, "etag": etag_gzip, **coded})
    return Answer(
        etag=etag.encode(),
        etag_gzip=etag_gzip.encode(),
        plain=(plain, _body(body)),
        gzip=(zipped, _body(packed or body)),
        unchanged=_start(304, {**shared, "etag": etag}),
        unchanged_gzip=_start(304, {**shared, "etag": etag_gzip}),
        size=len(body) + len(packed or b"") + _OVERHEAD,
    )


def _start(status: int, headers: Mapping[str, str]) -> dict[str, Any]:
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http.response.start", "status": status, "headers": raw}


def _body(data: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": data}
