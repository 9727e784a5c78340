"""The OpenAPI document: valid, whole, and its examples work on the example registry."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from llmreg.server.contract.openapi import document
from llmreg.server.contract.openapi_examples import PATHS
from llmreg.server.routing import WEBSOCKET, Table, found

ROUTES = Table(found()).routes
DOCUMENT = document(ROUTES)
OPERATIONS = [
    (method, path, operation) for path, methods in DOCUMENT["paths"].items() for method, operation in methods.items()
]


def test_it_is_valid() -> None:
    assert [f"{list(error.path)}: {error.message}" for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_it_is_served(site: Any) -> None:
    answer = site.get("/api/v1/openapi.json")
    assert answer.json() == DOCUMENT
    assert answer.headers["content-type"] == "application/json"
    again = site.get("/api/v1/openapi.json", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


def test_every_route_is_in_it() -> None:
    told = {(method.upper(), path) for method, path, _ in OPERATIONS}
    assert told == {(route.method, route.path) for route in ROUTES if not route.hidden and route.method != WEBSOCKET}
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(set(names)) == len(names)


def test_every_route_of_the_native_api_says_what_it_answers() -> None:
    silent = [route.path for route in ROUTES if route.path.startswith("/api/") and route.response is None]
    assert all(path.endswith(("/schema", "/stream/changes")) for path in silent)


def test_permissions_are_told() -> None:
    for route in ROUTES:
        told = DOCUMENT["paths"].get(route.path, {}).get(route.method.lower())
        if told is not None:
            assert told["security"] == ([{}, {"token": [route.permission]}] if route.permission else [{}])


@pytest.mark.parametrize(
    ("path", "operation"),
    [(path, operation) for method, path, operation in OPERATIONS if method == "get" and "stream" not in path],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_examples_in_paths_work(site: Any, path: str, operation: dict[str, Any]) -> None:
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", parameter["example"])
    needed = {"subject": "chat/reply"} if path in ("/api/v1/dependencies", "/api/v1/dependents") else {}
    assert site.get(path, params=needed).status_code in ({200, 404} if path.endswith("metadata") else {200}), path


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (path, example["value"])
        for _, path, operation in OPERATIONS
        for media in operation.get("requestBody", {}).get("content", {}).values()
        for example in media["examples"].values()
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_examples_of_bodies_work(site: Any, path: str, value: dict[str, Any]) -> None:
    answer = site.post(path.format(**{name: facts["example"] for name, facts in PATHS.items()}), json=value)
    assert answer.status_code == 200, answer.text


def test_the_word_null_is_no_value(site: Any) -> None:
    """In a query string there is none; taken for one, it would quietly ask for everything."""
    for name in ("mode", "owner", "format"):
        answer = site.get(f"/api/v1/subjects?{name}=null")
        assert (answer.status_code, answer.json().get("total")) in ((400, None), (200, 0)), name
