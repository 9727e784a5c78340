"""Bearer tokens: which are taken, what they allow, and what is told to the others."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from llmreg.errors import InputError, UsageError
from llmreg.server.callers.keysets import KeySet
from llmreg.server.callers.tokens import Grant, Tokens

RSA = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()
OTHER = ec.generate_private_key(ec.SECP256R1())
ALGORITHMS = {"rsa": ("RS256", RSA), "ec": ("ES256", EC), "ed": ("EdDSA", ED)}
READ = "/api/v1/subjects"
DATA = "/api/v1/validate/data"


def public(kid: str) -> dict[str, Any]:
    algorithm, key = ALGORITHMS[kid]
    made = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)  # type: ignore[attr-defined]
    return {**made, "kid": kid}


def token(kid: str | None = "ec", key: Any = None, algorithm: str | None = None, **claims: Any) -> str:
    """Valid unless told otherwise; a claim that is None is left out."""
    usual, own = ALGORITHMS.get(kid or "ec", ("ES256", OTHER))
    body = {"sub": "ada", "exp": time.time() + 60, "aud": "llmreg", "iss": "https://issuer", "permissions": []}
    body = {name: value for name, value in {**body, **claims}.items() if value is not None}
    headers = {"kid": kid} if kid else {}
    return jwt.encode(body, key or own, algorithm or usual, headers=headers)


def bearer(text: str) -> dict[str, str]:
    return {"authorization": f"Bearer {text}"}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "jwks.json"
    path.write_text(json.dumps({"keys": [public(kid) for kid in ALGORITHMS]}))
    return path


@pytest.fixture
def guarded(serve: Any, keys: Path) -> Any:
    return serve(jwks=str(keys), audience="llmreg", issuer="https://issuer", judges=1)


@pytest.mark.parametrize("kid", ALGORITHMS)
def test_a_token_of_each_algorithm_is_taken(guarded: Any, kid: str) -> None:
    headers = bearer(token(kid, permissions=["schema:read"]))
    assert [guarded.get(READ, headers=headers).status_code for _ in range(2)] == [200, 200]


def unsigned() -> str:
    head = base64.urlsafe_b64encode(b'{"alg":"none","kid":"ec"}').rstrip(b"=").decode()
    return f"{head}.{token().split('.')[1]}."


def confused() -> str:
    """Signed with HMAC, with the public key as the secret."""
    pem = RSA.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    parts = [{"alg": "HS256", "kid": "rsa"}, {"sub": "eve", "exp": time.time() + 60, "permissions": ["admin"]}]
    text = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
    made = jwt.get_algorithm_by_name("HS256").sign(text.encode(), pem)
    return f"{text}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"


REFUSED = {
    "expired": lambda: token(exp=time.time() - 3600),
    "without an end": lambda: token(exp=None),
    "not yet": lambda: token(nbf=time.time() + 3600),
    "for others": lambda: token(aud="others"),
    "for nobody": lambda: token(aud=None),
    "of another issuer": lambda: token(iss="https://elsewhere"),
    "of an unknown key": lambda: token("unknown", OTHER),
    "of no key": lambda: token(None, EC),
    "signed by another key": lambda: token("ec", OTHER),
    "with another algorithm of the key": lambda: token("rsa", RSA, "RS512"),
    "unsigned": unsigned,
    "with the public key as secret": confused,
    "torn": lambda: token()[:-8],
    "nonsense": lambda: "nonsense",
    "far too long": lambda: "x" * 20_000,
}


@pytest.mark.parametrize("name", REFUSED)
def test_tokens_that_are_refused(guarded: Any, name: str) -> None:
    answer = guarded.get(READ, headers=bearer(REFUSED[name]()))
    assert answer.status_code == 401, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert "invalid_token" in answer.headers["www-authenticate"]


def test_permissions(guarded: Any) -> None:
    document = {"subject": "tools/search-docs", "data": {"query": "x"}}

    def statuses(*permissions: str, **claims: Any) -> list[int]:
        headers = bearer(token(permissions=list(permissions) or None, **claims))
        return [
            guarded.get(READ, headers=headers).status_code,
            guarded.post(DATA, json=document, headers=headers).status_code,
            guarded.get("/metrics", headers=headers).status_code,
            guarded.get("/subjects", headers=headers).status_code,
        ]

    assert statuses("schema:read") == [200, 403, 403, 200]
    assert statuses("schema:validate") == [403, 200, 403, 403]
    assert statuses("admin") == [200, 200, 200, 200]
    assert statuses() == [403, 403, 403, 403]
    assert statuses(scope="openid schema:read") == [200, 403, 403, 200]
    refused = guarded.get("/subjects", headers=bearer(token()))
    assert "schema:read" in refused.headers["www-authenticate"]
    assert refused.json()["error_code"] == 403


def test_what_needs_no_token(guarded: Any) -> None:
    assert guarded.get("/health/live").status_code == 200
    assert guarded.get("/health/ready").status_code == 200
    answer = guarded.get(READ)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert guarded.get(READ, headers={"authorization": "Basic eDp5"}).status_code == 401


def test_cached_answers_are_guarded_too(guarded: Any) -> None:
    good = bearer(token(permissions=["schema:read"]))
    assert [guarded.get(READ, headers=good).status_code for _ in range(2)] == [200, 200]
    assert guarded.get(READ).status_code == 401


def test_the_audit_log_names_the_client(serve: Any, keys: Path, tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    site = serve(jwks=str(keys), audit_log=log, judges=1)
    document = {"subject": "tools/search-docs", "data": {"query": "x"}}
    headers = bearer(token(permissions=["schema:validate"]))
    assert site.post(DATA, json=document, headers=headers).status_code == 200
    assert json.loads(log.read_text())["client"] == "ada"


def test_many_bad_tokens_are_not_verified(guarded: Any) -> None:
    statuses = [guarded.get(READ, headers=bearer(f"nonsense{number}")).status_code for number in range(15)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert guarded.get(READ, headers=bearer(token(permissions=["schema:read"]))).status_code == 429


def test_a_verified_token_is_remembered_until_it_expires(keys: Path) -> None:
    now = [time.time()]
    tokens = Tokens(None, None, clock=lambda: now[0])
    tokens.take(json.loads(keys.read_text()))
    text = token(exp=now[0] + 10).encode()
    assert tokens.known(text) is None
    grant = tokens.verify(text)
    assert tokens.known(text) is grant
    now[0] += 20
    assert tokens.known(text) is None


def test_keys_that_are_withdrawn_take_their_tokens_along(keys: Path) -> None:
    tokens = Tokens(None, None)
    tokens.take(json.loads(keys.read_text()))
    text = token().encode()
    assert isinstance(tokens.verify(text), Grant)
    tokens.take({"keys": [public("rsa")]})
    assert tokens.known(text) is None


def test_a_key_that_is_new_is_looked_for(serve: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmreg.server.callers.keysets._SOONEST", 0.0)
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps({"keys": [public("rsa")]}))
    site = serve(jwks=str(path))
    headers = bearer(token("ec", permissions=["schema:read"]))
    assert site.get(READ, headers=headers).status_code == 401
    path.write_text("torn")
    assert site.get(READ, headers=headers).status_code == 401
    path.write_text(json.dumps({"keys": [public("ec")]}))
    assert site.get(READ, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"keys": []},
        {"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "x"}]},
        {"keys": [{"kty": "RSA", "kid": "x", "alg": "HS256"}]},
        {"keys": [{"kty": "EC", "kid": "x"}]},
    ],
)
def test_key_sets_that_are_none(document: Any) -> None:
    with pytest.raises(InputError):
        Tokens(None, None).take(document)


@pytest.mark.parametrize("location", ["http://example.org/jwks", "ftp://example.org/jwks", "file:///etc/passwd"])
def test_keys_come_by_a_way_that_nobody_can_change(location: str) -> None:
    with pytest.raises(UsageError):
        KeySet(location)


def test_keys_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        KeySet(str(tmp_path / "nowhere")).read()
    with pytest.raises(InputError, match="cannot be read"):
        KeySet("http://127.0.0.1:1/jwks").read()
