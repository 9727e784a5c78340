"""Every refusal as one value, and the two shapes in which it is told: RFC 9457, and Confluent's `error_code`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from llmreg.errors import InputError, LlmregError
from llmreg.model.jsontext import dumps
from llmreg.server.routing import Shape

TO_REGISTER = (
    "This server answers from an exported index and never writes. A registration is a Git commit: change the schema, "
    "run `llmreg register SUBJECT`, commit, and export the index again."
)
STATUSES = {
    "not-found": 404,
    "usage": 400,
    "input": 422,
    "schema": 422,
    "document": 422,
    "limit": 413,
    "format-unavailable": 422,
}


class HttpError(LlmregError):
    """A refusal with its HTTP status. `code` names it for programs, `problems` have `pointer` and `message`;
    `error_code` is Confluent's number for it."""

    code = "http"

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        code: str | None = None,
        problems: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
        error_code: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = code or HTTPStatus(status).phrase.lower().replace(" ", "-")
        self.problems = tuple(problems)
        self.headers = dict(headers or {})
        self.error_code = error_code

    @classmethod
    def of(cls, error: LlmregError) -> HttpError:
        """What an error of the rooms below means over HTTP."""
        if isinstance(error, HttpError):
            return error
        problems = [problem.to_json() for problem in error.problems] if isinstance(error, InputError) else []
        detail = f"{error.message} ({error.hint})" if error.hint else error.message
        return cls(STATUSES.get(error.code, 500), detail, code=error.code, problems=problems)


def refused(error: LlmregError, shape: Shape, instance: str) -> Response:
    """The answer to a request that failed. `instance` is its path."""
    failure = HttpError.of(error)
    body = _confluent(failure) if shape is Shape.CONFLUENT else _problem(failure, instance)
    headers = {"cache-control": "no-store", **failure.headers}
    return Response(dumps(body), failure.status, headers, media_type=shape.value)


def _problem(failure: HttpError, instance: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": f"urn:llmreg:problem:{failure.kind}",
        "title": HTTPStatus(failure.status).phrase,
        "status": failure.status,
        "detail": failure.message,
        "instance": instance,
    }
    return body | ({"errors": list(failure.problems)} if failure.problems else {})


def _confluent(failure: HttpError) -> dict[str, Any]:
    lines = [failure.message, *(str(problem.get("message", "")) for problem in failure.problems)]
    return {"error_code": failure.error_code or failure.status, "message": "; ".join(dict.fromkeys(lines))}
