"""Lookups, registrations of what is there, and compatibility checks."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from llmreg.model.jsontext import dumps, loads

SCORE = {"name": "support.evals.Score", "subject": "evals/score", "version": 2}
ORDER = """{"namespace": "shop", "name": "Order", "type": "record", "fields": [
  {"name": "id", "type": {"type": "string"}}, {"type": "support.evals.Score", "name": "score"}]}"""


def _schema(text: Any, kind: str = "JSON", **more: Any) -> dict[str, Any]:
    return {"schema": text if isinstance(text, str) else json.dumps(text), "schemaType": kind, **more}


def _post(kafka: Any, path: str, body: Any) -> Any:
    answer = kafka.post(path, json=body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/vnd.schemaregistry.v1+json"
    return answer.json()


def _descriptor(kafka: Any, subject: str) -> Any:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    body = kafka.get(f"/subjects/{subject}/versions/latest?format=serialized").json()
    return FileDescriptorProto.FromString(base64.b64decode(body["schema"]))


def _encoded(proto: Any) -> str:
    return base64.b64encode(proto.SerializeToString()).decode()


def test_a_file_as_it_is_registered_is_found(kafka: Any, shop: Any) -> None:
    for subject, kind, file, references in (
        ("replies-value", "JSON", "1.0.0.json", []),
        ("orders-value", "AVRO", "1.1.0.avsc", [SCORE]),
        ("handoffs-value", "PROTOBUF", "1.0.0.proto", []),
    ):
        text = (shop.path / "subjects" / subject / "versions" / file).read_text()
        found = _post(kafka, f"/subjects/{subject}?normalize=False", _schema(text, kind, references=references))
        latest = kafka.get(f"/subjects/{subject}/versions/latest").json()
        assert found == latest


@pytest.mark.parametrize("subject", ["replies-value", "orders-value", "handoffs-value", "chat%2Freply"])
def test_what_is_served_is_found(kafka: Any, subject: str) -> None:
    served = kafka.get(f"/subjects/{subject}/versions/latest").json()
    body = {key: served[key] for key in ("schema", "schemaType", "references") if key in served}
    found = _post(kafka, f"/subjects/{subject}", body)
    assert (found["id"], found["version"], found["guid"]) == (served["id"], served["version"], served["guid"])


def test_a_registration_of_what_is_there_is_200_with_id_version_and_guid(kafka: Any) -> None:
    known = kafka.get("/subjects/orders-key/versions/1").json()
    body = _post(kafka, "/subjects/orders-key/versions?normalize=False", {"schema": known["schema"], "unknown": 1})
    assert body == {key: known[key] for key in known if key != "subject"}


def test_avro_is_compared_as_it_is_printed(kafka: Any) -> None:
    assert _post(kafka, "/subjects/orders-value", _schema(ORDER, "AVRO", references=[SCORE]))["version"] == 1
    latest = SCORE | {"version": -1}
    assert _post(kafka, "/subjects/orders-value", _schema(ORDER, "AVRO", references=[latest]))["version"] == 1


def test_avro_with_its_references_written_out_is_the_same(kafka: Any) -> None:
    inline = kafka.get("/subjects/orders-value/versions/latest?format=resolved").json()["schema"]
    assert _post(kafka, "/subjects/orders-value", {"schema": inline})["version"] == 2


def test_the_order_of_keys_counts_unless_normalized(kafka: Any, shop: Any) -> None:
    text = (shop.path / "subjects/ledger/versions/1.1.0.json").read_text()
    turned = dumps(dict(reversed(loads(text.encode()).items())))
    assert kafka.post("/subjects/ledger", json=_schema(turned)).json()["error_code"] == 40403
    found = _post(kafka, "/subjects/ledger?normalize=True", _schema(turned))
    assert found["schema"] == dumps(loads(text.encode()))


def test_a_retired_version_is_found_only_when_deleted_ones_are_asked_for(kafka: Any, shop: Any) -> None:
    text = _schema((shop.path / "subjects/ledger/versions/1.0.0.json").read_text())
    assert kafka.post("/subjects/ledger", json=text).json()["error_code"] == 40403
    assert kafka.post("/subjects/ledger/versions", json=text).json()["error_code"] == 42205
    assert _post(kafka, "/subjects/ledger?deleted=true", text)["version"] == 1


def test_json_references_may_have_names_of_their_own(kafka: Any, shop: Any) -> None:
    text = (shop.path / "subjects/replies-value/versions/1.0.0.json").read_text()
    named = _schema(
        text.replace("llmreg:chat/reply@2.0.0", "reply.json"),
        references=[{"name": "reply.json", "subject": "chat/reply", "version": 4}],
    )
    assert _post(kafka, "/subjects/replies-value", named)["version"] == 1


def test_a_descriptor_is_compared_by_what_it_declares(kafka: Any) -> None:
    proto = _descriptor(kafka, "handoffs-value")
    proto.name = "another/name.proto"
    for message in proto.message_type:
        for field in message.field:
            field.ClearField("json_name")
    reference = {"name": "agents/handoff/1.1.0.proto", "subject": "agents/handoff/1.1.0.proto", "version": 2}
    body = _schema(_encoded(proto), "PROTOBUF", references=[reference])
    assert _post(kafka, "/subjects/handoffs-value?normalize=False&deleted=False", body)["version"] == 1
    serialized = _post(kafka, "/subjects/handoffs-value?format=serialized", body)
    assert serialized["schema"] == _encoded(_descriptor(kafka, "handoffs-value"))
    proto.message_type[0].field[0].name = "renamed"
    body["schema"] = _encoded(proto)
    assert kafka.post("/subjects/handoffs-value", json=body).json()["error_code"] == 40403


def test_imports_may_have_names_of_their_own(kafka: Any, shop: Any) -> None:
    text = (shop.path / "subjects/handoffs-value/versions/1.0.0.proto").read_text()
    reference = {"name": "handoff.proto", "subject": "agents/handoff", "version": 2}
    body = _schema(text.replace("agents/handoff/1.1.0.proto", "handoff.proto"), "PROTOBUF", references=[reference])
    assert _post(kafka, "/subjects/handoffs-value", body)["version"] == 1
    proto = _descriptor(kafka, "handoffs-value")
    proto.dependency[0] = "handoff.proto"
    assert _post(kafka, "/subjects/handoffs-value", body | {"schema": _encoded(proto)})["version"] == 1


LEDGER: dict[str, Any] = {
    "type": "object",
    "properties": {"a": {"type": "integer", "minimum": 0}, "b": {"type": "string"}},
    "required": ["a"],
}
STRICTER = LEDGER | {"required": ["a", "b"]}
CHECK = "/compatibility/subjects"


@pytest.mark.parametrize(
    ("path", "schema", "compatible"),
    [
        ("ledger/versions/latest", LEDGER, True),
        ("ledger/versions/2", STRICTER, False),
        ("ledger/versions/-1", STRICTER, False),
        ("ledger/versions", STRICTER, False),
        ("ledger/versions/", LEDGER, True),
        ("nobody/versions", STRICTER, True),
        ("nobody/versions/latest", STRICTER, True),
        ("old/versions", STRICTER, True),
    ],
)
def test_whether_a_schema_fits(kafka: Any, path: str, schema: Any, compatible: bool) -> None:
    assert _post(kafka, f"{CHECK}/{path}", _schema(schema)) == {"is_compatible": compatible}


def test_a_break_is_told_with_rule_place_and_witness(kafka: Any) -> None:
    body = _post(kafka, f"{CHECK}/ledger/versions/latest?verbose=True", _schema(STRICTER))
    assert body["is_compatible"] is False
    first, *_, number, schema, level = body["messages"]
    assert first.startswith("required_added at /")
    assert 'witness: {"a":0}' in first
    assert number == "{oldSchemaVersion: 2}"
    assert schema.startswith('{oldSchema: \'{"type":"object"')
    assert level == "{validateFields: 'false', compatibility: 'BACKWARD'}"
    assert _post(kafka, f"{CHECK}/ledger/versions?verbose=true", _schema(LEDGER)) == {
        "is_compatible": True,
        "messages": [],
    }


def test_another_schema_type_does_not_fit(kafka: Any) -> None:
    body = _post(kafka, f"{CHECK}/ledger/versions?verbose=true", {"schema": '"string"'})
    assert body["is_compatible"] is False
    assert body["messages"][0] == "Incompatible because of different schema type"


def test_an_invalid_schema_is_a_message_when_verbose(kafka: Any) -> None:
    body = _post(kafka, f"{CHECK}/ledger/versions?verbose=true", _schema({"type": 5}))
    assert body["is_compatible"] is False
    assert body["messages"][0].startswith("Invalid schema")


def test_latest_is_compared_alone_and_no_version_means_what_the_mode_asks_for(kafka: Any) -> None:
    """`note` came in version 2 with a default: a reader that wants it without one reads 2, but not 1."""
    order = json.loads(ORDER)
    order["fields"].append({"name": "note", "type": "string"})
    body = _schema(order, "AVRO", references=[SCORE])
    assert _post(kafka, f"{CHECK}/orders-value/versions/latest", body) == {"is_compatible": True}
    assert _post(kafka, f"{CHECK}/orders-value/versions/1", body) == {"is_compatible": False}
    told = _post(kafka, f"{CHECK}/orders-value/versions?verbose=true", body)
    assert told["is_compatible"] is False
    assert "{oldSchemaVersion: 1}" in told["messages"]


def test_a_descriptor_is_judged_too(kafka: Any) -> None:
    proto = _descriptor(kafka, "handoffs-value")
    assert _post(kafka, f"{CHECK}/handoffs-value/versions", _schema(_encoded(proto), "PROTOBUF"))["is_compatible"]
    proto.message_type[0].field[1].number = 1
    proto.message_type[0].field[0].number = 2
    told = _post(kafka, f"{CHECK}/handoffs-value/versions?verbose=true", _schema(_encoded(proto), "PROTOBUF"))
    assert told["is_compatible"] is False
    assert len(told["messages"]) > 3


def test_undecided_is_no_and_says_so(kafka: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from llmreg.compat.judge import Judge, Judgement
    from llmreg.model.report import Undecided, Verdict

    doubt = Judgement(Verdict.UNDECIDED, undecided=(Undecided("budget", "time ran out", "/a"),))
    monkeypatch.setattr(Judge, "against", lambda *_: doubt)
    body = _post(kafka, f"{CHECK}/ledger/versions/latest", _schema(LEDGER))
    assert body == {"is_compatible": False, "messages": ["undecided: budget at /a: time ran out"]}


def test_what_takes_too_long_is_undecided(kafka: Any) -> None:
    from llmreg.server.problems import HttpError

    class Slow:
        async def post(self, index: Any, question: Any) -> Any:
            raise HttpError(422, "this takes longer than the limit of 5 s")

    service, kafka.state.judging = kafka.state.judging, Slow()
    check = kafka.post(f"{CHECK}/ledger/versions", json=_schema(LEDGER))
    lookup = kafka.post("/subjects/ledger", json=_schema(LEDGER))
    kafka.state.judging = service
    assert check.json() == {
        "is_compatible": False,
        "messages": ["undecided: this takes longer than the limit of 5 s"],
    }
    assert (lookup.status_code, lookup.json()["error_code"]) == (422, 42201)


def test_a_sign_of_life_by_post(kafka: Any) -> None:
    assert _post(kafka, "/", {}) == {}
