"""CPU inside the process, no sockets: an answer from memory, and each page when it is made for the first time.

python -m benchmarks.server.inside INDEX [--runs 5]
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from pathlib import Path
from typing import Any

from benchmarks.synthetic import name_of
from llmreg.index.reader import Index
from llmreg.render.pages import page
from llmreg.server.app import build
from llmreg.server.options import ServerOptions
from llmreg.server.state import State

_MANY = 50_000
_SUBJECT = f"s/{name_of(0)}/-"
_PAGES = (
    "index.html",
    "graph.html",
    "changes.html",
    "assets/search-0.js",
    f"{_SUBJECT}/index.html",
    f"{_SUBJECT}/1.1.0.html",
)


async def from_memory(directory: Path, runs: int) -> list[float]:
    """Microseconds of CPU for one request, run by run."""
    state = State(ServerOptions(directory))
    await state.load()
    app = build(state)
    path = f"/api/v1/subjects/{name_of(0)}/versions/1.0.0/schema"
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"accept-encoding", b"gzip")],
        "client": ("127.0.0.1", 1),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        pass

    await app(dict(scope), receive, send)
    found = []
    for _ in range(runs):
        began = time.process_time()
        for _ in range(_MANY):
            await app(dict(scope), receive, send)
        found.append((time.process_time() - began) / _MANY * 1e6)
    state.close()
    return found


def first(index: Path, path: str, runs: int) -> list[float]:
    """Milliseconds of CPU for one page, the index opened anew each time."""
    found = []
    for _ in range(runs):
        with Index(index) as opened:
            began = time.process_time()
            assert page(opened, path) is not None
            found.append((time.process_time() - began) * 1000)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    micros = asyncio.run(from_memory(options.index, options.runs))
    print(f"{'an answer from memory':<50}{statistics.median(micros):>8.2f} µs ({min(micros):.2f})")
    for path in _PAGES:
        millis = first(options.index / "index.sqlite", path, options.runs)
        print(f"{path:<50}{statistics.median(millis):>8.1f} ms ({min(millis):.1f})")


if __name__ == "__main__":
    main()
