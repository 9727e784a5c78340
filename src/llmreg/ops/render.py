"""`render`: the text or the messages of a prompt for given variables, which are validated first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from llmreg.compat.schemas import Schemas
from llmreg.compat.selector import select
from llmreg.errors import DocumentError, LimitError, UsageError, naming
from llmreg.formats import catalogue
from llmreg.formats.prompt.sandbox import render as render_in_sandbox
from llmreg.formats.prompt.schema import PromptSchema
from llmreg.formats.prompt.validate import told
from llmreg.llm.prompts.callers import in_force
from llmreg.llm.prompts.registry import Prompts
from llmreg.model.problem import Problem
from llmreg.model.record import dataclass, field
from llmreg.store.documents import read_documents
from llmreg.store.invariants import drift
from llmreg.store.workspace import Workspace

ReadInput = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """`target` is `SUBJECT@RANGE`, `data` a file of one JSON or YAML document, `-` for standard input."""

    start: Path
    target: str
    data: str = "-"
    revision: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RenderResult:
    """`messages` are (role, text); role None for a prompt that is one text. `errors`: why there are none.

    `variables` is the version that the data was validated against, where the prompt names one."""

    prompt: str
    variables: str | None
    messages: tuple[tuple[str | None, str], ...] = ()
    errors: tuple[Problem, ...] = ()

    @property
    def chat(self) -> list[dict[str, Any]]:
        return [{"role": role, "content": text} for role, text in self.messages]

    def to_json(self) -> dict[str, Any]:
        """`messages` for a chat prompt, `text` for any other."""
        fields: dict[str, Any] = {"prompt": self.prompt, "variables": self.variables}
        if not self.errors:
            one = self.messages[0][0] is None
            fields |= {"text": self.messages[0][1]} if one else {"messages": self.chat}
        return fields | {"errors": [error.to_json() for error in self.errors]}


def render(request: RenderRequest, read: ReadInput) -> RenderResult:
    """Raises LlmregError: no such prompt or file, data that is no JSON or YAML, a template beyond the limits."""
    with Workspace.open(request.start, request.environment) as workspace:
        view = workspace.head(request.revision)
        subject, line = select(view, request.target)
        schemas = Schemas(view)
        prompt = schemas.registered(subject, line.version)
        if not isinstance(prompt, PromptSchema):
            raise UsageError(f"{subject.name} is {prompt.format}: only a prompt can be rendered", hint="llmreg list")
        name = f"{subject.name}@{line.version}"
        wanted = in_force(subject, line.version, followed=drift.pending(subject) is not None)
        selected = Prompts(view, schemas).variables(wanted) if wanted else None
        against, variables = (selected.name, selected.schema) if selected is not None else (None, None)
    document = _document(request.data, read)
    if variables is not None:
        errors = catalogue.get(variables.format).validator(variables).problems(document)
        if errors:
            return RenderResult(name, against, errors=tuple(errors))
    elif not isinstance(document, dict):
        errors = [Problem("variables", "a prompt is rendered with a mapping of its variables")]
        return RenderResult(name, None, errors=tuple(errors))
    (answer,) = render_in_sandbox(prompt, [document])
    if answer.texts is None:
        if not answer.failed:
            raise LimitError(f"{name}: {answer.error}", hint="a prompt has 5 seconds, 512 MiB and 1 MiB of text")
        return RenderResult(name, against, errors=(Problem("render-failed", told(prompt, answer), line=answer.line),))
    roles = (message.role for message in prompt.messages)
    return RenderResult(name, against, tuple(zip(roles, answer.texts, strict=True)))


def _document(name: str, read: ReadInput) -> Any:
    shown = "standard input" if name == "-" else name
    documents = list(read_documents(read(name), shown))
    if len(documents) != 1:
        raise UsageError(f"{shown} holds {len(documents)} documents; a prompt is rendered with one")
    (document,) = documents
    if document.error is not None:
        with naming(shown):
            raise document.error
    if document.binary is not None:
        raise DocumentError(f"{shown} is neither JSON nor YAML")
    return document.value
