"""`export-mcp`: the registered tools of a server as one list, in an order that depends on nothing but their names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llmreg.errors import NotFoundError
from llmreg.llm.mcp.lock import Lock
from llmreg.model.record import dataclass, field
from llmreg.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ExportMcpRequest:
    """`revision`: the registry at a commit, branch or tag instead of the work tree."""

    start: Path
    name: str
    revision: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


def export_mcp(request: ExportMcpRequest) -> dict[str, Any]:
    """`{"tools": […]}` as a server answers `tools/list`, from the latest versions that are not retired.

    Raises NotFoundError where no tool is locked under the name."""
    with Workspace.open(request.start, request.environment) as workspace:
        tools = Lock(workspace.head(request.revision), request.name).definitions()
    if not tools:
        raise NotFoundError(f"no tool is locked below {request.name}", hint=f"llmreg lock-mcp {request.name} …")
    return {"tools": tools}
