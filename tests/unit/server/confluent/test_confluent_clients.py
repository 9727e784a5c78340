"""Unmodified clients of confluent-kafka against `llmreg serve` on a real socket; what they write, they read back."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("confluent_kafka.schema_registry")

from confluent_kafka.schema_registry import (
    Schema,
    SchemaReference,
    SchemaRegistryClient,
    dual_schema_id_deserializer,
    header_schema_id_serializer,
)
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

SCORE = SchemaReference("support.evals.Score", "evals/score", 2)
ORDER = {"id": "o-1", "score": {"metric": "tone", "value": 0.5, "judge": None}, "note": "kind"}
REPLY = {
    "reply": {
        "reasoning": "because",
        "answer": "yes",
        "citations": [{"title": "T", "url": "https://example.org", "quote": "so"}],
    },
    "weight": 0.5,
}
WAYS = [
    {},
    {"auto.register.schemas": False},
    {"auto.register.schemas": False, "normalize.schemas": True},
    {"auto.register.schemas": False, "use.latest.version": True},
]


@pytest.fixture(scope="module")
def client(shop: Any) -> Iterator[SchemaRegistryClient]:
    process = subprocess.Popen(
        [sys.executable, "-m", "llmreg", "serve", "--index", str(shop.out), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found
        with SchemaRegistryClient({"url": found[0], "max.retries": 1}) as made:
            yield made
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.fixture
def files(shop: Any) -> Path:
    return Path(shop.path) / "subjects"


def _value(topic: str, **more: Any) -> SerializationContext:
    return SerializationContext(topic, MessageField.VALUE, **more)


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_avro_values_with_a_reference(client: Any, files: Path, way: dict[str, Any]) -> None:
    text = (files / "orders-value/versions/1.1.0.avsc").read_text()
    write = AvroSerializer(client, Schema(text, "AVRO", [SCORE]), conf=way)
    data = write(ORDER, _value("orders"))
    assert data is not None
    assert int.from_bytes(data[1:5], "big") == client.get_latest_version("orders-value").schema_id
    assert AvroDeserializer(client)(data, _value("orders")) == ORDER


def test_avro_keys(client: Any, files: Path) -> None:
    context = SerializationContext("orders", MessageField.KEY)
    text = (files / "orders-key/versions/1.0.0.avsc").read_text()
    data = AvroSerializer(client, text, conf={"auto.register.schemas": False})({"id": "k"}, context)
    assert AvroDeserializer(client)(data, context) == {"id": "k"}


def test_avro_of_an_old_writer_for_a_new_reader(client: Any, files: Path) -> None:
    old = Schema((files / "orders-value/versions/1.0.0.avsc").read_text(), "AVRO", [SCORE])
    data = AvroSerializer(client, old)({key: ORDER[key] for key in ("id", "score")}, _value("orders"))
    new = Schema((files / "orders-value/versions/1.1.0.avsc").read_text(), "AVRO", [SCORE])
    assert AvroDeserializer(client, new)(data, _value("orders")) == ORDER | {"note": ""}


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_json_values_with_references_two_levels_deep(client: Any, files: Path, way: dict[str, Any]) -> None:
    served = client.get_latest_version("replies-value").schema
    for schema in (served, Schema(served.schema_str, "JSON", served.references)):
        data = JSONSerializer(schema, client, conf=way)(REPLY, _value("replies"))
        assert JSONDeserializer(None, schema_registry_client=client)(data, _value("replies")) == REPLY
    wrong = {"reply": {**REPLY["reply"], "citations": [{"title": 5, "url": ""}]}}  # type: ignore[dict-item]
    with pytest.raises(Exception, match="5 is not of type 'string'"):
        JSONSerializer(served, client, conf=way)(wrong, _value("replies"))


def test_json_read_by_the_id_alone(client: Any) -> None:
    served = client.get_latest_version("replies-value").schema
    data = JSONSerializer(served, client)(REPLY, _value("replies"))
    elsewhere = _value("a-topic-without-a-subject")
    assert JSONDeserializer(None, schema_registry_client=client)(data, elsewhere) == REPLY


def _compile(out: Path, sources: dict[str, str], main: str, *arguments: str) -> None:
    from grpc_tools import protoc

    for path, text in sources.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_text(text)
    include = Path(protoc.__file__).parent / "_proto"
    status = protoc.main(["protoc", f"-I{out}", f"-I{include}", *arguments, *(sources if main == "*" else [main])])
    assert status == 0


def _sources(files: Path) -> dict[str, str]:
    return {
        "sent.proto": (files / "handoffs-value/versions/1.0.0.proto").read_text(),
        "agents/handoff/1.1.0.proto": (files / "agents/handoff/versions/1.1.0.proto").read_text(),
        "agents/turn/1.1.0.proto": (files / "agents/turn/versions/1.1.0.proto").read_text(),
    }


@pytest.fixture(scope="module")
def sent(shop: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The message class of the registered files, imports as they are pinned."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    out = tmp_path_factory.mktemp("pinned")
    _compile(
        out, _sources(shop.path / "subjects"), "sent.proto", "--include_imports", f"--descriptor_set_out={out}/all"
    )
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString((out / "all").read_bytes()).file:
        pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("shop.Sent"))


@pytest.fixture(scope="module")
def generated(shop: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The same from generated code, whose files have names that Python can import."""
    out = tmp_path_factory.mktemp("generated")
    names = {"agents/handoff/1.1.0.proto": "shop_handoff.proto", "agents/turn/1.1.0.proto": "shop_turn.proto"}
    sources = {}
    for path, pinned in _sources(shop.path / "subjects").items():
        text = re.sub("|".join(names), lambda found: names[found[0]], pinned)
        sources[names.get(path, "shop_sent.proto")] = text
    _compile(out, sources, "*", f"--python_out={out}")
    sys.path.insert(0, str(out))
    import shop_sent_pb2  # type: ignore[import-not-found] # generated above

    yield shop_sent_pb2.Sent
    sys.path.remove(str(out))


def _message(kind: Any) -> Any:
    message = kind()
    message.handoff.conversation_id = "c-1"
    message.handoff.turns.add()
    message.at.seconds = 7
    return message


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_protobuf_values_with_imports_two_levels_deep(client: Any, sent: Any, way: dict[str, Any]) -> None:
    conf = {"use.deprecated.format": False, **way}
    data = ProtobufSerializer(sent, client, conf)(_message(sent), _value("handoffs"))
    read = ProtobufDeserializer(sent, {"use.deprecated.format": False}, client)
    assert read(data, _value("handoffs")) == _message(sent)


@pytest.mark.parametrize("way", WAYS[:2], ids=str)
def test_protobuf_of_generated_code_with_files_of_other_names(client: Any, generated: Any, way: Any) -> None:
    subjects = {"shop_handoff.proto": "agents/handoff", "shop_turn.proto": "agents/turn"}

    def subject_of(context: Any, reference: Any) -> str:
        return subjects[reference.name]

    conf = {"use.deprecated.format": False, "reference.subject.name.strategy": subject_of, **way}
    data = ProtobufSerializer(generated, client, conf)(_message(generated), _value("handoffs"))
    read = ProtobufDeserializer(generated, {"use.deprecated.format": False}, client)
    assert read(data, _value("handoffs")) == _message(generated)


def test_the_guid_in_a_header(client: Any, files: Path, sent: Any) -> None:
    conf = {"auto.register.schemas": False, "schema.id.serializer": header_schema_id_serializer}
    back = {"schema.id.deserializer": dual_schema_id_deserializer}
    text = (files / "orders-value/versions/1.1.0.avsc").read_text()
    headers: list[tuple[str, bytes]] = []
    context = _value("orders", headers=headers)
    data = AvroSerializer(client, Schema(text, "AVRO", [SCORE]), conf=conf)(ORDER, context)
    assert [(name, value[:1], len(value)) for name, value in headers] == [("__value_schema_id", b"\1", 17)]
    assert AvroDeserializer(client, conf=back)(data, context) == ORDER

    context = _value("replies", headers=[])
    served = client.get_latest_version("replies-value").schema
    data = JSONSerializer(served, client, conf=conf)(REPLY, context)
    assert JSONDeserializer(None, schema_registry_client=client, conf=back)(data, context) == REPLY

    context = _value("handoffs", headers=[])
    wire = {"use.deprecated.format": False}
    data = ProtobufSerializer(sent, client, conf | wire)(_message(sent), context)
    assert ProtobufDeserializer(sent, back | wire, client)(data, context) == _message(sent)


def test_what_is_not_registered_is_refused_with_words(client: Any) -> None:
    new = '{"type": "record", "name": "New", "fields": []}'
    with pytest.raises(SchemaRegistryError, match="llmreg register orders-key") as caught:
        AvroSerializer(client, new)({}, SerializationContext("orders", MessageField.KEY))
    assert (caught.value.http_status_code, caught.value.error_code) == (422, 42205)
    with pytest.raises(SchemaRegistryError, match="not found") as caught:
        AvroSerializer(client, new, conf={"auto.register.schemas": False})({}, _value("nowhere"))
    assert (caught.value.http_status_code, caught.value.error_code) == (404, 40401)


def test_the_client_s_own_calls(client: Any) -> None:
    assert client.get_subjects(subject_prefix="chat/") == ["chat/message", "chat/reply"]
    assert client.get_subjects(subject_prefix="old", deleted_only=True) == ["old"]
    assert client.get_versions("chat/reply") == [1, 2, 3, 4]
    assert client.get_versions("ledger", deleted=True) == [1, 2]
    assert client.get_schema_types() == ["JSON", "PROTOBUF", "AVRO"]
    latest = client.get_latest_version("chat/reply")
    assert client.get_version("chat/reply", "latest").schema_id == latest.schema_id
    assert client.get_schema(latest.schema_id).schema_str == latest.schema.schema_str
    assert client.get_schema_by_guid(latest.guid).schema_str == latest.schema.schema_str
    assert client.get_subjects_by_schema_id(latest.schema_id) == ["chat/reply"]
    assert [item.version for item in client.get_schema_versions(latest.schema_id)] == [4]
    assert client.lookup_schema("chat/reply", latest.schema).version == 4
    assert client.get_referenced_by("chat/reply", 4) == [client.get_latest_version("replies-value").schema_id]
    assert client.get_latest_with_metadata("replies-value", {"stage": "live"}).version == 1
    assert client.get_compatibility("chat/reply") == client.get_config("chat/reply").compatibility_level == "FORWARD"
    assert (client.get_mode("chat/reply"), client.get_global_mode(), client.get_contexts()) == (
        "READONLY",
        "READONLY",
        ["."],
    )
    assert client.get_associations_by_resource_name("orders", "-", "topic", ["value"]) == []


def test_the_client_s_compatibility_checks(client: Any) -> None:
    stricter = Schema('{"type": "object", "required": ["a", "b"]}', "JSON")
    known = client.get_latest_version("ledger").schema
    assert client.test_compatibility("ledger", known, "latest")
    assert client.test_compatibility_all_versions("ledger", known, verbose=True)
    assert not client.test_compatibility("ledger", stricter, 2, verbose=True)
    assert not client.test_compatibility_all_versions("ledger", stricter)
