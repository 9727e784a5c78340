"""Finished answers of one generation, by raw path: what the fast path sends without asking a handler."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from starlette.types import Message

_MANY = 10_000
_BYTES = 64 << 20


class Answer(NamedTuple):
    """The ASGI messages of one 200: as it is, gzipped (the same where gzip does not pay), and the 304 of each."""

    etag: bytes
    etag_gzip: bytes
    plain: tuple[Message, Message]
    gzip: tuple[Message, Message]
    unchanged: Message
    unchanged_gzip: Message
    size: int


class Answers:
    """Bounded by number and by bytes; the least recently asked for goes first."""

    def __init__(self, many: int = _MANY, size: int = _BYTES) -> None:
        self._many = many
        self._size = size
        self._held = 0
        self._kept: OrderedDict[bytes, Answer] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, path: bytes) -> Answer | None:
        answer = self._kept.get(path)
        if answer is not None:
            self._kept.move_to_end(path)
        return answer

    def put(self, path: bytes, answer: Answer) -> None:
        if answer.size > self._size // 8:  # one large body would drive out everything else
            return
        before = self._kept.pop(path, None)
        self._held += answer.size - (before.size if before else 0)
        self._kept[path] = answer
        while self._held > self._size or len(self._kept) > self._many:
            _, oldest = self._kept.popitem(last=False)
            self._held -= oldest.size
