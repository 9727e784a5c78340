"""Remembers the address of whoever posts something; authentication, further in, knows a better name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmreg.server.callers.caller import CALLER, of_address

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from llmreg.server.state import State

PLACE = 15


def wrap(app: ASGIApp, state: State) -> ASGIApp:
    """Costs a read one look at the method: only what is posted is queued and recorded."""

    def called(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope.get("method") == "POST":
            CALLER.set(of_address(scope.get("client")))
        return app(scope, receive, send)

    return called
