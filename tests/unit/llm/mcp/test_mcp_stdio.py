"""A conversation with an MCP server, which may be slow, loud, broken, or hostile."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest

from llmreg.errors import InputError, LimitError, LlmregError, NotFoundError, UsageError
from llmreg.llm.child import MAX_ANSWER_BYTES
from llmreg.llm.mcp.listing import ServerCommand, tools_of

SERVER = Path(__file__).parents[3] / "mcp_server.py"
NAMES = ("alpha", "beta", "gamma", "delta", "epsilon")


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """The server's list, out of order, on three pages."""
    listed = [{"name": name, "inputSchema": {"type": "object"}} for name in reversed(NAMES)]
    file = tmp_path / "tools.json"
    file.write_text(json.dumps({"tools": listed}))
    return file


def server(file: Path, habit: str = "", seconds: float = 20.0, passed: tuple[str, ...] = ()) -> ServerCommand:
    return ServerCommand((sys.executable, str(SERVER), str(file), habit), dict(os.environ), passed, seconds)


@pytest.mark.parametrize("habit", ["", "flood", "stateless"])
def test_every_page_is_read_and_no_tool_is_called(tools: Path, habit: str) -> None:
    assert [tool.name for tool in tools_of(server(tools, habit))] == sorted(NAMES)
    assert not (tools.parent / "called").exists()


@pytest.mark.parametrize(
    ("habit", "seconds", "kind", "message"),
    [
        ("silent", 0.5, LimitError, "did not answer within 0.5 s"),
        ("huge", 20.0, LimitError, f"more than {MAX_ANSWER_BYTES >> 20} MiB"),
        ("garbage", 20.0, InputError, "'Server listening on port 3000' to standard output"),
        ("exits", 20.0, InputError, "ended with status 7 before it answered initialize"),
        ("circle", 20.0, InputError, "goes round in a circle"),
        ("locked", 20.0, InputError, "refuses initialize: Unsupported protocol version: 2026-07-28 only"),
        ("refuses", 20.0, InputError, "refuses tools/list: not today"),
    ],
)
def test_a_server_that_misbehaves(
    tools: Path, habit: str, seconds: float, kind: type[LlmregError], message: str
) -> None:
    with pytest.raises(kind, match=message.replace("/", ".")) as raised:
        tools_of(server(tools, habit, seconds))
    if habit == "exits":
        assert raised.value.hint == "it said: no token"


def test_what_a_server_starts_ends_with_it(tools: Path) -> None:
    assert tools_of(server(tools, "children"))
    pid = int((tools.parent / "child.pid").read_text())
    for _ in range(200):
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.02)
    pytest.fail("the server's child outlived it")


def test_the_environment_is_an_allow_list(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "s3cret")
    monkeypatch.setenv("WANTED", "yes")
    tools_of(server(tools, "environment", passed=("WANTED",)))
    seen = json.loads((tools.parent / "environment.json").read_text())
    assert "SECRET_TOKEN" not in seen
    assert seen["WANTED"] == "yes"
    with pytest.raises(UsageError, match="the environment has no MISSING"):
        tools_of(server(tools, passed=("MISSING",)))


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(NotFoundError, match="cannot run 'no-such-server'"):
        tools_of(ServerCommand(("no-such-server",), dict(os.environ)))
    with pytest.raises(UsageError):
        tools_of(ServerCommand(()))
