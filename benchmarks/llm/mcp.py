"""Each `mcp-tool@REVISION` profile beside the `Tool` of the JSON Schema that MCP publishes for that revision.

python -m benchmarks.llm.mcp CORPORA [--verbose]

Every schema of the sample, every tool schema, and small defects put into each of those, as a tool's `inputSchema`. The
profile refuses where a finding is an error, or where the schema is none; the published definition where the jsonschema
package says so. Where only the profile refuses, the rule must be one that the text of the specification states beside
its schema; every other difference is a fault.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema

from benchmarks.llm.schemas import Named, sample, tools
from llmreg.errors import LlmregError
from llmreg.formats import catalogue
from llmreg.formats.interface import Source
from llmreg.llm.profiles import catalogue as profiles
from llmreg.llm.profiles.engine import lint_schema
from llmreg.llm.profiles.profile import Profile
from llmreg.model.finding import Severity
from llmreg.model.jsontext import dumps, loads, plain

REVISIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28")
PROSE = ("mcp_tool_reference_unresolved", "mcp_tool_header_unfit")  # the newest states them in words, beside its schema
INVALID = "no JSON Schema"
DEFECTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("no type", {"type": None}),
    ("type array", {"type": "array"}),
    ("a list of types", {"type": ["object"]}),
    ("a boolean property", {"properties": {"a": True}}),
    ("required is a text", {"required": "a"}),
    ("a number in required", {"required": ["a", 1]}),
    ("properties is a list", {"properties": ["a"]}),
    ("$schema is a number", {"$schema": 7}),
    ("a combination at the root", {"type": "object", "anyOf": [{"required": ["a"]}]}),
    ("a reference that leads out", {"properties": {"a": {"$ref": "https://example.org/a.json"}}}),
    ("two headers of one name", {"properties": {name: {"type": "string", "x-mcp-header": "K"} for name in "ab"}}),
)


def main() -> int:
    """Print one line per revision; 1 where a difference is not explained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    sys.setrecursionlimit(10_000)
    published = dict(_published(arguments.corpora))
    rows = [*sample(arguments.corpora), *(row for named in tools(arguments.corpora) for row in _with_defects(named))]
    parsed = [_parses(row.schema) for row in rows]
    print(f"{len(rows)} tool definitions")
    faults: list[str] = []
    for revision in REVISIONS:
        validator = jsonschema.Draft202012Validator(published[revision])
        profile = profiles.get(f"mcp-tool@{revision}")
        counts: Counter[str] = Counter()
        for row, readable in zip(rows, parsed, strict=True):
            ours = _ours(row.schema, profile) if readable else {INVALID}
            theirs = validator.is_valid({"name": "tool", "inputSchema": plain(row.schema)})
            kind = _kind(ours, theirs, PROSE if revision == REVISIONS[-1] else ())
            counts[kind] += 1
            if kind.startswith("only"):
                faults.append(f"{revision} {row.name}: {kind}, {sorted(ours)}")
        print(f"{revision}: {dict(sorted(counts.items()))}")
    print(f"\n{len(faults)} differences not explained", *(faults if arguments.verbose else faults[:20]), sep="\n")
    return 1 if faults else 0


def _published(folder: Path) -> Iterator[tuple[str, Any]]:
    """The published definition of `Tool` by revision, out of the answers to `tools/list`."""
    with (folder / "jsonschema" / "mcp-version.jsonl").open("rb") as lines:
        for line in lines:
            row = json.loads(line)
            name, _, revisions = row["id"].partition(":")
            if name == "ListToolsResult":
                for revision, side in zip(revisions.split("->"), ("old", "new"), strict=True):
                    word = "definitions" if "definitions" in row[side] else "$defs"
                    yield revision, {"$ref": f"#/{word}/Tool", word: row[side][word]}


def _with_defects(row: Named) -> Iterator[Named]:
    yield row
    if not isinstance(row.schema, dict):
        return
    for name, change in DEFECTS:
        changed = loads(dumps({**row.schema, **change}))
        yield Named(f"{row.name}, {name}", {key: value for key, value in changed.items() if value is not None})


def _parses(schema: Any) -> bool:
    try:
        catalogue.get("json").parse(Source(dumps(schema).encode(), strict=False))
    except LlmregError:
        return False
    return True


def _ours(schema: Any, profile: Profile) -> set[str]:
    return {item.rule for item in lint_schema(schema, profile, name="tool") if item.severity is Severity.ERROR}


def _kind(ours: set[str], theirs: bool, prose: tuple[str, ...]) -> str:
    if theirs != bool(ours):
        return "both accept" if theirs else "both refuse"
    if not theirs:
        return "only the published schema refuses"
    if INVALID in ours:
        return "explained: no JSON Schema, which the published one does not look into"
    return f"explained: {min(ours)}" if ours <= set(prose) else "only the profile refuses"


if __name__ == "__main__":
    raise SystemExit(main())
