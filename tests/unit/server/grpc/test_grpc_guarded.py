"""gRPC behind tokens and rate limits, and as `llmreg serve --grpc` starts it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

grpc = pytest.importorskip("grpc", reason="pip install 'llmreg[grpc]'")

import jwt  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402

from llmreg.server.grpc import schema_registry_pb2 as pb  # noqa: E402
from llmreg.server.grpc.gate import _address  # noqa: E402
from llmreg.server.grpc.schema_registry_pb2_grpc import SchemaRegistryStub  # noqa: E402

DATA = pb.ValidateDataRequest(subject="tools/ticket", version="1.0.0", data=b'{"id": "T-1", "state": "open"}')
SCHEMA = pb.GetSchemaRequest(subject="tools/ticket")


@pytest.fixture
def sign(tmp_path: Path) -> Callable[[str], str]:
    """Makes tokens with permissions; their key is in `keys.json`."""
    key = Ed25519PrivateKey.generate()
    public = json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(key.public_key()))
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [public | {"kid": "k"}]}))

    def made(permissions: str, **claims: Any) -> str:
        body = {"sub": "ada", "scope": permissions, "exp": int(time.time()) + 600, **claims}
        return jwt.encode(body, key, "EdDSA", {"kid": "k"})

    return made


def _codes(site: Any, *questions: Callable[[Any], Any]) -> list[str]:
    """How each ended."""

    async def run() -> list[str]:
        found = []
        async with grpc.aio.insecure_channel(f"127.0.0.1:{site.state.grpc_port}") as channel:
            for question in questions:
                call = question(SchemaRegistryStub(channel))
                if hasattr(call, "__aiter__"):
                    with suppress(grpc.aio.AioRpcError):
                        [answer async for answer in call]
                found.append((await asyncio.wait_for(call.code(), 20)).name)
        return found

    codes: list[str] = site.run(run())
    return codes


def _bearer(token: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token}"),)


def test_tokens_permit_what_they_permit_over_http(serve: Any, sign: Callable[..., str], tmp_path: Path) -> None:
    site = serve(grpc_port=0, jwks=str(tmp_path / "keys.json"))
    reader, judge = _bearer(sign("schema:read")), _bearer(sign("schema:validate"))
    expired = _bearer(sign("schema:read", exp=int(time.time()) - 600))
    assert _codes(
        site,
        lambda stub: stub.GetSchema(SCHEMA),
        lambda stub: stub.GetSchema(SCHEMA, metadata=_bearer("nonsense")),
        lambda stub: stub.GetSchema(SCHEMA, metadata=expired),
        lambda stub: stub.GetSchema(SCHEMA, metadata=reader),
        lambda stub: stub.ValidateData(DATA, metadata=reader),
        lambda stub: stub.BatchValidate(iter([DATA]), metadata=reader),
        lambda stub: stub.ValidateData(DATA, metadata=judge),
        lambda stub: stub.BatchValidate(iter([DATA]), metadata=judge),
        lambda stub: stub.GetSchema(SCHEMA, metadata=judge),
        lambda stub: stub.StreamSchemaChanges(pb.StreamRequest()),
        lambda stub: stub.RegisterSchema(pb.RegisterSchemaRequest()),
        lambda stub: stub.RegisterSchema(pb.RegisterSchemaRequest(), metadata=reader),
    ) == [
        "UNAUTHENTICATED",
        "UNAUTHENTICATED",
        "UNAUTHENTICATED",
        "OK",
        "PERMISSION_DENIED",
        "PERMISSION_DENIED",
        "OK",
        "OK",
        "PERMISSION_DENIED",
        "UNAUTHENTICATED",
        "UNAUTHENTICATED",
        "FAILED_PRECONDITION",
    ]


def test_who_asks_is_in_the_audit_log(serve: Any, sign: Callable[..., str], tmp_path: Path) -> None:
    site = serve(grpc_port=0, jwks=str(tmp_path / "keys.json"), audit_log=tmp_path / "audit.jsonl")
    assert _codes(site, lambda stub: stub.ValidateData(DATA, metadata=_bearer(sign("schema:validate")))) == ["OK"]
    for _ in range(200):
        if (tmp_path / "audit.jsonl").exists() and (tmp_path / "audit.jsonl").read_text():
            break
        site.run(asyncio.sleep(0.02))
    line = json.loads((tmp_path / "audit.jsonl").read_text().splitlines()[0])
    assert (line["client"], line["verdict"], line["subject"]) == ("ada", "valid", "tools/ticket")


def test_calls_are_counted(serve: Any) -> None:
    site = serve(grpc_port=0, rate_limit=2.0)
    codes = _codes(site, *[lambda stub: stub.GetSchema(SCHEMA)] * 40)
    assert codes[0] == "OK"
    assert codes[-1] == "RESOURCE_EXHAUSTED"


def test_the_parts_of_a_batch_are_counted(serve: Any) -> None:
    site = serve(grpc_port=0, rate_limit=2.0)

    async def run() -> list[str]:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{site.state.grpc_port}") as channel:
            call = SchemaRegistryStub(channel).BatchValidate(iter([DATA] * 40))
            return [report.failure.status async for report in call]

    statuses = site.run(run())
    assert len(statuses) == 40
    assert statuses[0] == ""
    assert "RESOURCE_EXHAUSTED" in statuses


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("ipv4:127.0.0.1:50000", "127.0.0.1"),
        ("ipv6:%5B::1%5D:50000", "::1"),
        ("ipv6:[::1]:50000", "::1"),
        ("unix:", ""),
    ],
)
def test_the_address_of_a_peer(peer: str, address: str) -> None:
    assert _address(peer) == address


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_command_serves_it_and_ends_when_told(exported_once: Any, workers: str) -> None:
    port = _free_port()
    command = [sys.executable, "-m", "llmreg", "serve", "--index", str(exported_once.out), "--port", "0"]
    with subprocess.Popen(
        [*command, "--grpc", str(port), "--workers", workers],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert re.search(r"http://\S+", process.stdout.readline())
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                stub = SchemaRegistryStub(channel)
                assert stub.GetSchema(SCHEMA, timeout=30, wait_for_ready=True).schema.subject == "tools/ticket"
                assert stub.ValidateData(DATA, timeout=30).valid
                stream = stub.StreamSchemaChanges(pb.StreamRequest(after="0"), timeout=60)
                assert next(stream).id
                process.send_signal(signal.SIGTERM)  # an open stream does not keep it
                with pytest.raises(grpc.RpcError):
                    list(stream)
            _, log = process.communicate(timeout=30)
            assert process.returncode == 0, log
            assert "Traceback" not in log
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def test_several_workers_need_a_port(exported_once: Any) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "llmreg", "serve", "--index", str(exported_once.out), "--grpc", "0", "--workers", "2"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "one port" in done.stderr
