"""Requests that no client library would send, byte for byte, to one running server: each is refused or answered, costs
one connection at most, and the server goes on."""

from __future__ import annotations

import gzip
import os
import re
import resource
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "example-registry"
DATA = b'{"schema": {"type": "integer"}, "data": 1}'
_SECONDS = 20.0
_PATIENCE = 1.0
_MEMORY = 4 << 30
_SECRETS = (b"root:", b"registry: 1", b"Traceback", b"SQLite format")


def get(path: str, *headers: str) -> bytes:
    return "\r\n".join((f"GET {path} HTTP/1.1", "Host: x", "Connection: close", *headers, "", "")).encode("latin-1")


def post(path: str, body: bytes, *headers: str, length: str | None = None) -> bytes:
    lines = (
        f"POST {path} HTTP/1.1",
        "Host: x",
        "Connection: close",
        f"Content-Length: {length or len(body)}",
        *headers,
    )
    return "\r\n".join((*lines, "", "")).encode("latin-1") + body


def chunked(path: str, body: bytes) -> bytes:
    lines = (f"POST {path} HTTP/1.1", "Host: x", "Connection: close", "Transfer-Encoding: chunked", "", "")
    return "\r\n".join(lines).encode() + body


VALIDATE = "/api/v1/validate/data"
_PATHS = (
    *(
        "/../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2f..%2fetc/passwd",
        "/..%5c..%5cetc",
        "//etc/passwd",
    ),
    *("/static/../../manifest.json", "/pages/../../../llmreg.yaml", "/index.sqlite", "/.git/config", "/%00", "/a%00b"),
    *("/api/v1/subjects/..%2f..%2f..%2fetc%2fpasswd", "/api/v1/subjects/%ff", "/api/v1/subjects/%c0%ae%c0%ae/", "/%"),
    *(
        "/api/v1/subjects/" + "x" * 7000,
        "/subjects/%2e%2e/versions/1",
        "/schemas/ids/../../x",
        "/schemas/ids/" + "9" * 500,
    ),
    *(
        "/api/v1/subjects/a%0d%0aSet-Cookie:%20x=1",
        "/api/v1/subjects/%3Cscript%3E",
        "/api/v1/search?q=%00",
        "/?" + "a=1&" * 500,
    ),
    *(
        "/api/v1/search?q=%ff%fe",
        "/api/v1/search?limit=1e9",
        "/api/v1/subjects?limit=99999999999999999999",
        "/api/v1/search?q=" + "%22" * 200,
    ),
    *(
        "http://evil.example/api/v1/subjects",
        "*",
        "/api/v1/subjects/;/../",
        "/\\..\\..",
        "/api/v1/subjects/%252e%252e%252f",
    ),
)
_RAW: dict[str, bytes] = {
    "nothing": b"",
    "a line feed": b"\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00" + b"\0" * 500,
    "an HTTP that is none": b"GET / HTTP/9.9\r\n\r\n",
    "a method of 10,000 letters": b"A" * 10_000 + b" / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a path of 100,000 letters": get("/" + "a" * 100_000),
    "a header of 200,000 letters": get("/", "X: " + "a" * 200_000),
    "20,000 headers": get("/", *[f"X{number}: 1" for number in range(20_000)]),
    "a header with a NUL": get("/", "X: a\0b"),
    "a header without a name": get("/", ": x"),
    "a folded header": get("/", "X: a\r\n b"),
    "a space before the colon": get("/", "Content-Length : 5"),
    "two lengths": post(VALIDATE, DATA, "Content-Length: 3"),
    "a length and chunks": post(VALIDATE, DATA, "Transfer-Encoding: chunked"),
    "a negative length": post(VALIDATE, DATA, length="-1"),
    "a length that is text": post(VALIDATE, DATA, length="abc"),
    "a length with a plus": post(VALIDATE, DATA, length="+42"),
    "a length of 10^30": post(VALIDATE, DATA, length="1" + "0" * 30),
    "a length of 10^10": post(VALIDATE, DATA, length="10000000000"),
    "a body that is shorter": post(VALIDATE, DATA, length="5000"),
    "a body that is longer": post(VALIDATE, DATA + b"GET /evil HTTP/1.1\r\n\r\n"),
    "a request behind the body": post(VALIDATE, DATA + get("/etc/passwd"), length=str(len(DATA))),
    "a chunk that lies": chunked(VALIDATE, b"ffffff\r\n" + DATA + b"\r\n0\r\n\r\n"),
    "a chunk of a size that is none": chunked(VALIDATE, b"zz\r\n" + DATA + b"\r\n0\r\n\r\n"),
    "a chunk of a giant size": chunked(VALIDATE, b"f" * 40 + b"\r\n"),
    "a chunk of a negative size": chunked(VALIDATE, b"-5\r\n" + DATA),
    "chunks without an end": chunked(VALIDATE, b"1\r\na\r\n" * 10_000),
    "20 MB in chunks": chunked(VALIDATE, (b"100000\r\n" + b" " * (1 << 20) + b"\r\n") * 20 + b"0\r\n\r\n"),
    "20 MB": post(VALIDATE, b" " * (20 << 20)),
    "an encoding that is unknown": post(VALIDATE, DATA, "Transfer-Encoding: evil"),
    "a body that is packed": post(VALIDATE, gzip.compress(b" " * (50 << 20)), "Content-Encoding: gzip"),
    "a charset that is wrong": post(
        VALIDATE, DATA.decode().encode("utf-16"), "Content-Type: application/json; charset=utf-16"
    ),
    "a type that is wrong": post(VALIDATE, DATA, "Content-Type: application/xml"),
    "XML with an entity": post(VALIDATE, b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
    "a form": post(VALIDATE, b"schema=1&data=2", "Content-Type: application/x-www-form-urlencoded"),
    "an expectation": post(VALIDATE, DATA, "Expect: 100-continue", "Expect: evil"),
    "an upgrade": get(
        "/", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: x", "Sec-WebSocket-Version: 13"
    ),
    "an upgrade to HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0" * 100,
    "a host that is none": b"GET / HTTP/1.1\r\nHost: evil\r\nHost: other\r\nConnection: close\r\n\r\n",
    "a host of escapes": get("/", "X-Forwarded-Host: evil.example", "X-Forwarded-For: 127.0.0.1"),
    "a trace": b"TRACE / HTTP/1.1\r\nHost: x\r\nCookie: secret=1\r\nConnection: close\r\n\r\n",
    "a connect": b"CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n\r\n",
    "a delete": b"DELETE /subjects/chat%2Freply HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "1,000 ranges": get("/", "Range: bytes=" + ",".join(f"{n}-{n}" for n in range(1000))),
    "an entity tag of 60,000 letters": get("/api/v1/subjects", 'If-None-Match: "' + "a" * 60_000 + '"'),
    "a date that is none": get("/api/v1/subjects", "If-Modified-Since: \xff\xfe"),
    "an encoding that is asked for": get("/api/v1/subjects", "Accept-Encoding: " + ",".join(["gzip;q=0.1"] * 3000)),
    "an event id": get("/api/v1/changes", "Last-Event-ID: ../../etc/passwd"),
    "an authorization": get("/", "Authorization: Bearer " + "a." * 20_000),
    "a slow start": b"GET / HT",
    "1,000 requests in one go": b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n" * 1000 + get("/health/live"),
}
CASES = {**_RAW, **{f"the path {path[:50]}": get(path) for path in _PATHS}}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """A server over the example registry, with a limit on memory."""
    base = tmp_path_factory.mktemp("served")
    shutil.copytree(EXAMPLES, base / "registry")
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org"]
    for command in ("init --quiet --initial-branch=main", "add --all", "commit --quiet --message x"):
        subprocess.run([*git, *command.split()], cwd=base / "registry", check=True)
    llmreg = [sys.executable, "-m", "llmreg"]
    subprocess.run(
        [*llmreg, "export", "--out", str(base / "out")], cwd=base / "registry", check=True, capture_output=True
    )
    with (base / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                *llmreg,
                "serve",
                "--index",
                str(base / "out"),
                "--port",
                "0",
                "--judges",
                "1",
                "--validation-timeout",
                "2",
            ],
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY)),  # noqa: PLW1509 -- no thread runs here
        )
    assert process.stdout
    found = re.search(rb"http://([\d.]+):(\d+)", process.stdout.readline())
    assert found, (base / "log").read_text()
    yield found[1].decode(), int(found[2])
    assert process.poll() is None, "the server died"
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(30)
    process.stdout.close()
    assert "Traceback" not in (base / "log").read_text()


def exchange(address: tuple[str, int], data: bytes) -> bytes:
    """What comes back until the server or our patience ends it; a server may close before it has read everything."""
    with socket.create_connection(address, timeout=_SECONDS) as line:
        found = b""
        with suppress(OSError):
            line.sendall(data)
            ready, _, _ = select.select([line], [], [], _PATIENCE)
            if not ready:  # it waits for more
                line.shutdown(socket.SHUT_WR)
            while piece := line.recv(65536):
                found += piece
    return found


@pytest.mark.parametrize("name", CASES)
def test_hostile_request(name: str, address: tuple[str, int]) -> None:
    answer = exchange(address, CASES[name])
    statuses = {int(found) for found in re.findall(rb"^HTTP/1\.1 (\d{3})", answer, re.MULTILINE)}
    assert not statuses & {500, 501, 502}, answer[:1000]
    assert len(answer) < 5_000_000
    head = answer.partition(b"\r\n\r\n")[0]
    assert not re.search(rb"(?im)^(set-cookie|location: *(http:)?//evil)", head), head
    for secret in _SECRETS:
        assert secret not in answer
    alive = exchange(address, get("/health/live"))
    assert alive.startswith(b"HTTP/1.1 200"), alive[:300]


def test_a_hundred_slow_connections_keep_nobody_waiting(address: tuple[str, int]) -> None:
    slow = [socket.create_connection(address, timeout=_SECONDS) for _ in range(100)]
    try:
        for number, line in enumerate(slow):
            line.sendall(b"GET / HTTP/1.1\r\nX: " if number % 2 else post(VALIDATE, b"{", length="5000"))
        assert exchange(address, get("/health/live")).startswith(b"HTTP/1.1 200")
        assert exchange(address, post(VALIDATE, DATA)).startswith(b"HTTP/1.1 200")
    finally:
        for line in slow:
            line.close()
