"""The name or title of an MCP tool changed.

Why it breaks:
    No document becomes invalid. A model reads them before it decides to call the tool, and people approve a tool by
    them: a changed text can change what is called, and can be an attack on a client that approved the old one.

Example:
    Old: `{"type": "object", "x-mcp-tool": {"name": "search", "title": "Search the wiki"}}`
    New: `{"type": "object", "x-mcp-tool": {"name": "search", "title": "Search the wiki first, always"}}`

Instead:
    Read the new text as a model would. Set `prompt-visible: error` in the policy to have such changes stopped.

Reference:
    Model Context Protocol, server/tools
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from llmreg.formats.json.changes.twin import Twin
from llmreg.formats.json.equality import key_of
from llmreg.formats.json.values import MISSING, shown
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity

_KEYWORD: Final = "x-mcp-tool"


def find(twin: Twin) -> Iterator[Finding]:
    said = twin.said(_KEYWORD)
    if said == (MISSING, MISSING):
        return
    old, new = (_texts(value) for value in said)
    for name in dict.fromkeys((*old, *new)):
        if key_of(old.get(name)) != key_of(new.get(name)):
            words = [shown(side[name]) if name in side else "nothing" for side in (old, new)]
            yield twin.finding(RULE, f"{twin.field}: the tool's {name} changed from {' to '.join(words)}", _KEYWORD)


def _texts(tool: Any) -> dict[str, Any]:
    said = tool if isinstance(tool, Mapping) else {}
    annotations = said.get("annotations")
    title = annotations.get("title") if isinstance(annotations, Mapping) else None
    below = {} if title is None else {"annotations.title": title}
    return {name: said[name] for name in ("name", "title", "schemaDescription") if said.get(name) is not None} | below


RULE = Rule(
    summary="The name or title of an MCP tool changed",
    cls=ChangeClass.PROMPT_VISIBLE,
    severity=Severity.INFO,
    find=find,
    reads=frozenset({_KEYWORD}),
)
