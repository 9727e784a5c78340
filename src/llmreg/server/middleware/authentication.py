"""Asks for a bearer token whose permissions cover what the route needs. Health is open, metrics are for `admin`."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from llmreg.errors import InputError
from llmreg.server.callers.buckets import Buckets
from llmreg.server.callers.caller import CALLER, Caller, of_address
from llmreg.server.callers.keysets import KeySet
from llmreg.server.callers.tokens import Grant, TokenError, Tokens
from llmreg.server.messages import OPEN, header, refuse
from llmreg.server.problems import HttpError
from llmreg.server.routing import WEBSOCKET, Table, found

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from llmreg.server.state import State

PLACE = 30
log = logging.getLogger("llmreg.server")
_FAILURES = 10.0  # a second and address; a signature costs more than most answers
_MANY = 10_000


def wrap(app: ASGIApp, state: State) -> ASGIApp:
    """Only with `--jwks`. Raises InputError when the keys cannot be read to begin with."""
    options = state.options
    if options.jwks is None:
        return app
    keys = KeySet(options.jwks)
    tokens = Tokens(options.issuer, options.audience)
    tokens.take(keys.read())
    return Authentication(app, keys, tokens, Table(found()))


class Authentication:
    """Leaves the caller in `scope["llmreg.caller"]` for what is further in, and in `CALLER`."""

    def __init__(self, app: ASGIApp, keys: KeySet, tokens: Tokens, table: Table) -> None:
        self._app = app
        self._keys = keys
        self._tokens = tokens
        self._table = table
        self._needed: dict[tuple[str, str], str | None] = {}
        self._failures = Buckets(_FAILURES)
        self._reading = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"].startswith(OPEN):
            await self._app(scope, receive, send)
            return
        try:
            grant = await self._granted(scope)
            self._permit(scope, grant)
        except HttpError as error:
            await refuse(scope, receive, send, error)
            return
        caller = Caller(f"token {grant.subject}", grant.subject)
        scope["llmreg.caller"] = caller
        CALLER.set(caller)
        await self._app(scope, receive, send)

    async def _granted(self, scope: Scope) -> Grant:
        """Raises HttpError 401, or 429 where an address sent too many tokens that are none."""
        given = header(scope, b"authorization")
        if given is None or given[:7].lower() != b"bearer ":
            raise _unauthorized("send a token: `Authorization: Bearer …`", None)
        token = given[7:].strip()
        grant = self._tokens.known(token)
        if grant is not None:
            if self._keys.due(asked=False):
                await self._renew()
            return grant
        address = of_address(scope.get("client")).key
        if self._failures.look(address).wait:
            raise HttpError(429, "too many tokens that are not valid", code="rate-limit", headers={"retry-after": "1"})
        try:
            return await self._verified(token)
        except TokenError as error:
            self._failures.take(address)
            raise _unauthorized(f"the token is not valid: {error}", "invalid_token") from None

    async def _verified(self, token: bytes) -> Grant:
        """A token of a key that was published a moment ago is valid: look once."""
        try:
            return self._tokens.verify(token)
        except TokenError as error:
            if not (error.unknown_key and self._keys.due(asked=True)):
                raise
        await self._renew()
        return self._tokens.verify(token)

    async def _renew(self) -> None:
        """The old keys stay when the new ones cannot be read."""
        if self._reading.locked():
            return
        async with self._reading:
            try:
                self._tokens.take(await asyncio.to_thread(self._keys.read))
            except InputError as error:
                log.warning("%s", error.message)

    def _permit(self, scope: Scope, grant: Grant) -> None:
        method = scope.get("method", WEBSOCKET)
        path = scope["raw_path"].decode("latin-1")
        key = (method, path)
        if key not in self._needed:
            if len(self._needed) >= _MANY:
                self._needed.clear()
            self._needed[key] = self._permission(method, path)
        needed = self._needed[key]
        if needed is not None and not grant.allows(needed):
            challenge = f'Bearer error="insufficient_scope", scope="{needed}"'
            raise HttpError(
                403, f"this needs the permission {needed}", code="forbidden", headers={"www-authenticate": challenge}
            )

    def _permission(self, method: str, path: str) -> str | None:
        """What is nowhere needs what a read needs: it is told apart from nothing else."""
        try:
            route = self._table.find(method, path).route
        except UnicodeDecodeError:
            return "schema:read"
        return "schema:read" if route is None else route.permission


def _unauthorized(detail: str, error: str | None) -> HttpError:
    challenge = "Bearer" if error is None else f'Bearer error="{error}"'
    return HttpError(401, detail, code="unauthorized", headers={"www-authenticate": challenge})
