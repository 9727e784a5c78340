"""Bearer tokens: signed by a key of the configured set, for this server, not expired.

Only asymmetric algorithms, and only the one that belongs to the key: a token never chooses how it is verified.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from llmreg.errors import InputError

if TYPE_CHECKING:
    from jwt import PyJWK

ALGORITHMS = ("RS256", "ES256", "EdDSA")
ADMIN = "admin"
PERMISSIONS = frozenset({"schema:read", "schema:validate", ADMIN})
_OF_KEYS = {"RSA": "RS256", "EC": "ES256", "OKP": "EdDSA"}
_MOST = 10_000  # verified tokens that are remembered
_LONGEST = 8192  # bytes of a token
_LEEWAY = 30  # seconds that two clocks may differ


class TokenError(Exception):
    """Why a token is not taken; `unknown_key`: its key may be one that was published since."""

    def __init__(self, why: str, *, unknown_key: bool = False) -> None:
        super().__init__(why)
        self.unknown_key = unknown_key


class Grant(NamedTuple):
    """What a verified token allows until `expires` (seconds since 1970)."""

    subject: str
    permissions: frozenset[str]
    expires: float

    def allows(self, permission: str) -> bool:
        """`admin` allows everything."""
        return permission in self.permissions or ADMIN in self.permissions


class Tokens:
    """Verifies tokens under one set of keys. Signatures cost 0.1 ms and more, so a verified token is remembered."""

    def __init__(self, issuer: str | None, audience: str | None, clock: Callable[[], float] = time.time) -> None:
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._keys: dict[str | None, PyJWK] = {}
        self._verified: OrderedDict[bytes, Grant] = OrderedDict()

    def take(self, document: Any) -> None:
        """Use these keys from now on: a key that is gone takes its tokens with it. Raises InputError."""
        self._keys = _keys(document)
        self._verified.clear()

    def known(self, token: bytes) -> Grant | None:
        """What was verified before and has not expired; costs next to nothing."""
        grant = self._verified.get(token)
        if grant is None:
            return None
        if grant.expires <= self._clock():
            del self._verified[token]
            return None
        self._verified.move_to_end(token)
        return grant

    def verify(self, token: bytes) -> Grant:
        """Raises TokenError."""
        if len(token) > _LONGEST:
            raise TokenError(f"longer than {_LONGEST} bytes")
        grant = _grant(self._claims(token))
        self._verified[token] = grant
        if len(self._verified) > _MOST:
            self._verified.popitem(last=False)
        return grant

    def _claims(self, token: bytes) -> dict[str, Any]:
        import jwt

        try:
            header = jwt.get_unverified_header(token)
            key = self._key(header.get("kid"), header.get("alg"))
            claims: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=[key.algorithm_name],
                audience=self._audience,
                issuer=self._issuer,
                leeway=_LEEWAY,
                options={"require": ["exp"], "verify_aud": self._audience is not None},
            )
        except jwt.InvalidTokenError as error:
            raise TokenError(str(error) or type(error).__name__) from None
        return claims

    def _key(self, name: Any, algorithm: Any) -> PyJWK:
        key = self._keys.get(name) if isinstance(name, str) else None
        if name is None and len(self._keys) == 1:
            key = next(iter(self._keys.values()))
        if key is None:
            raise TokenError("its key is not among those that this server knows", unknown_key=True)
        if algorithm != key.algorithm_name:
            raise TokenError(f"its key signs with {key.algorithm_name}, not with {str(algorithm)[:20]}")
        return key


def _keys(document: Any) -> dict[str | None, PyJWK]:
    import jwt

    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise InputError('a key set is {"keys": [...]} (RFC 7517)')
    keys: dict[str | None, PyJWK] = {}
    for entry in listed:
        if not isinstance(entry, dict) or entry.get("use", "sig") != "sig" or entry.get("kty") not in _OF_KEYS:
            continue
        algorithm = entry.get("alg", _OF_KEYS[entry["kty"]])
        if algorithm not in ALGORITHMS:
            continue
        try:
            keys[entry.get("kid")] = jwt.PyJWK({name: entry[name] for name in entry if name != "d"}, algorithm)
        except jwt.PyJWTError as error:
            raise InputError(f"the key {entry.get('kid')!r} cannot be used: {error}") from None
    if not keys:
        raise InputError(f"the key set has no key that signs with {', '.join(ALGORITHMS)}")
    return keys


def _grant(claims: dict[str, Any]) -> Grant:
    """`permissions`: a list, or a text with blanks between them; else those in OAuth's `scope`."""
    given = claims.get("permissions", claims.get("scope", ()))
    named: Iterable[Any] = given.split() if isinstance(given, str) else given if isinstance(given, list) else ()
    permissions = frozenset(item for item in named if isinstance(item, str)) & PERMISSIONS
    return Grant(str(claims.get("sub", ""))[:200], permissions, float(claims["exp"]))
