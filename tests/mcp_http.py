"""An MCP server over streamable HTTP on the loopback interface; a habit makes it misbehave."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from threading import Event, Thread
from typing import Any

PAGE = 2
SESSION = "s-1868a90c"
JSON = "application/json"
STREAM = "text/event-stream"
STATUSES = {"401": 401, "403": 403, "404": 404, "405": 405, "429": 429, "500": 500, "304": 304, "400": 400, "202": 202}
BODIES = {
    "web page": ("text/html; charset=utf-8", b"<h1>\x1b[31mhello</h1>"),
    "no type": ("", b"{}"),
    "no json": (JSON, b"{'jsonrpc'"),
    "not utf-8": (JSON, b"\xff\xfe\xff"),
    "too deep": (JSON, b"[" * 100_000),
    "a list": (JSON, b'[{"jsonrpc": "2.0", "id": 1, "result": {}}]'),
    "a number": (JSON, b"1"),
    "null": (JSON, b"null"),
    "other id": (JSON, b'{"jsonrpc": "2.0", "id": 99, "result": {}}'),
    "no result": (JSON, b'{"jsonrpc": "2.0", "id": 1}'),
    "wrong version": (JSON, b'{"jsonrpc": "2.0", "id": 1, "result": {"protocolVersion": "1\\r\\nx: \\u00e9"}}'),
    "no message": (STREAM, b"data: hello\n\n"),
    "cut off": (STREAM, b'data: {"jsonrpc": "2.0", "id": 1, "result"'),
    "silent stream": (STREAM, b"id: 1\ndata:\n\n: nothing\n\n"),
}


@dataclass
class Habits:
    """What the server does, and what it has seen. `stream`: it answers with events."""

    tools: list[dict[str, Any]]
    habit: str = ""
    stream: bool = False
    token: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    stopped: Event = field(default_factory=Event)
    url: str = ""

    def said(self, method: str) -> list[dict[str, Any]]:
        """The headers of each request of an HTTP or JSON-RPC method."""
        return [one["headers"] for one in self.requests if method in (one["verb"], one["body"].get("method"))]


class Server(ThreadingHTTPServer):
    """Clients that hang up are no news: what it would print stood among what the command prints."""

    daemon_threads = True

    def handle_error(self, *about: object) -> None:
        """Says nothing."""


@contextmanager
def serving(habits: Habits) -> Iterator[Habits]:
    """The server, until the block ends."""
    server = Server(("127.0.0.1", 0), type("Bound", (Handler,), {"habits": habits}))
    habits.url = f"http://127.0.0.1:{server.server_port}/mcp"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield habits
    finally:
        habits.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    habits: Habits
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""

    def do_DELETE(self) -> None:
        self._note({})
        self._send(405 if self.habits.habit == "stays" else 204)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self._note(body)
        with suppress(BrokenPipeError, ConnectionResetError):
            if self.habits.token and self.headers.get("authorization") != f"Bearer {self.habits.token}":
                self._send(401, JSON, b'{"error": "invalid_token"}', {"www-authenticate": "Bearer"})
            elif not self._misbehave():
                self._behave(body)

    def _note(self, body: dict[str, Any]) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.habits.requests.append({"verb": self.command, "body": body, "headers": headers})

    def _misbehave(self) -> bool:
        """Whether that was all of the answer."""
        habit = self.habits.habit
        if habit in STATUSES:
            self._send(STATUSES[habit])
        elif habit in BODIES:
            self._send(200, *BODIES[habit])
        elif habit.startswith("redirect "):
            self._send(307, "", b"", {"location": habit.removeprefix("redirect ")})
        elif habit == "compressed":
            self._send(200, JSON, gzip.compress(b"{}" * 1000), {"content-encoding": "gzip"})
        elif habit == "silent":
            self.habits.stopped.wait(60)
        elif habit == "slow headers":
            self._drip(b"HTTP/1.1 200 OK\r\n", b"x")
        elif habit in ("slow body", "endless stream", "huge"):
            self._open(JSON if habit == "huge" else STREAM)
            piece = {"slow body": b":", "endless stream": b": alive\n\n", "huge": b" " * (1 << 20)}[habit]
            self._drip(b"", piece, 0.0 if habit == "huge" else 0.02)
        elif habit == "hangs up":
            self.connection.shutdown(SHUT_RDWR)
            self.close_connection = True
        else:
            return False
        return True

    def _behave(self, body: dict[str, Any]) -> None:
        method, number = body.get("method"), body.get("id")
        modern = self._modern(body)
        if self.habits.habit in ("stateless", "locked") and not (self.habits.habit == "stateless" and modern):
            error = {"code": -32022, "message": "Unsupported protocol version: 2026-07-28 only"}
            self._send(400, JSON, json.dumps({"jsonrpc": "2.0", "id": number, "error": error}).encode())
        elif number is None or method is None:
            self._send(202)
        elif method == "initialize":
            more = {} if self.habits.habit == "no session" else {"Mcp-Session-Id": SESSION}
            result = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "fake"}}
            self._answer(number, {"result": result}, more)
        elif self.habits.habit == "forgets":
            self._send(404)
        elif self.habits.habit == "refuses":
            self._answer(number, {"error": {"code": -32000, "message": "not\x1b[31m today"}})
        else:
            self._answer(number, {"result": self._page(body)})

    def _page(self, body: dict[str, Any]) -> dict[str, Any]:
        tools = self.habits.tools
        if self.habits.habit == "echoes":
            tools = [{**tools[0], "description": self.headers["authorization"]}]
        start = int(body["params"].get("cursor", 0))
        page: dict[str, Any] = {"tools": tools[start : start + PAGE]}
        if start + PAGE < len(tools) or self.habits.habit in ("circle", "endless pages"):
            page["nextCursor"] = "0" if self.habits.habit == "circle" else str(start + PAGE)
        return page

    def _modern(self, body: dict[str, Any]) -> bool:
        """As of MCP 2026-07-28: each request says its version and method, and nobody speaks of sessions."""
        said = body.get("params", {}).get("_meta", {}).get("io.modelcontextprotocol/protocolVersion")
        headers = self.headers.get("mcp-protocol-version"), self.headers.get("mcp-method")
        return (said, *headers) == (
            "2026-07-28",
            "2026-07-28",
            body.get("method"),
        ) and "mcp-session-id" not in self.headers

    def _answer(self, number: int, answer: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        message = {"jsonrpc": "2.0", "id": number, **answer}
        if not self.habits.stream:
            self._send(200, JSON, json.dumps(message).encode(), headers)
            return
        self._open("Text/Event-Stream; charset=utf-8", headers)
        told = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "hello"}}
        asked = {"jsonrpc": "2.0", "id": "from-the-server", "method": "ping"}
        sampling = {"jsonrpc": "2.0", "id": "more", "method": "sampling/createMessage", "params": {}}
        events = [": hello", "id: 1\r\ndata:", "event: endpoint\r\ndata: /old"]
        events += [f"event: message\r\ndata: {json.dumps(one)}" for one in (told, asked, sampling, message)]
        for event in events:
            self._chunk(f"{event}\r\n\r\n".encode())
        if self.habits.habit == "stays":  # a stream should end with the answer; this one does not
            self._drip(b"", b": alive\n\n", 0.02)
        self._chunk(b"")

    def _send(self, status: int, media: str = "", body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**({"content-type": media} if media else {}), **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _open(self, media: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(200)
        for name, value in {"content-type": media, "transfer-encoding": "chunked", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
        self.wfile.flush()

    def _drip(self, first: bytes, piece: bytes, pause: float = 0.02) -> None:
        """The same piece over and over, until the server stops or nobody listens."""
        self.wfile.write(first)
        while not self.habits.stopped.is_set():
            if first:
                self.wfile.write(piece)
            else:
                self._chunk(piece)
            time.sleep(pause)
