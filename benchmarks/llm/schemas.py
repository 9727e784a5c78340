"""The schemas that are measured: files that are not part of this project, and this project's own tools."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from llmreg.model.jsontext import loads

TOOLS = Path(__file__).parent.parent / "json_schema" / "tools.json"
_MAX = 1 << 26


class Named(NamedTuple):
    """One schema; `llguidance` is what its compiler said when the file was made, None where nobody asked."""

    name: str
    schema: Any
    llguidance: str | None = None


def sample(folder: Path) -> Iterator[Named]:
    """`llm/jsonschemabench-sample.jsonl`."""
    with (folder / "llm" / "jsonschemabench-sample.jsonl").open("rb") as lines:
        for line in lines:
            row = loads(line, max_bytes=_MAX, max_depth=2000)
            yield Named(row["path"], row["schema"], row["llguidance"])


def tools(folder: Path) -> Iterator[Named]:
    """Every tool schema: the project's own, the function schemas of the sample, both sides of the MCP pairs."""
    for tool in json.loads(TOOLS.read_text(encoding="utf-8")):
        yield Named(f"tools.json {tool['name']}", loads(json.dumps(tool["schema"])))
    for row in sample(folder):
        if row.name.startswith("Glaive"):
            yield row
    seen = set()
    with (folder / "jsonschema" / "mcp-version.jsonl").open("rb") as lines:
        for line in lines:
            row = loads(line, max_bytes=_MAX, max_depth=2000)
            for side in ("old", "new"):
                text = json.dumps(row[side], default=str)
                if isinstance(row[side], dict) and text not in seen:
                    seen.add(text)
                    yield Named(f"mcp-version {row['id']} {side}", row[side])
