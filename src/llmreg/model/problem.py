"""One defect of one file: what is wrong, where, and what to do."""

from __future__ import annotations

from typing import Any

from llmreg.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """`pointer` is the place in the document or schema; `schema_pointer`, for a document, the
    place in the schema that refused it. Lines and columns count from 1."""

    code: str
    message: str
    pointer: str = ""
    schema_pointer: str | None = None
    line: int | None = None
    column: int | None = None
    hint: str | None = None

    def to_json(self) -> dict[str, Any]:
        fields = {
            "code": self.code,
            "message": self.message,
            "pointer": self.pointer,
            "schema_pointer": self.schema_pointer,
            "line": self.line,
            "column": self.column,
            "hint": self.hint,
        }
        return {key: value for key, value in fields.items() if value is not None}
