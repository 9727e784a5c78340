"""A document is valid under a prompt when it renders without an error, in the child process."""

from __future__ import annotations

from typing import Any

from llmreg.errors import LimitError, UsageError
from llmreg.formats.prompt.sandbox import Rendered, render
from llmreg.formats.prompt.schema import PromptSchema
from llmreg.model.problem import Problem


class PromptValidator:
    """Meets `formats.interface.Validator`."""

    def __init__(self, schema: PromptSchema, *, strict: bool = False) -> None:
        self._schema = schema
        self._strict = strict or schema.strict

    def is_valid(self, document: Any) -> bool:
        """Raises LimitError for a template that takes too much time, memory or room."""
        return not self.problems(document)

    def problems(self, document: Any) -> list[Problem]:
        """At most one: rendering stops at the first."""
        if not isinstance(document, dict):
            return [Problem("variables", "a prompt is rendered with a mapping of its variables")]
        (rendered,) = render(self._schema, [document], strict=self._strict)
        if rendered.texts is not None:
            return []
        if not rendered.failed:
            raise LimitError(rendered.error)
        return [Problem("render-failed", told(self._schema, rendered), line=rendered.line)]

    def problems_binary(self, data: bytes) -> list[Problem]:
        """Variables have no binary form."""
        raise UsageError(
            f"a prompt's variables have no binary form ({len(data)} bytes given)", hint="give JSON or YAML"
        )


def told(schema: PromptSchema, rendered: Rendered) -> str:
    """Why rendering failed, and where: `line 3 of message 2`."""
    where = f" line {rendered.line}" if rendered.line else ""
    where += (" of" if where else "") + f" message {rendered.message + 1}" if schema.chat else ""
    return f"rendering fails{' at' if where else ''}{where}: {rendered.error}"
