"""What the commands for MCP share: a server's command line or address, or the file of a saved list."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

from llmreg.cli.declare import Argument, Option

if TYPE_CHECKING:
    from llmreg.llm.mcp.listing import ToolSource

ServerName = Annotated[str, Argument(metavar="NAME", help="The server's tools are subjects below this name.")]
CommandLine = Annotated[
    list[str] | None, Argument(metavar="[-- COMMAND…]", help="How to start the server; it speaks over stdio.")
]
FromOption = Annotated[
    str | None, Option("--from", metavar="FILE|-", help="Read a saved list of tools instead of asking a server.")
]
UrlOption = Annotated[
    str | None, Option("--url", metavar="URL", help="Ask the server at this address over HTTP; needs llmreg[client].")
]
TokenOption = Annotated[
    str | None, Option("--token-env", metavar="NAME", help="With --url: send this variable's value as bearer token.")
]
EnvOption = Annotated[
    list[str] | None, Option("--env", metavar="NAME", help="Let the server see this variable; repeatable.")
]
TimeoutOption = Annotated[
    float, Option("--timeout", metavar="SECONDS", min=0.1, max=600, help="Time for the server to list its tools.")
]


def tool_source(
    command: list[str] | None,
    file: str | None,
    url: str | None,
    *,
    passed: list[str] | None,
    token: str | None,
    seconds: float,
) -> ToolSource:
    """Raises UsageError unless there is one of a command, a file and an address, and no option for another of them."""
    from llmreg.errors import UsageError
    from llmreg.llm.mcp.listing import HttpServer, SavedList, ServerCommand

    if bool(command) + (file is not None) + (url is not None) != 1:
        raise UsageError(
            "give one of -- COMMAND…, --url URL and --from FILE",
            hint="llmreg lock-mcp tools/wiki -- python server.py",
        )
    if passed and not command:
        raise UsageError("--env is for a server that is started: -- COMMAND…")
    if token is not None and url is None:
        raise UsageError("--token-env is for a server that is asked over HTTP: --url URL")
    if url is not None:
        return HttpServer(url, _secret(token) if token else "", token or "", seconds)
    if file is not None:
        from llmreg.cli.files import read_input

        return SavedList(read_input(file), "standard input" if file == "-" else file)
    return ServerCommand(tuple(command or ()), dict(os.environ), tuple(passed or ()), seconds)


def _secret(name: str) -> str:
    """Raises UsageError for a variable that is not set, or empty."""
    from llmreg.errors import UsageError

    value = os.environ.get(name, "")
    if not value:
        raise UsageError(f"the environment has no {name}", hint=f"export {name}=…, or leave --token-env out")
    return value
