"""Where a list of tools comes from: a server that is started for it or asked over HTTP, or a file that was saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from llmreg.errors import UsageError, naming
from llmreg.llm.child import Child, allowed
from llmreg.llm.mcp.stdio import ask
from llmreg.llm.mcp.tool import Tool, read_list
from llmreg.model.jsontext import MAX_DOCUMENT_BYTES, loads


@dataclass(frozen=True, slots=True)
class ServerCommand:
    """How to start a server: `environment` is the caller's, of which the server sees a short list and what `passed`
    names; `seconds` for all of the conversation."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    passed: tuple[str, ...] = ()
    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class SavedList:
    """A saved list: `name` for people."""

    data: bytes
    name: str


@dataclass(frozen=True, slots=True)
class HttpServer:
    """Where a server is asked over HTTP. `token` is sent as bearer token, `variable` is the variable that it came from;
    `seconds` for all of the conversation."""

    url: str = field(repr=False)
    token: str = field(default="", repr=False)
    variable: str = ""
    seconds: float = 30.0


ToolSource = ServerCommand | SavedList | HttpServer


def tools_of(source: ToolSource) -> tuple[Tool, ...]:
    """The tools by name. Raises LlmregError: no such program, no MCP server, no list, a schema that is none."""
    if isinstance(source, SavedList):
        return read_list(_read(source), source.name)
    if isinstance(source, HttpServer):
        return _over_http(source)
    if not source.command:
        raise UsageError("no command to start the server with")
    with Child(source.command, allowed(source.environment, source.passed), source.seconds) as child:
        return read_list(ask(child), source.command[0])


def facts_of(source: ToolSource) -> dict[str, str]:
    """What the ledger keeps of a source: the address of a server that others can ask too, without keys."""
    return {"mcp-server": _shown(source)} if isinstance(source, HttpServer) else {}


def _shown(server: HttpServer) -> str:
    _need_httpx()
    from llmreg.llm.mcp.address import read_address, shown

    return shown(read_address(server.url))


def _over_http(server: HttpServer) -> tuple[Tool, ...]:
    _need_httpx()
    from llmreg.llm.mcp.address import Access, read_address
    from llmreg.llm.mcp.http import ask

    listed = ask(read_address(server.url), Access(server.token, server.variable), server.seconds)
    return read_list(listed, _shown(server))


def _need_httpx() -> None:
    """It is in an extra: only who asks over HTTP needs it."""
    if find_spec("httpx") is None:
        raise UsageError("--url needs httpx", hint="pip install 'llmreg[client]'")


def _read(source: SavedList) -> Any:
    """The list as a JSON value; an error names the file."""
    with naming(source.name):
        return loads(source.data, max_bytes=MAX_DOCUMENT_BYTES)
