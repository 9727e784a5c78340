"""What the commands for MCP share: a server's command line, or the file of a saved list."""

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
EnvOption = Annotated[
    list[str] | None, Option("--env", metavar="NAME", help="Let the server see this variable; repeatable.")
]
TimeoutOption = Annotated[
    float, Option("--timeout", metavar="SECONDS", min=0.1, max=600, help="Time for the server to list its tools.")
]


def tool_source(command: list[str] | None, file: str | None, passed: list[str] | None, seconds: float) -> ToolSource:
    """Raises UsageError unless there is either a command or a file."""
    from llmreg.cli.files import read_input
    from llmreg.errors import UsageError
    from llmreg.llm.mcp.listing import SavedList, ServerCommand

    if bool(command) == (file is not None):
        raise UsageError(
            "give either -- COMMAND… or --from FILE", hint="llmreg lock-mcp tools/wiki -- python server.py"
        )
    if file is not None:
        return SavedList(read_input(file), "standard input" if file == "-" else file)
    return ServerCommand(tuple(command or ()), dict(os.environ), tuple(passed or ()), seconds)
