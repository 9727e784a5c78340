"""`export-tool`: a registered schema as a provider's tool or response format, with a manifest of every step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from llmreg.llm.export.export import Export, ExportOptions
from llmreg.llm.exporting import Source, exported


@dataclass(frozen=True, slots=True)
class ExportToolRequest:
    """`target`: `SUBJECT@RANGE`, or a schema file. `rev`: the registry at this revision instead of the work tree."""

    start: Path
    target: str
    options: ExportOptions
    rev: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


def export_tool(request: ExportToolRequest, read: Callable[[str], bytes]) -> Export:
    """Project the schema. Raises InputError that names every loss, unless the options allow it; NotFoundError."""
    source = Source(request.start, request.target, request.rev, request.environment)
    return exported(source, request.options, read)[0]
