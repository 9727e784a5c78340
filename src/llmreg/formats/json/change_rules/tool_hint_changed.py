"""What an MCP tool says about its own behaviour changed.

Why it breaks:
    No document becomes invalid. Clients read the hints to decide whether to ask a person before a call: a tool that
    begins to claim that it is read-only, not destructive, idempotent or closed to the world is asked about less. A hint
    that is not said counts with its default (not read-only, destructive, not idempotent, open world), so that writing a
    default down is no change.

Example:
    Old: `{"type": "object", "x-mcp-tool": {"name": "purge", "annotations": {"destructiveHint": true}}}`
    New: `{"type": "object", "x-mcp-tool": {"name": "purge", "annotations": {"destructiveHint": false}}}`

Instead:
    Hints are claims, not proofs: find out why the server changed its mind before a client is allowed to skip the
    question.

Reference:
    Model Context Protocol, schema.ts, ToolAnnotations
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from llmreg.formats.json.changes.twin import Twin
from llmreg.formats.json.equality import key_of
from llmreg.formats.json.values import MISSING, shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity
from llmreg.model.record import replace

_KEYWORD: Final = "x-mcp-tool"
_DEFAULTS: Final = {"readOnlyHint": False, "destructiveHint": True, "idempotentHint": False, "openWorldHint": True}
_READS: Final = "readOnlyHint"
_ONLY_FOR_WRITERS: Final = frozenset(
    {"destructiveHint", "idempotentHint"}
)  # said of a read-only tool, they mean nothing
_TEXTS: Final = frozenset({"name", "title", "schemaDescription"})  # told by `tool_text_changed`


def find(twin: Twin) -> Iterator[Finding]:
    said = twin.said(_KEYWORD)
    if said == (MISSING, MISSING):
        return
    old, new = (_facts(value) for value in said)
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name), new.get(name)
        if key_of(before) == key_of(after) or (name in _ONLY_FOR_WRITERS and (old[_READS] or new[_READS])):
            continue
        finding = twin.finding(RULE, f"{twin.field}: the tool's {name} changed {_way(before, after)}", _KEYWORD)
        yield replace(finding, severity=Severity.WARN) if _weakens(name, after) else finding


def _facts(tool: Any) -> dict[str, Any]:
    """Every hint with its effective value, then whatever else the tool says of itself, but no text."""
    said = tool if isinstance(tool, Mapping) else {}
    annotations = said.get("annotations")
    annotations = annotations if isinstance(annotations, Mapping) else {}
    hints = {
        name: annotations[name] if isinstance(annotations.get(name), bool) else default
        for name, default in _DEFAULTS.items()
    }
    others = {f"annotations.{name}": value for name, value in annotations.items() if name not in {*_DEFAULTS, "title"}}
    rest = {name: value for name, value in said.items() if name not in _TEXTS | {"annotations"}}
    return hints | others | rest


def _weakens(name: str, after: Any) -> bool:
    """Whether a client that believes the hint now asks less than before."""
    return name in _DEFAULTS and after is not _DEFAULTS[name]


def _way(before: Any, after: Any) -> str:
    if before is None:
        return f"and is now {shown(after)}"
    return f"from {shown(before)} to nothing" if after is None else f"from {shown(before)} to {shown(after)}"


RULE = Rule(
    summary="What an MCP tool says about its own behaviour changed",
    cls=ChangeClass.HINT,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({_KEYWORD}),
)
