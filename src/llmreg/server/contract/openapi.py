"""The OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1), made from the routes: what is not in a route is not
told. Types become components; a parameter in a path is described here, because many routes share it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from llmreg.model.about import __version__
from llmreg.server.contract.documents import ConfluentError, Problem
from llmreg.server.contract.openapi_examples import KAFKA, PATHS, POSTED
from llmreg.server.routing import WEBSOCKET, Shape

if TYPE_CHECKING:
    from llmreg.server.routing import Route

Json = dict[str, Any]
_REF = "#/components/schemas/{name}"
_ERRORS: Mapping[Shape, type[msgspec.Struct]] = {Shape.PROBLEM: Problem, Shape.CONFLUENT: ConfluentError}
_ABOUT = (
    "A registry of schemas, exported from a Git commit, for reading. Nothing can be written: a registration is a "
    "commit. Where tokens are asked for, each operation names the permission that it needs."
)
TAGS = {
    "registry": "Subjects, versions, schemas, search and links",
    "judging": "What is posted to be judged; nothing is kept",
    "kafka": "The read side of the Schema Registry API that Kafka clients speak",
    "pages": "Pages for people",
    "health": "For whoever runs the server",
}
_STATUSES = {
    400: "The path or the query string cannot be read",
    401: "A token is asked for, and there is none or a bad one",
    403: "The token lacks the permission",
    404: "There is no such subject, version or schema",
    422: "Nothing can be written here",
    429: "Too many requests",
    503: "There is no index yet, or it takes too long: try again",
}
_UNCHANGED = "The client has it already (If-None-Match)"


def document(routes: Iterable[Route]) -> Json:
    """The document of all routes that are not hidden."""
    told = [route for route in routes if not route.hidden and route.method != WEBSOCKET]
    schemas, components = _types(told)
    paths: dict[str, Json] = {}
    for route in sorted(told, key=lambda route: (route.path, route.method)):
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas, components)
    queries = {_name(route.query) for route in told if route.query is not None}
    return {
        "openapi": "3.1.0",
        "info": {"title": "llmreg", "version": __version__, "description": _ABOUT},
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": {name: components[name] for name in sorted(components) if name not in queries},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def tag(route: Route) -> str:
    """Which part of the document a route belongs to."""
    if route.shape is Shape.CONFLUENT:
        return "kafka"
    if route.path.startswith("/api/"):
        return "judging" if route.method == "POST" else "registry"
    return "pages" if route.ready else "health"


def _types(routes: Iterable[Route]) -> tuple[Mapping[Any, Json], dict[str, Json]]:
    """(the schema of each type, every component)."""
    used: list[Any] = [Problem, ConfluentError]
    for route in routes:
        used += [one for one in (route.query, route.request, route.response) if one is not None and one not in used]
    schemas, components = msgspec.json.schema_components(used, ref_template=_REF)
    return {_name(one): schema for one, schema in zip(used, schemas, strict=True)}, components


def _name(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) else repr(kind)


def _operation(route: Route, schemas: Mapping[str, Json], components: Mapping[str, Json]) -> Json:
    made: Json = {
        "operationId": _identity(route),
        "tags": [tag(route)],
        "summary": route.summary,
        "parameters": [*(_in_path(name, route.shape) for name in route.names), *_in_query(route, components)],
    }
    if route.request is not None:
        examples = {name: {"value": value} for name, value in POSTED.get(route.path, {}).items()}
        content = {"schema": schemas[_name(route.request)], "examples": examples}
        media = "application/json" if route.shape is Shape.PROBLEM else route.media
        made["requestBody"] = {"required": True, "content": {media: content}}
    made["responses"] = _responses(route, schemas)
    made["security"] = [{}, {"token": [route.permission]}] if route.permission else [{}]
    return made


def _identity(route: Route) -> str:
    words = re.findall(r"[a-zA-Z0-9]+", route.path)
    return "_".join([route.method.lower(), *words])


def _in_path(name: str, shape: Shape) -> Json:
    about = KAFKA.get(name, PATHS[name]) if shape is Shape.CONFLUENT else PATHS[name]
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": about["description"],
        "schema": {"type": "string", "minLength": 1},
        "example": about["example"],
    }


def _in_query(route: Route, components: Mapping[str, Json]) -> list[Json]:
    """The members of the query's type; there is no null in a query string, only a parameter that is not there."""
    if route.query is None:
        return []
    shape = components[_name(route.query)]
    parameters = []
    for name, schema in shape["properties"].items():
        about = {key: value for key, value in schema.items() if key not in {"description", "anyOf"}}
        choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
        about |= choices[0] if choices else {}
        if about.get("default", ...) in (None, [], ""):
            del about["default"]
        parameters.append(
            {
                "name": name,
                "in": "query",
                "required": name in shape["required"],
                **({"description": schema["description"]} if "description" in schema else {}),
                "schema": about,
            }
        )
    return parameters


def _responses(route: Route, schemas: Mapping[str, Json]) -> Json:
    made: Json = {} if route.writes else _answers(route, schemas)
    error = {route.shape.value: {"schema": schemas[_name(_ERRORS[route.shape])]}}
    page = {"text/html": {"schema": {"type": "string"}}}
    for status, text in sorted(_refusals(route).items()):
        made[str(status)] = {"description": text}
        if status >= 400:
            made[str(status)]["content"] = page if status == 404 and route.media.startswith("text/html") else error
    return made | {"default": {"description": "Any other refusal", "content": error}}


def _answers(route: Route, schemas: Mapping[str, Json]) -> Json:
    if route.response is not None:
        body = {"schema": schemas[_name(route.response)]}
    else:
        body = {} if "json" in route.media else {"schema": {"type": "string"}}
    made: Json = {"200": {"description": route.summary, "content": dict.fromkeys(_medias(route), body)}}
    if route.method == "GET" and route.ready:
        made["304"] = {"description": _UNCHANGED}
    return made


def _refusals(route: Route) -> Mapping[int, str]:
    wanted = {422, 429} if route.writes else {429}
    if route.ready:
        wanted.add(503)
    if route.permission:
        wanted |= {401, 403}
    if route.names:
        wanted |= {400, 404}
    if route.query is not None:
        wanted.add(400)
    return {status: _STATUSES[status] for status in wanted} | dict(route.statuses)


def _medias(route: Route) -> list[str]:
    return route.media.split(", ")
