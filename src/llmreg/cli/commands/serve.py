"""`llmreg serve`: an exported index over HTTP, read-only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """Examples:

\b
  llmreg export --out build && llmreg serve --index build
  llmreg serve --index build --host 0.0.0.0 --port 80 --workers 4
"""


def run(
    index: Annotated[Path, typer.Option("--index", metavar="DIR", help="What llmreg export --out DIR wrote.")],
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 8080,
    workers: Annotated[int, typer.Option("--workers", min=1, max=256, help="How many processes answer.")] = 1,
) -> int:
    """Answer from an index: REST, Schema Registry clients, pages. It can never write.

    A new export into the same directory is taken without dropping a request; a broken one is not taken, and
    /health/ready says so. Ends when it gets SIGTERM or SIGINT, after the requests that it is answering.
    Exit status: 0, or 2 when there is no index or the address is taken.
    """
    from llmreg.cli.console import emit
    from llmreg.server.options import ServerOptions
    from llmreg.server.process import serve

    return serve(ServerOptions(index.absolute(), host, port, workers), emit)
