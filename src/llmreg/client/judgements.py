"""What the client returns when something was judged, here or by the server."""

from __future__ import annotations

from dataclasses import dataclass

from llmreg.client.results import Json, Result, take
from llmreg.model.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation(Result):
    """The answer on a document: true when it is valid. `errors` are ordered by place; `version` judged it."""

    valid: bool
    errors: tuple[Problem, ...]
    subject: str
    version: str

    def __bool__(self) -> bool:
        return self.valid


@dataclass(frozen=True, slots=True, kw_only=True)
class Inference(Result):
    """The answer on one call of a model: true when every side that was given is valid; None for one that was left
    out."""

    binding: str
    valid: bool
    input: Validation | None
    output: Validation | None

    def __bool__(self) -> bool:
        return self.valid


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaValidation(Result):
    """The answer on a schema: true when it is one. `errors` and `warnings` are ordered by place."""

    valid: bool
    format: str | None
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]

    def __bool__(self) -> bool:
        return self.valid


@dataclass(frozen=True, slots=True, kw_only=True)
class Compatibility(Result):
    """The answer on a next version: true when it is compatible. `report` is that of docs/reference/report.md."""

    compatible: bool
    verdict: str
    compared_versions: tuple[str, ...]
    report: Json

    def __bool__(self) -> bool:
        return self.compatible


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff(Result):
    """The step between two versions; `report` is one subject of docs/reference/report.md."""

    subject: str
    old: str
    new: str
    report: Json


def problem(body: Json) -> Problem:
    """One defect of a document or a schema."""
    return take(Problem, {"code": "", **body})
