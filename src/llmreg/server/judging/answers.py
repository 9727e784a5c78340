"""The JSON of answers about documents, the same from a worker and from the server's own process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from llmreg.index.reader import IndexedSubject
from llmreg.model.jsontext import decode, locate_all
from llmreg.model.problem import Problem
from llmreg.server.judging import Named

MOST_ERRORS = 1000  # told of one document; all are counted
_PLACED = 1 << 20  # bytes: in a larger document errors have their pointer, but no line


def facts(schema: Named | None, format_name: str, subject: IndexedSubject | None) -> dict[str, Any]:
    """What an answer says of the schema: `format`, of a registered one also `subject`, `version`, `schema_id`, and
    `warnings` where the version is deprecated or retired."""
    told: dict[str, Any] = {"format": format_name, "warnings": []}
    if schema is None or subject is None:
        return told
    told |= {"subject": schema.subject, "version": schema.version, "schema_id": schema.id}
    status = subject.config.status.get(schema.version)
    for name in ("retired", "deprecated"):
        reason = getattr(status, name, None)
        if reason is not None:
            message = f"{schema.subject}@{schema.version} is {name}: {reason}"
            told["warnings"].append({"code": name, "message": message})
    return told


def document(problems: Sequence[Problem]) -> dict[str, Any]:
    """One document: valid when it has no problems."""
    told: dict[str, Any] = {"valid": not problems, "errors": [item.to_json() for item in problems[:MOST_ERRORS]]}
    return told if len(problems) <= MOST_ERRORS else told | {"error_count": len(problems)}


def single(result: Mapping[str, Any], schema: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """The answer about one document."""
    return {**result, **schema, "validation_time_ms": milliseconds(seconds)}


def batch(results: Sequence[Mapping[str, Any]], schema: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """The answer about several, in order."""
    valid = sum(1 for result in results if result["valid"])
    return {
        "valid": valid == len(results),
        "results": list(results),
        "valid_count": valid,
        "invalid_count": len(results) - valid,
        **schema,
        "validation_time_ms": milliseconds(seconds),
    }


def milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)


def placed(data: bytes, problems: list[Problem]) -> list[Problem]:
    """The problems with line and column in the document's own text."""
    if not problems or len(data) > _PLACED:
        return problems
    places = locate_all(decode(data), [problem.pointer for problem in problems])
    return [
        replace(problem, line=places[problem.pointer][0], column=places[problem.pointer][1])
        if problem.pointer in places
        else problem
        for problem in problems
    ]
