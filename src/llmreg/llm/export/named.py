"""From the name of a schema to its export: what `export-tool` and `decode` both begin with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from llmreg.compat.schemas import Schemas
from llmreg.llm import loading
from llmreg.llm.export.export import Export, ExportOptions, export_schema
from llmreg.llm.loading import Loaded
from llmreg.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Source:
    """`target`: `SUBJECT@RANGE`, or a schema file below `start`; `rev`: a revision instead of the work tree."""

    start: Path
    target: str
    rev: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


def exported(source: Source, options: ExportOptions, read: Callable[[str], bytes]) -> tuple[Export, Loaded]:
    """The export and the schema that it is of. Raises LlmregError."""
    loaded = load(source, read)
    chosen = options if options.description is not None else replace(options, description=_about(loaded))
    return export_schema(loaded.document, chosen, source=_label(loaded), resources=loaded.resources), loaded


def load(source: Source, read: Callable[[str], bytes]) -> Loaded:
    """A registered version, or a loose file. Raises NotFoundError, InputError."""
    file = source.start / source.target
    if file.is_file():
        workspace = Workspace.around(source.start, source.environment)
        if workspace is None:
            return loading.from_file(source.target, read(str(file)))
        with workspace:
            view = workspace.head(source.rev)
            return loading.from_file(source.target, read(str(file)), Schemas(view).resolve("json"))
    with Workspace.open(source.start, source.environment) as workspace:
        return loading.from_registry(workspace.head(source.rev), source.target)


def _label(loaded: Loaded) -> str:
    """A loose file is called by its name without extension."""
    return loaded.name if loaded.editable else loaded.label


def _about(loaded: Loaded) -> str | None:
    said = loaded.document.get("description") if isinstance(loaded.document, dict) else None
    return said if isinstance(said, str) else loaded.description
