"""Every endpoint for reading, over a registry with topics, references and retired versions."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

MEDIA = "application/vnd.schemaregistry.v1+json"


def _get(kafka: Any, path: str) -> Any:
    answer = kafka.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == MEDIA
    return answer.json()


def _latest(kafka: Any, subject: str, query: str = "") -> Any:
    return _get(kafka, f"/subjects/{subject}/versions/latest{query}")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/", {}),
        ("/subjects?subjectPrefix=o", ["orders-key", "orders-value"]),
        ("/subjects?subjectPrefix=:*:o&deleted=True", ["old", "orders-key", "orders-value"]),
        ("/subjects?deletedOnly=true", ["old"]),
        ("/subjects?deleted_only=True&deleted=true", ["old"]),
        ("/subjects?subjectPrefix=chat&limit=1&offset=1", ["chat/reply"]),
        ("/subjects?subjectPrefix=chat&limit=0&unknown=1", ["chat/message", "chat/reply"]),
        ("/subjects/ledger/versions", [2]),
        ("/subjects/ledger/versions?deleted=true", [1, 2]),
        ("/subjects/ledger/versions?deletedOnly=true", [1]),
        ("/subjects/ledger/versions?deletedAsNegative=true&deletedOnly=true", [-1, 2]),
        ("/subjects/chat%2Freply/versions", [1, 2, 3, 4]),
        ("/subjects/%3A.%3Achat%2Freply/versions?limit=2&offset=1", [2, 3]),
        ("/schemas/types", ["JSON", "PROTOBUF", "AVRO"]),
        ("/config", {"compatibilityLevel": "BACKWARD"}),
        ("/config/orders-value", {"compatibilityLevel": "BACKWARD_TRANSITIVE"}),
        ("/config/nobody?defaultToGlobal=true", {"compatibilityLevel": "BACKWARD"}),
        ("/mode", {"mode": "READONLY"}),
        ("/mode/orders-value", {"mode": "READONLY"}),
        ("/mode/nobody?defaultToGlobal=true", {"mode": "READONLY"}),
        ("/contexts", ["."]),
        ("/contexts?offset=1", []),
        ("/v1/metadata/deployment", {"attributes": ["read-only"]}),
        ("/associations/resources/-/t?resourceType=topic&associationType=value", []),
        ("/associations/resources/lkc-1", []),
        ("/associations/subjects/orders-value", []),
    ],
)
def test_what_is_there(kafka: Any, path: str, body: Any) -> None:
    assert _get(kafka, path) == body


def test_a_version_has_its_text_as_one_string(kafka: Any) -> None:
    body = _latest(kafka, "orders-value")
    assert [*body][:5] == ["subject", "version", "id", "guid", "schemaType"]
    assert (body["subject"], body["version"], body["schemaType"], body["deleted"]) == (
        "orders-value",
        2,
        "AVRO",
        False,
    )
    assert body["references"] == [{"name": "support.evals.Score", "subject": "evals/score", "version": 2}]
    assert body["schema"].startswith('{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"id"')
    assert body["ts"] == 1767229200000
    assert "metadata" not in body


@pytest.mark.parametrize("version", ["2", "latest", "LATEST", "-1"])
def test_the_latest_is_the_highest_number_that_is_not_retired(kafka: Any, version: str) -> None:
    assert _get(kafka, f"/subjects/ledger/versions/{version}")["version"] == 2


def test_raw_texts(kafka: Any) -> None:
    by_version = kafka.get("/subjects/replies-value/versions/1/schema")
    assert by_version.headers["content-type"] == MEDIA
    assert by_version.text == _latest(kafka, "replies-value")["schema"]
    number = _latest(kafka, "replies-value")["id"]
    assert kafka.get(f"/schemas/ids/{number}/schema").text == by_version.text


def test_json_keeps_order_and_numbers_and_its_references_start_at_the_root(kafka: Any) -> None:
    body = _latest(kafka, "replies-value")
    assert body["schema"] == (
        '{"type":"object","title":"Sent","properties":{"reply":{"$ref":"/chat/reply/2.0.0.json"},'
        '"weight":{"type":"number","maximum":1.0}},"required":["reply"]}'
    )
    assert body["references"] == [{"name": "/chat/reply/2.0.0.json", "subject": "chat/reply", "version": 4}]


def test_an_id_names_a_content_and_the_subject_is_a_hint(kafka: Any) -> None:
    version = _latest(kafka, "orders-value")
    path = f"/schemas/ids/{version['id']}"
    plain = _get(kafka, path)
    assert plain == {key: version[key] for key in version if key not in {"subject", "version", "id"}}
    for subject in ("orders-value", "somebody-else", ":.:orders-value"):
        hinted = _get(kafka, f"{path}?subject={subject}")
        assert (hinted["subject"], hinted["version"], hinted["schema"]) == ("orders-value", 2, version["schema"])
    assert _get(kafka, f"{path}?fetchMaxId=true")["maxId"] >= version["id"]
    assert _get(kafka, f"{path}/subjects") == ["orders-value"]
    assert _get(kafka, f"{path}/subjects?subject=ledger") == []
    assert _get(kafka, f"{path}/versions") == [{"subject": "orders-value", "version": 2}]
    assert _get(kafka, f"{path}?format=no-such-format") == plain


def test_one_content_in_two_subjects_has_one_id(kafka: Any) -> None:
    assert _latest(kafka, "old", "?deleted=true")["version"] == 1
    number = _latest(kafka, "old", "?deleted=true")["id"]
    assert _get(kafka, f"/schemas/ids/{number}")["deleted"] is True
    assert _get(kafka, f"/schemas/ids/{number}/versions") == []
    assert _get(kafka, f"/schemas/ids/{number}/versions?deleted=true") == [{"subject": "old", "version": 1}]


def test_a_retired_version_answers_by_id_and_guid_and_is_hidden_in_lists(kafka: Any) -> None:
    retired = _get(kafka, "/subjects/ledger/versions/1?deleted=true")
    assert retired["deleted"] is True
    assert _get(kafka, f"/schemas/ids/{retired['id']}")["schema"] == retired["schema"]
    by_guid = _get(kafka, f"/schemas/guids/{retired['guid']}")
    assert by_guid["schema"] == retired["schema"]
    assert by_guid.keys().isdisjoint({"subject", "version"})
    assert _get(kafka, f"/schemas/guids/{retired['guid']}/ids") == [{"context": ".", "id": retired["id"]}]
    assert _get(kafka, "/schemas/guids/no-guid/ids") == []
    assert kafka.get("/subjects/ledger/versions/1").json()["error_code"] == 40402


def test_the_guid_is_that_of_the_served_text(kafka: Any) -> None:
    from hashlib import md5
    from uuid import UUID

    for subject in ("orders-value", "replies-value", "handoffs-value"):
        body = _latest(kafka, subject)
        digest = md5(body["schema"].encode(), usedforsecurity=False)
        for reference in body["references"]:
            name = reference["name"] + reference["subject"]
            digest.update(name.encode() + reference["version"].to_bytes(4, "big"))
        assert body["guid"] == str(UUID(bytes=digest.digest()))


def test_avro_resolved_writes_references_out(kafka: Any) -> None:
    schema = json.loads(_latest(kafka, "orders-value", "?format=resolved")["schema"])
    score = schema["fields"][1]["type"]
    assert (score["name"], score["namespace"], len(score["fields"])) == ("Score", "support.evals", 3)


def test_protobuf_as_text_and_as_descriptor(kafka: Any, shop: Any) -> None:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    file = shop.path / "subjects/handoffs-value/versions/1.0.0.proto"
    assert _latest(kafka, "handoffs-value")["schema"] == file.read_text()
    body = _latest(kafka, "handoffs-value", "?format=serialized")
    proto = FileDescriptorProto.FromString(base64.b64decode(body["schema"]))
    assert list(proto.dependency) == ["agents/handoff/1.1.0.proto", "google/protobuf/timestamp.proto"]
    assert not proto.HasField("source_code_info")
    assert body["references"][0] == {
        "name": "agents/handoff/1.1.0.proto",
        "subject": "agents/handoff",
        "version": 2,
    }


def test_prompts_are_not_there(kafka: Any) -> None:
    prompt = kafka.get("/api/v1/subjects/words/versions/1").json()
    assert prompt["kind"] == "prompt"
    for path in ("/subjects/words/versions", f"/schemas/ids/{prompt['id']}", f"/schemas/guids/{prompt['guid']}"):
        assert kafka.get(path).status_code == 404
    assert "words" not in _get(kafka, "/subjects?deleted=true")
    assert "words" not in {item["subject"] for item in _get(kafka, "/schemas?deleted=true")}


def test_a_file_s_path_names_its_subject(kafka: Any) -> None:
    body = _latest(kafka, "agents%2Fturn%2F1.1.0.proto")
    assert (body["subject"], body["version"]) == ("agents/turn", 2)


def test_referenced_by(kafka: Any) -> None:
    number = _latest(kafka, "handoffs-value")["id"]
    assert _get(kafka, "/subjects/agents%2Fhandoff/versions/2/referencedby") == [number]
    assert _get(kafka, "/subjects/ledger/versions/1/referencedby") == []


def test_the_newest_version_with_some_properties(kafka: Any) -> None:
    assert _get(kafka, "/subjects/replies-value/metadata?key=stage&value=live")["version"] == 1
    assert _get(kafka, "/subjects/replies-value/metadata?key=st%2561ge&value=li%2576e")["version"] == 1
    assert _get(kafka, "/subjects/ledger/metadata")["version"] == 2


def test_all_schemas(kafka: Any) -> None:
    every = _get(kafka, "/schemas?subjectPrefix=o")
    assert [(item["subject"], item["version"]) for item in every] == [
        ("orders-key", 1),
        ("orders-value", 1),
        ("orders-value", 2),
    ]
    newest = _get(kafka, "/schemas?subjectPrefix=o&latestOnly=true&deleted=true")
    assert [(item["subject"], item["version"]) for item in newest] == [
        ("old", 1),
        ("orders-key", 1),
        ("orders-value", 2),
    ]
    assert len(_get(kafka, "/schemas?limit=2&offset=1")) == 2
    assert len(_get(kafka, "/schemas?limit=5000")) == len(_get(kafka, "/schemas")) > 30


def test_which_registry_this_is(kafka: Any) -> None:
    cluster = _get(kafka, "/v1/metadata/id")
    assert cluster["scope"]["clusters"]["schema-registry-cluster"]
    assert _get(kafka, "/v1/metadata/version").keys() == {"version", "commitId"}


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("application/json", "application/json"),
        ("application/vnd.schemaregistry+json", "application/vnd.schemaregistry+json"),
        ("application/vnd.schemaregistry.v1+json,application/json", MEDIA),
        ("*/*", MEDIA),
        ("application/xml", MEDIA),
    ],
)
def test_the_media_type_is_one_that_was_asked_for_and_there_is_no_406(kafka: Any, accept: str, media: str) -> None:
    for _ in range(2):
        answer = kafka.get("/subjects", headers={"accept": accept})
        assert (answer.status_code, answer.headers["content-type"]) == (200, media)
        assert "Accept" in answer.headers["vary"]


def test_an_answer_is_told_apart_by_its_etag(kafka: Any) -> None:
    first = kafka.get("/subjects/ledger/versions/2")
    again = kafka.get("/subjects/ledger/versions/2", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert kafka.request("HEAD", "/subjects/ledger/versions/2").status_code == 200
