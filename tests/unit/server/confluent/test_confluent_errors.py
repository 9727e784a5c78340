"""One row for each number that a client of the Schema Registry API can meet here."""

from __future__ import annotations

import json
from typing import Any

import pytest

MEDIA = "application/vnd.schemaregistry.v1+json"
NEW = {"schema": '{"type":"string","maxLength":3}', "schemaType": "JSON"}
BAD = {"schema": '{"type":5}', "schemaType": "JSON"}
REFERENCE = {"name": "x", "subject": "nobody", "version": 1}

ERRORS: list[tuple[int, int, str, str, Any]] = [
    (404, 40401, "GET", "/subjects/nobody/versions", None),
    (404, 40401, "GET", "/subjects/nobody/versions/1", None),
    (404, 40401, "GET", "/subjects/nobody/metadata?key=a&value=b", None),
    (404, 40401, "GET", "/subjects/old/versions", None),
    (404, 40401, "GET", "/subjects/old/versions/latest", None),
    (404, 40401, "GET", "/subjects/nobody/versions/1/referencedby", None),
    (404, 40401, "GET", "/subjects/%3Aother%3Aledger/versions", None),
    (404, 40401, "POST", "/subjects/nobody", NEW),
    (404, 40402, "GET", "/subjects/ledger/versions/9", None),
    (404, 40402, "GET", "/subjects/ledger/versions/1/schema", None),
    (404, 40402, "POST", "/compatibility/subjects/nobody/versions/1", NEW),
    (404, 40402, "POST", "/compatibility/subjects/ledger/versions/1", NEW),
    (404, 40403, "GET", "/schemas/ids/1", None),
    (404, 40403, "GET", "/schemas/ids/1/schema", None),
    (404, 40403, "GET", "/schemas/ids/1/subjects", None),
    (404, 40403, "GET", "/schemas/ids/1/versions", None),
    (404, 40403, "GET", "/schemas/ids/x", None),
    (404, 40403, "GET", "/schemas/ids/99999999999999999999", None),
    (404, 40403, "GET", "/schemas/guids/9b87a2ad-5cbe-4b5b-8a4c-f4e4a4b6a1d0", None),
    (404, 40403, "GET", "/schemas/guids/x", None),
    (404, 40403, "GET", "/subjects/ledger/metadata?key=a&value=b", None),
    (404, 40403, "POST", "/subjects/ledger", NEW),
    (404, 40403, "POST", "/subjects/ledger", {"schema": ""}),
    (404, 40403, "POST", "/subjects/ledger", {"schema": '"string"'}),
    (404, 40408, "GET", "/config/nobody", None),
    (404, 40409, "GET", "/mode/nobody", None),
    (422, 42201, "POST", "/subjects/ledger", BAD),
    (422, 42201, "POST", "/subjects/ledger", NEW | {"schemaType": "XML"}),
    (422, 42201, "POST", "/subjects/ledger", NEW | {"references": [REFERENCE]}),
    (422, 42201, "POST", "/subjects/ledger", NEW | {"references": [1]}),
    (422, 42201, "POST", "/subjects/ledger", NEW | {"references": {}}),
    (422, 42201, "POST", "/subjects/ledger/versions", BAD),
    (422, 42201, "POST", "/subjects/nobody/versions", BAD),
    (422, 42201, "POST", "/subjects/nobody/versions", {"schema": ""}),
    (422, 42201, "POST", "/subjects/orders-value/versions", {"schema": "{"}),
    (422, 42201, "POST", "/subjects/p-value/versions", {"schema": "AAAA", "schemaType": "PROTOBUF"}),
    (422, 42201, "POST", "/compatibility/subjects/ledger/versions/latest", BAD),
    (422, 42201, "POST", "/compatibility/subjects/nobody/versions", {"schemaType": "JSON"}),
    (422, 42202, "GET", "/subjects/ledger/versions/0", None),
    (422, 42202, "GET", "/subjects/ledger/versions/-2", None),
    (422, 42202, "GET", "/subjects/ledger/versions/1.0.0", None),
    (422, 42202, "GET", "/subjects/ledger/versions/2147483648", None),
    (422, 42202, "POST", "/compatibility/subjects/ledger/versions/x", NEW),
    (422, 42205, "POST", "/subjects/ledger/versions", NEW),
    (422, 42205, "POST", "/subjects/nobody/versions?normalize=False", NEW),
    (422, 42205, "DELETE", "/subjects/ledger", None),
    (422, 42205, "DELETE", "/subjects/chat%2Freply?permanent=true", None),
    (422, 42205, "DELETE", "/subjects/ledger/versions/1", None),
    (422, 42205, "POST", "/subjects/ledger/versions/1/tags", {}),
    (422, 42205, "PUT", "/config", {"compatibility": "NONE"}),
    (422, 42205, "PUT", "/config/ledger", {"compatibility": "NONE"}),
    (422, 42205, "DELETE", "/config", None),
    (422, 42205, "DELETE", "/config/ledger", None),
    (422, 42205, "PUT", "/mode?force=true", {"mode": "READWRITE"}),
    (422, 42205, "PUT", "/mode/ledger", {"mode": "READWRITE"}),
    (422, 42205, "DELETE", "/mode/ledger", None),
    (422, 42205, "DELETE", "/contexts/.a", None),
    (422, 42205, "POST", "/associations", {}),
    (422, 42205, "PUT", "/associations", {}),
    (422, 42205, "DELETE", "/associations/resources/lkc-1", None),
    (422, 42209, "POST", "/subjects/ledger", {"schema": "x" * (1 << 20) + "x", "schemaType": "JSON"}),
    (422, 42208, "POST", "/subjects/__GLOBAL/versions", NEW),
    (422, 42208, "POST", "/subjects/a%07b/versions", NEW),
    (400, 400, "POST", "/subjects/ledger", "no json"),
    (400, 400, "POST", "/subjects/ledger", []),
    (400, 400, "POST", "/subjects/ledger", {"schema": {}}),
    (413, 413, "POST", "/subjects/ledger", {"schema": "x" * (3 << 20)}),
    (404, 404, "GET", "/exporters", None),
    (404, 404, "GET", "/schemas/ids/1/nothing", None),
    (404, 404, "GET", "/dek-registry/v1/keks", None),
    (405, 405, "PATCH", "/subjects", None),
    (405, 405, "GET", "/subjects/ledger", None),
]


@pytest.mark.parametrize(
    ("status", "code", "method", "path", "body"), ERRORS, ids=[f"{row[1]} {row[2]} {row[3]}" for row in ERRORS]
)
def test_every_refusal_has_its_number(kafka: Any, status: int, code: int, method: str, path: str, body: Any) -> None:
    content = None if body is None else body if isinstance(body, str) else json.dumps(body)
    answer = kafka.request(method, path, content=content, headers={"accept": "text/html"})
    told = answer.json()
    assert (answer.status_code, told["error_code"]) == (status, code)
    assert answer.headers["content-type"] == MEDIA
    assert told["message"]
    assert told.keys() == {"error_code", "message"}


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/subjects/ledger/versions"), ("DELETE", "/subjects/ledger"), ("PUT", "/config")]
)
def test_a_refused_write_says_how_to_register(kafka: Any, method: str, path: str) -> None:
    message = kafka.request(method, path, json=NEW).json()["message"]
    assert "is in read-only mode" in message
    assert "llmreg register" in message
    assert "Git commit" in message


def test_no_question_without_a_service(kafka: Any) -> None:
    service, kafka.state.judging = kafka.state.judging, None
    answer = kafka.post("/subjects/ledger", json=NEW)
    kafka.state.judging = service
    assert (answer.status_code, answer.json()["error_code"], answer.headers["retry-after"]) == (503, 503, "1")
