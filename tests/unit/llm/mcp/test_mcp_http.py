"""A conversation with an MCP server over HTTP, which may be slow, loud, broken, or hostile."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from tests.mcp_http import SESSION, Habits, serving

from llmreg.errors import InputError, LimitError, LlmregError, NotFoundError, UsageError
from llmreg.llm.child import MAX_ANSWER_BYTES
from llmreg.llm.mcp.eventstream import messages
from llmreg.llm.mcp.listing import HttpServer, facts_of, tools_of

NAMES = ("alpha", "beta", "gamma", "delta", "epsilon")
TOOLS: list[dict[str, Any]] = [{"name": name, "inputSchema": {"type": "object"}} for name in reversed(NAMES)]
TOKEN = "t0ken-0123456789abcdef"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that nobody answers at: what is meant for this machine must not go there."""
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")


def habits(habit: str = "", **more: Any) -> Habits:
    return Habits(TOOLS, habit, **more)


def asked(server: Habits, seconds: float = 20.0, token: str = "") -> tuple[str, ...]:
    source = HttpServer(server.url, token, "MCP_TOKEN" if token else "", seconds)
    return tuple(tool.name for tool in tools_of(source))


@pytest.mark.parametrize("stream", [False, True], ids=["json", "stream"])
@pytest.mark.parametrize("habit", ["", "stateless", "no session", "stays"])
def test_every_page_is_read_and_no_tool_is_called(habit: str, stream: bool) -> None:
    with serving(habits(habit, stream=stream)) as server:
        assert asked(server) == tuple(sorted(NAMES))
    called = [one["body"]["method"] for one in server.requests if "method" in one["body"]]
    assert set(called) <= {"initialize", "notifications/initialized", "tools/list"}
    assert called.count("tools/list") == 3


def test_a_session_is_kept_and_left() -> None:
    with serving(habits()) as server:
        asked(server)
    (first,), (told,), pages, (last,) = map(
        server.said, ("initialize", "notifications/initialized", "tools/list", "DELETE")
    )
    assert first["accept"] == "application/json, text/event-stream"
    assert "mcp-session-id" not in first
    assert "mcp-protocol-version" not in first
    assert "authorization" not in first
    for headers in (told, *pages, last):
        assert (headers["mcp-session-id"], headers["mcp-protocol-version"]) == (SESSION, "2025-06-18")


def test_a_server_without_sessions_is_not_asked_to_end_one() -> None:
    for habit in ("no session", "stateless"):
        with serving(habits(habit)) as server:
            asked(server)
        assert not server.said("DELETE")


def test_what_a_server_asks_is_answered_unless_it_may_not_ask() -> None:
    with serving(habits("no session", stream=True)) as server:
        asked(server)
    answers = [one["body"] for one in server.requests if "method" not in one["body"]]
    assert {"jsonrpc": "2.0", "id": "from-the-server", "result": {}} in answers
    assert {one["error"]["code"] for one in answers if one["id"] == "more"} == {-32601}
    with serving(habits("stateless", stream=True)) as server:
        asked(server)
    assert all("method" in one["body"] for one in server.requests)


@pytest.mark.parametrize(
    ("habit", "kind", "message"),
    [
        ("400", InputError, "refuses initialize: status 400, without a reason"),
        ("401", InputError, "wants to know who asks .status 401"),
        ("403", InputError, "wants to know who asks .status 403"),
        ("404", InputError, "answers initialize with status 404"),
        ("405", InputError, "answers initialize with status 405"),
        ("429", InputError, "answers initialize with status 429"),
        ("304", InputError, "answers initialize with status 304"),
        ("redirect http://a:b", NotFoundError, "no answer from .*location"),
        ("500", InputError, "answers initialize with status 500"),
        ("202", InputError, "is of no type"),
        ("web page", InputError, "is of type text/html, neither JSON nor a stream of events"),
        ("no type", InputError, "is of no type"),
        ("no json", InputError, "its answer to initialize is not JSON"),
        ("not utf-8", InputError, "its answer to initialize is starts with a byte order mark"),
        ("too deep", LimitError, "deep"),
        ("a list", InputError, "is no JSON-RPC message"),
        ("a number", InputError, "is no JSON-RPC message"),
        ("null", InputError, "is no JSON-RPC message"),
        ("other id", InputError, "ended its answer to initialize before there was one"),
        ("no result", InputError, "its answer to initialize has no result"),
        ("wrong version", InputError, "its version of the protocol is 1 "),
        ("no message", InputError, "its answer to initialize is not JSON"),
        ("cut off", InputError, "ended its answer to initialize before there was one"),
        ("silent stream", InputError, "ended its answer to initialize before there was one"),
        ("compressed", InputError, "is compressed .gzip., which nobody asked for"),
        ("huge", LimitError, f"more than {MAX_ANSWER_BYTES >> 20} MiB"),
        ("hangs up", NotFoundError, "no answer from"),
        ("circle", InputError, "goes round in a circle"),
        ("locked", InputError, "refuses initialize: Unsupported protocol version: 2026-07-28 only"),
        ("refuses", InputError, r"refuses tools/list: not \[31m today"),
        ("forgets", InputError, "answers tools/list with status 404"),
    ],
)
def test_a_server_that_misbehaves(habit: str, kind: type[LlmregError], message: str) -> None:
    with serving(habits(habit)) as server, pytest.raises(kind, match=message) as raised:
        asked(server)
    assert server.url in raised.value.message
    assert raised.value.message.isprintable()


def test_a_list_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmreg.llm.mcp.conversation._MAX_PAGES", 20)
    with serving(habits("endless pages")) as server, pytest.raises(LimitError, match="on more than 20 pages"):
        asked(server)


@pytest.mark.parametrize("habit", ["silent", "slow headers", "slow body", "endless stream"])
def test_a_server_that_takes_its_time(habit: str) -> None:
    with serving(habits(habit)) as server, pytest.raises(LimitError, match=r"did not answer within 0\.3 s"):
        asked(server, seconds=0.3)


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("https://login.example.com/sso?state=abc#x", "redirects to https://login.example.com/sso,"),
        ("https://ada:pw@evil.example/", "redirects to https://evil.example/,"),
        ("/elsewhere", "redirects to http://127.0.0.1:[0-9]+/elsewhere,"),
        ("http://169.254.169.254/latest", "redirects to http://169.254.169.254/latest,"),
    ],
)
def test_a_redirect_is_told_and_not_followed(target: str, told: str) -> None:
    with serving(habits(f"redirect {target}")) as server, pytest.raises(InputError, match=told) as raised:
        asked(server, token=TOKEN)
    assert len(server.requests) == 1
    assert TOKEN not in f"{raised.value.message}{raised.value.hint}"


def test_a_token_is_sent_and_never_repeated() -> None:
    with serving(habits(token=TOKEN)) as server:
        assert asked(server, token=TOKEN) == tuple(sorted(NAMES))
        with pytest.raises(InputError, match="wants to know who asks") as nobody:
            asked(server)
        with pytest.raises(InputError, match=r"does not take the token of MCP_TOKEN \(status 401"):
            asked(server, token="something-else")
    assert "--token-env" in str(nobody.value.hint)
    assert TOKEN not in repr(HttpServer(server.url, TOKEN, "MCP_TOKEN"))
    with serving(habits("echoes")) as server, pytest.raises(InputError, match="repeats the token of MCP_TOKEN") as echo:
        asked(server, token=TOKEN)
    assert TOKEN not in echo.value.message


@pytest.mark.parametrize("token", ["two words", "line\nbreak-and-more", "pässword", "Bearer x", "=", "a=b"])
def test_what_is_no_token_is_not_sent(token: str) -> None:
    with serving(habits()) as server, pytest.raises(UsageError, match="MCP_TOKEN holds no bearer token") as raised:
        asked(server, token=token)
    assert not server.requests
    assert token not in raised.value.message


SECRET = "sk-0123456789abcdef"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mcp.example.com",
        "//mcp.example.com",
        "https://",
        "https://a..b/mcp",
        "https://example.com:99999/mcp",
        "https://[::1",
        f"ftp://example.com/{SECRET}",
        f"file:///{SECRET}",
        f"https://ada:{SECRET}@example.com/mcp",
        f"https://{SECRET}@example.com/mcp",
        f"http://example.com/{SECRET}",
        f"http://127.0.0.1.example.com/{SECRET}",
        f"http://localhost.example.com/{SECRET}",
        f"http://127.1/{SECRET}",
        f"http://0.0.0.0/{SECRET}",
        f"http://10.0.0.1/{SECRET}",
        f"https://example.com/\x00?{SECRET}",
    ],
)
def test_an_address_that_nobody_is_asked_at(url: str) -> None:
    for call in (tools_of, facts_of):
        with pytest.raises(UsageError) as raised:
            call(HttpServer(url))
        assert SECRET not in f"{raised.value.message}{raised.value.hint}"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        (f"https://mcp.example.com/mcp?key={SECRET}#{SECRET}", "https://mcp.example.com/mcp"),
        (f"https://mcp.example.com:8443/s/{SECRET}/mcp", "https://mcp.example.com:8443/s/…/mcp"),
        ("https://MCP.example.com", "https://mcp.example.com/"),
        ("https://ex\u00e4mple.com/a%2Fb", "https://xn--exmple-cua.com/a%2Fb"),
        ("http://localhost:8000/mcp", "http://localhost:8000/mcp"),
        ("http://127.8.8.8/mcp", "http://127.8.8.8/mcp"),
        ("http://[::1]:8000/mcp", "http://[::1]:8000/mcp"),
    ],
)
def test_what_is_kept_of_an_address(url: str, kept: str) -> None:
    assert facts_of(HttpServer(url)) == {"mcp-server": kept}


def test_nobody_there() -> None:
    with serving(habits()) as server:
        pass
    with pytest.raises(NotFoundError, match=r"no answer from http://127\.0\.0\.1:[0-9]+/mcp: "):
        asked(server)


def test_a_proxy_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "nonsense://user:pw@proxy")
    with pytest.raises(UsageError, match="proxy or certificates cannot be used") as raised:
        tools_of(HttpServer("https://mcp.example.com/mcp"))
    assert "pw" not in raised.value.message


def test_without_httpx(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmreg.llm.mcp.listing.find_spec", lambda name: None)
    with pytest.raises(UsageError, match="--url needs httpx") as raised:
        tools_of(HttpServer("https://mcp.example.com/mcp"))
    assert raised.value.hint == "pip install 'llmreg[client]'"


STREAM = (
    b': hi\r\nevent: message\r\ndata: {"a":1}\r\n\r\ndata: x\rdata:y\r\revent: ping\ndata: no\n\n'
    b"id: 3\ndata:\n\ndata: \xe2\x80\xa8\n\ndata: cut"
)


def test_events_are_read_however_they_are_cut() -> None:
    for size in range(1, len(STREAM) + 1):
        pieces: Iterator[bytes] = (STREAM[at : at + size] for at in range(0, len(STREAM), size))
        found = list(messages(itertools.chain(pieces, [b""])))
        assert found == [b'{"a":1}', b"x\ny", b"\xe2\x80\xa8"]
