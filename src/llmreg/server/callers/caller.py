"""Who asks: the authenticated client, else the address. It goes with the task, so that no question must carry it."""

from __future__ import annotations

from contextvars import ContextVar
from typing import NamedTuple


class Caller(NamedTuple):
    """`key` tells callers apart (for queues and rate limits); `name` is the token's subject, None without a token."""

    key: str
    name: str | None = None


NOBODY = Caller("")
CALLER: ContextVar[Caller] = ContextVar("caller", default=NOBODY)


def of_address(client: object) -> Caller:
    """The caller of an ASGI scope's `client`, which is (host, port) or None."""
    return Caller(str(client[0])) if isinstance(client, (tuple, list)) and client else NOBODY
