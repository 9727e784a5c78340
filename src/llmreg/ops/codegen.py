"""`codegen`: code from one registered version, or from a schema file's working state."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llmreg.compat.schemas import Schemas
from llmreg.compat.selector import select
from llmreg.errors import UsageError
from llmreg.formats.json.schema import JsonSchema
from llmreg.llm.codegen import generate
from llmreg.model.record import dataclass, field
from llmreg.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class CodegenRequest:
    """`target` is `SUBJECT@RANGE`; `language` one of `llm.codegen.languages()`."""

    start: Path
    target: str
    language: str
    revision: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Generated:
    """`notes`: what the language does not express, each with its place in the schema."""

    subject: str
    version: str
    language: str
    text: str
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("subject", "version", "language", "text")} | {
            "notes": list(self.notes)
        }


def codegen(request: CodegenRequest) -> Generated:
    """The same text for the same version, always. Raises LlmregError."""
    with Workspace.open(request.start, request.environment) as workspace:
        view = workspace.head(request.revision)
        subject, line = select(view, request.target)
        schema = Schemas(view).registered(subject, line.version)
        if not isinstance(schema, JsonSchema):
            raise UsageError(
                f"{subject.name} is {schema.format}; code is made from JSON Schemas",
                hint="for Protobuf use protoc, for Avro your language's own generator, on `llmreg show`'s output",
            )
        about = f"{subject.name} {line.version}, made by llmreg codegen: do not edit."
        name = subject.name.rpartition("/")[2]
        text, notes = generate(schema, request.language, name, about)
        return Generated(subject.name, str(line.version), request.language, text, notes)
