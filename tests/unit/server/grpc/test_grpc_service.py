"""Every method of the gRPC service, asked by a real client over the loopback interface."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

grpc = pytest.importorskip("grpc", reason="pip install 'llmreg[grpc]'")

from grpc_health.v1 import health_pb2, health_pb2_grpc  # noqa: E402
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc  # noqa: E402
from tests import generate_grpc  # noqa: E402
from tests.unit.server.conftest import Site  # noqa: E402

from llmreg.errors import LlmregError, UsageError  # noqa: E402
from llmreg.server.grpc import schema_registry_pb2 as pb  # noqa: E402
from llmreg.server.grpc.schema_registry_pb2_grpc import SchemaRegistryStub  # noqa: E402
from llmreg.server.options import ServerOptions  # noqa: E402
from llmreg.server.services import grpc as service  # noqa: E402

Ask = Callable[[Any], Awaitable[Any]]
SERVICE = "schema_registry.v1.SchemaRegistry"


@pytest.fixture(scope="module")
def listening(exported_once: Any) -> Iterator[Site]:
    site = Site(ServerOptions(exported_once.out, grpc_port=0))
    yield site
    site.close()


@pytest.fixture
def ask(listening: Site) -> Callable[[Ask], Any]:
    """Runs a question that is given the channel."""
    return lambda question: _asked(listening, question)


def _asked(site: Site, question: Ask) -> Any:
    async def run() -> Any:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{site.state.grpc_port}") as channel:
            return await asyncio.wait_for(question(channel), 30)

    return site.run(run())


def _refused(ask: Callable[[Ask], Any], question: Ask) -> tuple[Any, str]:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        ask(question)
    return caught.value.code(), caught.value.details()


async def _all(call: Any) -> list[Any]:
    return [message async for message in call]


# ---------------------------------------------------------------------------------------------------------- schemas


def test_a_schema_by_subject_and_range(ask: Any, listening: Site) -> None:
    request = pb.GetSchemaRequest(subject="chat/reply", version="^1")
    schema = ask(lambda channel: SchemaRegistryStub(channel).GetSchema(request)).schema
    stored = listening.state.generation.index.subject("chat/reply").stored(schema.version)
    assert (schema.subject, schema.version, schema.schema_type) == ("chat/reply", "1.2.0", pb.SCHEMA_TYPE_JSON)
    assert schema.schema_content == listening.state.generation.index.blob(stored.sha256)
    assert (schema.id, schema.guid, schema.sha256) == (str(stored.schema_id), stored.guid, stored.sha256)
    assert schema.created_at.seconds == stored.origin.time
    assert pb.CompatibilityLevel.Name(schema.compatibility_level).endswith(stored.line.mode.value)
    assert schema.ordinal == stored.number


def test_a_schema_by_content_and_the_latest(ask: Any) -> None:
    async def question(channel: Any) -> list[str]:
        stub = SchemaRegistryStub(channel)
        latest = (await stub.GetSchema(pb.GetSchemaRequest(subject="chat/reply"))).schema
        names = [latest.id, latest.guid, latest.sha256]
        return [(await stub.GetSchema(pb.GetSchemaRequest(id=name))).schema.sha256 for name in names]

    assert len(set(ask(question))) == 1


@pytest.mark.parametrize(
    ("request_", "code", "words"),
    [
        (pb.GetSchemaRequest(subject="no/such"), "NOT_FOUND", "no subject 'no/such'"),
        (pb.GetSchemaRequest(subject="chat/reply", version="9"), "NOT_FOUND", "no version"),
        (pb.GetSchemaRequest(subject="chat/reply", version="?"), "INVALID_ARGUMENT", "?"),
        (pb.GetSchemaRequest(id="1"), "NOT_FOUND", "no schema 1"),
        (pb.GetSchemaRequest(id="nonsense"), "INVALID_ARGUMENT", "names no schema"),
        (pb.GetSchemaRequest(), "INVALID_ARGUMENT", "name one schema"),
        (pb.GetSchemaRequest(id="1", subject="chat/reply"), "INVALID_ARGUMENT", "name one schema"),
    ],
)
def test_schemas_that_are_not_there(ask: Any, request_: Any, code: str, words: str) -> None:
    found, message = _refused(ask, lambda channel: SchemaRegistryStub(channel).GetSchema(request_))
    assert found.name == code
    assert words in message


def test_all_schemas(ask: Any, listening: Site) -> None:
    index = listening.state.generation.index
    everything = ask(
        lambda channel: _all(SchemaRegistryStub(channel).ListSchemas(pb.ListSchemasRequest(all_versions=True)))
    )
    assert [(one.subject, one.version) for one in everything] == [
        (subject.name, version.version) for subject in index.subjects() for version in subject.versions
    ]
    request = pb.ListSchemasRequest(schema_type=pb.SCHEMA_TYPE_AVRO, without_content=True)
    latest = ask(lambda channel: _all(SchemaRegistryStub(channel).ListSchemas(request)))
    assert latest
    assert all(one.schema_type == pb.SCHEMA_TYPE_AVRO and not one.schema_content for one in latest)
    assert len({one.subject for one in latest}) == len(latest)


def test_a_format_without_a_plug_in(ask: Any) -> None:
    request = pb.ListSchemasRequest(schema_type=pb.SCHEMA_TYPE_THRIFT)
    code, message = _refused(ask, lambda channel: _all(SchemaRegistryStub(channel).ListSchemas(request)))
    assert code is grpc.StatusCode.UNIMPLEMENTED
    assert "hrift" in message


# ------------------------------------------------------------------------------------------------------- validation

REPLY = {"text": "Hello"}


def _data(document: Any, **more: Any) -> Any:
    return pb.ValidateDataRequest(
        **{"subject": "tools/ticket", "version": "1.0.0", **more}, data=json.dumps(document).encode()
    )


def test_data(ask: Any) -> None:
    report = ask(
        lambda channel: SchemaRegistryStub(channel).ValidateData(_data({"id": 1, "state": "open"}, request_id="r"))
    )
    assert not report.valid
    assert "/id" in {error.pointer for error in report.errors}
    assert all(error.message and error.code for error in report.errors)
    assert (report.subject, report.version, report.request_id) == ("tools/ticket", "1.0.0", "r")
    assert report.validation_time_ms >= 0


def test_a_batch_goes_on_after_what_cannot_be_judged(ask: Any) -> None:
    requests = [
        _data({"summary": 1}, request_id="a"),
        pb.ValidateDataRequest(subject="no/such", data=b"{}", request_id="b"),
        _data({"summary": 1}, request_id="c"),
    ]
    reports = ask(lambda channel: _all(SchemaRegistryStub(channel).BatchValidate(iter(requests))))
    assert [report.request_id for report in reports] == ["a", "b", "c"]
    assert [report.failure.status for report in reports] == ["", "NOT_FOUND", ""]
    assert [report.valid for report in reports] == [False, False, False]


def test_a_batch_is_answered_as_it_is_sent(ask: Any) -> None:
    async def question(channel: Any) -> list[str]:
        call = SchemaRegistryStub(channel).BatchValidate()
        heard = []
        for name in ("a", "b"):
            await call.write(_data({}, request_id=name))
            heard.append((await call.read()).request_id)
        await call.done_writing()
        assert await call.read() is grpc.aio.EOF
        return heard

    assert ask(question) == ["a", "b"]


def test_schemas_that_are_none(ask: Any) -> None:
    async def question(channel: Any) -> list[Any]:
        stub = SchemaRegistryStub(channel)
        texts = (b'{"type": "object"}', b'{"type": "objekt"}')
        kind = pb.SCHEMA_TYPE_JSON
        return [
            await stub.ValidateSchema(pb.ValidateSchemaRequest(schema_content=text, schema_type=kind)) for text in texts
        ]

    right, wrong = ask(question)
    assert right.valid
    assert right.schema_type == pb.SCHEMA_TYPE_JSON
    assert not wrong.valid
    assert wrong.errors[0].pointer == "/type"


def test_what_breaks(ask: Any, listening: Site) -> None:
    index = listening.state.generation.index
    text = json.loads(index.subject("tools/ticket").version_bytes("1.0.0"))
    text["required"] = [*text.get("required", []), "brand_new"]
    text["properties"]["brand_new"] = {"type": "string"}

    async def question(channel: Any) -> Any:
        request = pb.CompatibilityCheckRequest(
            subject="tools/ticket",
            schema_content=json.dumps(text).encode(),
            level=pb.COMPATIBILITY_LEVEL_BACKWARD,
            against=["1.0.0"],
        )
        return await SchemaRegistryStub(channel).CheckCompatibility(request)

    report = ask(question)
    assert not report.compatible
    assert report.verdict == pb.VERDICT_INCOMPATIBLE
    assert report.level == pb.COMPATIBILITY_LEVEL_BACKWARD
    assert list(report.compared_versions) == ["1.0.0"]
    (violation,) = [one for one in report.violations if one.rule == "required_added"]
    assert violation.against == "1.0.0"
    assert violation.direction == "BACKWARD"
    assert "brand_new" not in json.loads(violation.witness_json)
    assert json.loads(report.report_json)["compatible"] is False


def test_a_check_that_makes_no_sense(ask: Any) -> None:
    request = pb.CompatibilityCheckRequest(schema_content=b"{}")
    code, _ = _refused(ask, lambda channel: SchemaRegistryStub(channel).CheckCompatibility(request))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    request = pb.CompatibilityCheckRequest(subject="tools/ticket", schema_content=b'{"type": "objekt"}')
    code, message = _refused(ask, lambda channel: SchemaRegistryStub(channel).CheckCompatibility(request))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert "objekt" in message


@pytest.mark.parametrize("size", [(10 << 20) + 1, 11 << 20])
def test_data_that_is_too_large(ask: Any, size: int) -> None:
    request = pb.ValidateDataRequest(subject="tools/ticket", data=b" " * size)
    code, _ = _refused(ask, lambda channel: SchemaRegistryStub(channel).ValidateData(request))
    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED


# ------------------------------------------------------------------------------------- registration, changes, the rest


@pytest.mark.parametrize("method", ["RegisterSchema", "BatchRegister"])
def test_who_registers_is_told_how(ask: Any, method: str) -> None:
    request = pb.RegisterSchemaRequest(subject="a", schema_content=b"{}")

    async def question(channel: Any) -> Any:
        stub = SchemaRegistryStub(channel)
        if method == "RegisterSchema":
            return await stub.RegisterSchema(request)
        return await _all(stub.BatchRegister(iter([request])))

    code, message = _refused(ask, question)
    assert code is grpc.StatusCode.FAILED_PRECONDITION
    assert "llmreg register" in message


def test_changes_from_a_place(ask: Any, listening: Site) -> None:
    known = listening.state.generation.index.events()

    async def question(channel: Any) -> list[Any]:
        call = SchemaRegistryStub(channel).StreamSchemaChanges(pb.StreamRequest(after=known[-4].id))
        events = [await call.read() for _ in range(3)]
        call.cancel()
        return events

    events = ask(question)
    assert [event.id for event in events] == [event.id for event in known[-3:]]
    assert events[-1].subject == known[-1].subject
    assert events[-1].time.seconds == known[-1].time
    assert json.loads(events[-1].data_json) == known[-1].body


def test_changes_of_one_subject_from_nonsense_and_a_cancelled_stream(ask: Any, listening: Site) -> None:
    wanted = listening.state.generation.index.events()[-1].subject

    async def question(channel: Any) -> list[str]:
        call = SchemaRegistryStub(channel).StreamSchemaChanges(pb.StreamRequest(after="0", subject=wanted))
        event = await call.read()
        call.cancel()
        return [event.subject]

    assert ask(question) == [wanted]
    code, _ = _refused(
        ask, lambda channel: _all(SchemaRegistryStub(channel).StreamSchemaChanges(pb.StreamRequest(after="x")))
    )
    assert code is grpc.StatusCode.INVALID_ARGUMENT

    async def quiet() -> None:
        for _ in range(200):
            if "llmreg_streams 0.0" in listening.state.metrics.text().decode():
                return
            await asyncio.sleep(0.02)
        raise AssertionError("a cancelled stream goes on")

    listening.run(quiet())


def test_a_new_index_is_told_and_served(serve: Any, registry: Any) -> None:
    site = serve(grpc_port=0)
    file = registry.path / "subjects/chat/reply/subject.yaml"

    async def question(channel: Any) -> tuple[Any, Any]:
        stub = SchemaRegistryStub(channel)
        call = stub.StreamSchemaChanges(pb.StreamRequest())
        await call.initial_metadata()
        text = file.read_text().replace("status:", "status:\n  1.0.0: {deprecated: old}")
        await asyncio.to_thread(file.write_text, text)
        await asyncio.to_thread(registry.commit, "deprecate")
        await asyncio.to_thread(registry.export)
        event = await call.read()
        request = pb.GetSchemaRequest(subject="chat/reply", version="1.0.0")
        return event, (await stub.GetSchema(request)).schema

    event, schema = _asked(site, question)
    assert (event.type, event.subject, event.version) == ("schema.deprecated", "chat/reply", "1.0.0")
    assert schema.deprecated == "old"


def test_the_end_of_the_server_ends_a_stream_and_is_told_by_health(serve: Any) -> None:
    site = serve(grpc_port=0)

    async def question(channel: Any) -> tuple[Any, Any]:
        call = SchemaRegistryStub(channel).StreamSchemaChanges(pb.StreamRequest())
        await call.initial_metadata()
        health = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(service=SERVICE))
        before = (await health.read()).status
        site.state.stop()
        after = (await health.read()).status
        assert before == health_pb2.HealthCheckResponse.SERVING
        assert after == health_pb2.HealthCheckResponse.NOT_SERVING
        health.cancel()
        return await call.code(), await call.details()

    code, message = _asked(site, question)
    assert code is grpc.StatusCode.UNAVAILABLE
    assert "last event" in message


def test_reflection_describes_every_method(ask: Any) -> None:
    async def question(channel: Any) -> tuple[set[str], bytes]:
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        requests = [
            reflection_pb2.ServerReflectionRequest(list_services=""),
            reflection_pb2.ServerReflectionRequest(file_containing_symbol=SERVICE),
        ]
        names, file = await _all(stub.ServerReflectionInfo(iter(requests)))
        found = {one.name for one in names.list_services_response.service}
        return found, file.file_descriptor_response.file_descriptor_proto[0]

    names, file = ask(question)
    assert {SERVICE, "grpc.health.v1.Health"} <= names
    for method in pb.DESCRIPTOR.services_by_name["SchemaRegistry"].methods:
        assert method.name.encode() in file


def test_a_call_that_nobody_waits_for_ends(ask: Any) -> None:
    call = lambda channel: SchemaRegistryStub(channel).StreamSchemaChanges(pb.StreamRequest(), timeout=0.2).read()  # noqa: E731
    code, _ = _refused(ask, call)
    assert code is grpc.StatusCode.DEADLINE_EXCEEDED


def test_what_nobody_waits_for_is_not_judged_to_the_end(
    ask: Any, listening: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = []
    begun = asyncio.Event()

    class Slow:
        async def validate_data(self, *_: object) -> None:
            begun.set()
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                ended.append("cancelled")
                raise

    monkeypatch.setattr(listening.state, "judging", Slow())
    code, _ = _refused(ask, lambda channel: SchemaRegistryStub(channel).ValidateData(_data({}), timeout=0.2))
    assert code is grpc.StatusCode.DEADLINE_EXCEEDED

    begun.clear()

    async def cancel(channel: Any) -> None:
        call = SchemaRegistryStub(channel).ValidateData(_data({}))
        await begun.wait()
        call.cancel()
        for _ in range(200):
            if len(ended) == 2:
                return
            await asyncio.sleep(0.02)

    ask(cancel)
    assert ended == ["cancelled", "cancelled"]
    listening.state.judging = None
    code, message = _refused(ask, lambda channel: SchemaRegistryStub(channel).ValidateData(_data({})))
    assert (code, message) == (grpc.StatusCode.UNAVAILABLE, "no service judges here")


def test_calls_are_counted_by_status(ask: Any, listening: Site) -> None:
    ask(lambda channel: SchemaRegistryStub(channel).GetSchema(pb.GetSchemaRequest(subject="chat/reply")))
    _refused(ask, lambda channel: SchemaRegistryStub(channel).GetSchema(pb.GetSchemaRequest(subject="no/such")))
    text = listening.state.metrics.text().decode()
    for code in ("OK", "NOT_FOUND"):
        assert f'"/{SERVICE}/GetSchema",status="{code}"' in text


def test_a_failure_of_ours_is_not_told_in_detail(
    ask: Any, listening: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("llmreg.server.grpc.messages.chosen", None)
    code, message = _refused(ask, lambda channel: SchemaRegistryStub(channel).GetSchema(pb.GetSchemaRequest(id="1")))
    assert code is grpc.StatusCode.INTERNAL
    assert "NoneType" not in message
    assert "NoneType" in caplog.text


def test_a_port_that_is_taken(exported_once: Any, listening: Site) -> None:
    with pytest.raises(RuntimeError, match="for gRPC"):
        Site(ServerOptions(exported_once.out, grpc_port=listening.state.grpc_port))


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(service, "find_spec", lambda name: None)

    async def start() -> None:
        from llmreg.server.state import State

        async with service.run(State(ServerOptions(tmp_path, grpc_port=0))):
            raise AssertionError("it started")

    with pytest.raises(UsageError, match="grpc_reflection") as caught:
        asyncio.run(start())
    assert isinstance(caught.value, LlmregError)
    assert "llmreg[grpc]" in (caught.value.hint or "")


# ------------------------------------------------------------------------------------------------------ generated code


def _without_versions(text: str) -> str:
    """The compiler writes its own version into what it makes; another one makes the same of this file."""
    import re

    return re.sub(r"\b\d+\.\d+\.\d+\b|^    \d+,$", "N", text, flags=re.MULTILINE)


@pytest.mark.parametrize("path", sorted(generate_grpc.files()), ids=str)
def test_generated_code_is_fresh(path: Path) -> None:
    now = (generate_grpc.SOURCE / path).read_text(encoding="utf-8")
    assert _without_versions(now) == _without_versions(generate_grpc.files()[path]), "stale: run `make grpc`"
