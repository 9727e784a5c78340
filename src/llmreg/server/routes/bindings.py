"""Bindings: what each model reads and writes, and whether one call of it was right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from llmreg.errors import NotFoundError
from llmreg.index import pick
from llmreg.server.contract.binding_documents import Binding, Bindings, InferenceReport, InferenceRequest
from llmreg.server.judging import DataQuestion, Named
from llmreg.server.requests import contradiction, judging_of, posted
from llmreg.server.responses import json_response
from llmreg.server.routing import Route
from llmreg.server.state import state_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from llmreg.server.state import Generation

_BINDING = "/api/v1/bindings/{name}"


async def _bindings(request: Request, generation: Generation) -> Response:
    return json_response({"bindings": list(generation.index.bindings.values())})


async def _binding(request: Request, generation: Generation) -> Response:
    return json_response(_named(request, generation))


async def _validate_io(request: Request, generation: Generation) -> Response:
    binding = _named(request, generation)
    asked = await posted(request, InferenceRequest, 2 * state_of(request).options.max_data_bytes)
    if asked.input is msgspec.UNSET and asked.output is msgspec.UNSET:
        raise contradiction("one of `input` and `output`, or both", "/input")
    sides: dict[str, Any] = {}
    for role in ("input", "output"):
        document = getattr(asked, role)
        sides[role] = None if document is msgspec.UNSET else await _judged(request, generation, binding, role, document)
    valid = all(side["valid"] for side in sides.values() if side is not None)
    return json_response({"binding": binding["name"], "valid": valid, **sides})


async def _judged(
    request: Request, generation: Generation, binding: dict[str, Any], role: str, document: msgspec.Raw
) -> dict[str, Any]:
    """The report on one side, under the version that the binding resolves to."""
    found = next((item for item in binding["bound"] if item["role"] == role), None)
    if found is None:
        raise contradiction(f"the binding {binding['name']} has no {role}", f"/{role}")
    stored = pick.version(generation.index, found["subject"], found["version"])
    schema = Named(stored.subject, stored.version, stored.schema_id)
    question = DataQuestion(schema, (bytes(document),))
    return (await judging_of(request).validate_data(generation.index, question)).value


def _named(request: Request, generation: Generation) -> dict[str, Any]:
    name = request.path_params["name"]
    found = generation.index.bindings.get(name)
    if found is None:
        raise NotFoundError(f"there is no binding {name[:80]!r}")
    return found


ROUTES = (
    Route("GET", "/api/v1/bindings", _bindings, "Every binding, resolved", response=Bindings, cached=True),
    Route("GET", _BINDING, _binding, "One binding with the versions it resolves to", response=Binding, cached=True),
    Route(
        "POST",
        f"{_BINDING}/validate-io",
        _validate_io,
        "Whether what a model was given and what it answered are valid under its binding",
        request=InferenceRequest,
        response=InferenceReport,
        statuses={
            400: "The body cannot be read",
            404: "There is no such binding",
            413: "Larger than the server takes",
            422: "Neither side is sent, or the binding does not have it",
            503: "Too much is asked at once, or there is no index: try again",
        },
        permission="schema:validate",
    ),
)
