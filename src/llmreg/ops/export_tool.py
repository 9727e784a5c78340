"""`export-tool`: a registered schema as a provider's tool or response format, with a manifest of every step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from llmreg.llm.export.export import Export, ExportOptions
from llmreg.llm.export.named import Source, exported
from llmreg.llm.export.soundness import Soundness, refuse_unsound, soundness
from llmreg.model.record import dataclass, field


@dataclass(frozen=True, slots=True)
class ExportToolRequest:
    """`target`: `SUBJECT@RANGE`, or a schema file. `rev`: the registry at this revision instead of the work tree."""

    start: Path
    target: str
    options: ExportOptions
    rev: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExportToolResult:
    """The export, and whether its answers decode to documents of the schema."""

    export: Export
    soundness: Soundness

    def to_json(self) -> dict[str, Any]:
        """That of the export, and `soundness`."""
        return {**self.export.to_json(), "soundness": self.soundness.to_json()}


def export_tool(request: ExportToolRequest, read: Callable[[str], bytes]) -> ExportToolResult:
    """Project the schema, and prove or test that its answers decode.

    Raises InputError that names every loss, unless the options allow it, or that shows a fault; NotFoundError."""
    source = Source(request.start, request.target, request.rev, request.environment)
    export, loaded = exported(source, request.options, read)
    found = soundness(export, loaded.document, loaded.resources)
    refuse_unsound(found, export)
    return ExportToolResult(export, found)
