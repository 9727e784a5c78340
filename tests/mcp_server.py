"""An MCP server over stdio that lists the tools of a JSON file; a second argument makes it misbehave."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

PAGE = 2


def main(file: str, habit: str = "") -> None:
    tools = json.loads(Path(file).read_text())["tools"]
    before(habit)
    for line in sys.stdin:
        request = json.loads(line)
        if habit in ("stateless", "locked") and not (habit == "stateless" and stateless(request)):
            error = {"code": -32022, "message": "Unsupported protocol version: 2026-07-28 only"}
            say({"jsonrpc": "2.0", "id": request.get("id"), "error": error})
        elif request.get("method") == "initialize":
            result = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "fake"}}
            say({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "hello"}})
            say({"jsonrpc": "2.0", "id": "from-the-server", "method": "ping"})
            say({"jsonrpc": "2.0", "id": request["id"], "result": result})
        elif request.get("method") == "tools/list":
            if habit == "refuses":
                say({"jsonrpc": "2.0", "id": request["id"], "error": {"code": -32000, "message": "not today"}})
                continue
            start = int(request["params"].get("cursor", 0))
            page = {"tools": tools[start : start + PAGE]}
            if start + PAGE < len(tools) or habit == "circle":
                page["nextCursor"] = "0" if habit == "circle" else str(start + PAGE)
            say({"jsonrpc": "2.0", "id": request["id"], "result": page})
        elif request.get("method") == "tools/call":
            Path(file).with_name("called").touch()


def stateless(request: dict[str, dict[str, dict[str, str]]]) -> bool:
    """Whether the request says its version itself, as of MCP 2026-07-28."""
    said = request.get("params", {}).get("_meta", {})
    return said.get("io.modelcontextprotocol/protocolVersion") == "2026-07-28"


def before(habit: str) -> None:
    """What it does before it reads its first request."""
    match habit:
        case "silent":
            time.sleep(600)
        case "garbage":
            print("Server listening on port 3000", flush=True)
        case "huge":
            for piece in flood():
                sys.stdout.write(piece)
        case "flood":
            for piece, _ in zip(flood(), range(200), strict=False):
                sys.stderr.write(piece)
            sys.stderr.write("\nthe last words\n")
        case "exits":
            print("no token", file=sys.stderr)
            raise SystemExit(7)
        case "children":
            child = subprocess.Popen(["sleep", "600"])
            Path(sys.argv[1]).with_name("child.pid").write_text(str(child.pid))
        case "environment":
            Path(sys.argv[1]).with_name("environment.json").write_text(json.dumps(dict(os.environ)))


def flood() -> Iterator[str]:
    while True:
        yield "x" * (1 << 16)


def say(message: dict[str, object]) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
