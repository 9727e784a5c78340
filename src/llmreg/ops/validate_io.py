"""`validate-io`: what an application sends and what a model answers, against one binding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from llmreg.compat.schemas import Schemas
from llmreg.errors import DocumentError, UsageError, naming
from llmreg.llm.bindings.inference import Inference, InferenceValidator
from llmreg.llm.bindings.resolve import resolve
from llmreg.model.record import dataclass, field
from llmreg.store.bindings import load_binding
from llmreg.store.documents import read_documents
from llmreg.store.workspace import Workspace

ReadInput = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class ValidateIoRequest:
    """`input`, `output`: files of one document each, `-` for standard input; None leaves that side out."""

    start: Path
    binding: str
    input: str | None = None
    output: str | None = None
    revision: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


def validate_io(request: ValidateIoRequest, read: ReadInput) -> Inference:
    """Two reports. Raises NotFoundError for the binding and its versions, UsageError where nothing is to be judged,
    DocumentError for a file that holds no single document."""
    if request.input is None and request.output is None:
        raise UsageError("nothing to validate", hint="name a file with --input, --output, or both")
    with Workspace.open(request.start, request.environment) as workspace:
        view = workspace.head(request.revision)
        validator = InferenceValidator(resolve(load_binding(view.snapshot, request.binding), Schemas(view)))
        documents = {
            role: _document(name, read)
            for role, name in (("input", request.input), ("output", request.output))
            if name is not None
        }
        return validator.validate_inference(**documents)


def _document(name: str, read: ReadInput) -> Any:
    shown = "standard input" if name == "-" else name
    documents = list(read_documents(read(name), shown, lines=False))
    if len(documents) != 1:
        raise DocumentError(f"{shown}: {len(documents)} documents; an input or output is one")
    if documents[0].error is not None:
        with naming(shown):
            raise documents[0].error
    if documents[0].binary is not None:
        raise DocumentError(f"{shown} is binary; an input or output is JSON or YAML")
    return documents[0].value
