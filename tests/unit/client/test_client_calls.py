"""Every call against the real application, synchronous and asynchronous, and the same from an index file."""

from __future__ import annotations

import inspect
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from tests.unit.client.conftest import through
from tests.unit.server.conftest import Site

from llmreg.client import (
    AsyncRegistryClient,
    ClientError,
    MissingError,
    ProblemError,
    RegistryClient,
    Result,
    Retry,
    UnreachableError,
)
from llmreg.errors import LlmregError, NotFoundError, UsageError

Question = Callable[[Any], Any]
VARIABLES = {"question": "How do I get a refund?", "passages": []}
REPLY = {"reasoning": "no passage", "answer": "I will ask a colleague.", "citations": []}
# What every way of asking answers alike.
QUESTIONS: dict[str, Question] = {
    "subjects": lambda client: client.subjects(limit=3, offset=1),
    "subjects filtered": lambda client: client.subjects(prefix="tools/", kind="tool-input", tags=[]),
    "search": lambda client: client.search("ticket", fields=["summary"], limit=2),
    "search by metadata": lambda client: client.search(metadata={"no": "such"}),
    "subject": lambda client: client.subject("chat/reply"),
    "versions": lambda client: client.versions("tools/ticket"),
    "version": lambda client: client.version("chat/reply", "^1"),
    "version by number": lambda client: client.version("chat/reply", "2"),
    "latest": lambda client: client.version("chat/reply"),
    "bytes": lambda client: client.schema_bytes("chat/reply", "1.0.0"),
    "dependencies": lambda client: client.dependencies("chat/reply", transitive=True),
    "dependents": lambda client: client.dependents("chat/message", "1.0.0"),
    "diff": lambda client: client.diff("chat/reply", "1.0.0", "1.1.0"),
    "stats": lambda client: client.stats(),
    "bindings": lambda client: client.bindings(),
    "binding": lambda client: client.binding("answer-openai"),
    "inference": lambda client: client.validate_inference("answer-openai", VARIABLES, REPLY),
    "wrong answer": lambda client: client.validate_inference("answer-openai", output={**REPLY, "answer": 1}),
    "valid": lambda client: client.validate("tools/ticket", {"id": "T-1", "state": "open"}, "1.0.0"),
    "invalid": lambda client: client.validate("tools/ticket", {"id": "x"}, "1.0.0"),
}


@pytest.fixture(scope="module")
def offline(exported_once: Any) -> Iterator[RegistryClient]:
    """A client whose server is gone."""

    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with RegistryClient(
        "http://gone",
        transport=httpx.MockTransport(gone),
        fallback=exported_once.out / "index.sqlite",
        retry=Retry(attempts=1),
    ) as made:
        yield made


def _asynchronous(site: Site, question: Question) -> Any:
    async def run() -> Any:
        transport = httpx.ASGITransport(site.asgi)
        async with AsyncRegistryClient("http://test", transport=transport) as client:
            return await question(client)

    return site.run(run())


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_way_answers_alike(name: str, client: RegistryClient, offline: RegistryClient, site: Site) -> None:
    question = QUESTIONS[name]
    answer = question(client)
    assert answer.offline is False
    assert _asynchronous(site, question) == answer
    stored = question(offline)
    assert stored.offline is True
    assert _without_flag(stored) == _without_flag(answer)


def _without_flag(result: Any) -> dict[str, Any]:
    """The members of a result, and of a result in it."""
    members = {name: getattr(result, name) for cls in type(result).__mro__ for name in getattr(cls, "__slots__", ())}
    inner = {name: _without_flag(value) for name, value in members.items() if isinstance(value, Result)}
    return {**members, **inner, "offline": None}


def test_both_clients_have_the_same_methods() -> None:
    def methods(cls: type) -> dict[str, Any]:
        return {
            name: inspect.signature(value).parameters
            for name, value in vars(cls).items()
            if not name.startswith("__") and callable(value)
        }

    one, other = methods(RegistryClient), methods(AsyncRegistryClient)
    assert one == other
    assert all(vars(RegistryClient)[name].__doc__ == vars(AsyncRegistryClient)[name].__doc__ for name in one)


def test_a_schema_by_every_name_of_its_content(client: RegistryClient, offline: RegistryClient) -> None:
    version = client.version("chat/reply", "1.0.0")
    for name in (version.id, version.guid, version.sha256):
        schema = client.schema(name)
        assert schema.schema == version.schema
        assert ("chat/reply", "1.0.0") in {(holder.subject, holder.version) for holder in schema.versions}
        assert offline.schema(name).schema == version.schema


def test_the_bytes_are_those_that_were_registered(client: RegistryClient, site: Site) -> None:
    for subject in client.subjects(limit=1000).items:
        found = client.schema_bytes(subject.subject)
        assert found.data == site.state.generation.index.subject(subject.subject).version_bytes(subject.latest)


def test_what_is_missing(client: RegistryClient, offline: RegistryClient) -> None:
    for one in (client, offline):
        for question in (
            lambda one: one.subject("no/such"),
            lambda one: one.version("chat/reply", "9.9.9"),
            lambda one: one.schema(1),
            lambda one: one.validate("no/such", {}),
            lambda one: one.binding("nobody"),
            lambda one: one.validate_inference("nobody", {}),
        ):
            with pytest.raises(NotFoundError):
                question(one)
    with pytest.raises(MissingError) as caught:
        client.subject("no/such")
    assert caught.value.instance == "/api/v1/subjects/no/such"


def test_what_makes_no_sense(client: RegistryClient, offline: RegistryClient) -> None:
    with pytest.raises(ProblemError, match="400"):
        client.subjects(limit=0)
    with pytest.raises(ProblemError):
        client.version("chat/reply", "?")
    with pytest.raises(UsageError):
        offline.version("chat/reply", "?")
    for one in (client, offline):
        with pytest.raises(UsageError, match="nothing to validate"):
            one.validate_inference("answer-openai")
        with pytest.raises(UsageError, match="names nothing"):
            one.binding("")


def test_the_server_judges_where_it_is_asked_to(client: RegistryClient) -> None:
    document = {"id": "x", "state": "closed"}
    here = client.validate("tools/ticket", document, "1.0.0")
    there = client.validate("tools/ticket", document, "1.0.0", remote=True)
    assert not here
    assert not there
    assert [error.pointer for error in here.errors] == [error.pointer for error in there.errors] == ["/id", "/state"]
    assert client.validate("tools/ticket", {"id": "T-1", "state": "open"}, "1.0.0", remote=True).valid


def test_a_call_of_a_model_is_judged_here_as_it_is_there(client: RegistryClient) -> None:
    for sides in ({"input": VARIABLES, "output": REPLY}, {"input": {"question": 1}}, {"output": None}):
        here = client.validate_inference("answer-openai", **sides)
        there = client.validate_inference("answer-openai", **sides, remote=True)
        assert [side.version if side else None for side in (here.input, here.output)] == [
            side.version if side else None for side in (there.input, there.output)
        ]
        assert _errors(here) == _errors(there)
        assert bool(here) is there.valid
    with pytest.raises(ProblemError, match="422"):
        client.validate_inference("answer-openai", remote=True)


def _errors(answer: Any) -> list[list[str]]:
    return [[error.pointer for error in side.errors] for side in (answer.input, answer.output) if side is not None]


def test_a_binding_says_which_role_it_does_not_have(client: RegistryClient) -> None:
    binding = client.binding("answer-openai")
    assert (binding.facts["environment"], binding.role("output").version) == ("fallback", "2.0.0")
    with pytest.raises(UsageError, match="has no nothing"):
        binding.role("nothing")
    with pytest.raises(NotFoundError, match="resolves to nothing"):
        replace(binding, problems=("eval: resolves to nothing",)).role("eval")


def test_a_next_version_is_judged(client: RegistryClient) -> None:
    text = json.loads(client.version("tools/ticket", "1.0.0").schema)
    assert client.check_compatibility("tools/ticket", text, mode="BACKWARD", against="1.0.0")
    text["required"].append("added")
    text["properties"]["added"] = {"type": "string"}
    answer = client.check_compatibility("tools/ticket", json.dumps(text).encode(), mode="BACKWARD", against="1.0.0")
    assert not answer
    assert (answer.verdict, answer.compared_versions) == ("incompatible", ("1.0.0",))
    assert "required_added" in {finding["rule"] for finding in answer.report["subjects"][0]["findings"]}


def test_a_text_is_judged(client: RegistryClient) -> None:
    assert client.validate_schema({"type": "object"}, format="json")
    answer = client.validate_schema('{"type": "objekt"}', format="json")
    assert not answer.valid
    assert answer.errors[0].pointer == "/type"
    with pytest.raises(UsageError, match="UTF-8"):
        client.validate_schema(b"\xff")
    with pytest.raises(UsageError, match="no JSON value"):
        client.validate_schema({"a": object()})


def test_what_an_index_file_cannot_answer(offline: RegistryClient) -> None:
    for question in (
        lambda: offline.validate("tools/ticket", {}, remote=True),
        lambda: offline.check_compatibility("tools/ticket", {}),
        lambda: offline.validate_inference("answer-openai", VARIABLES, remote=True),
        lambda: offline.validate_schema({}),
        lambda: next(offline.stream_changes("0")),
    ):
        with pytest.raises(UnreachableError):
            question()
    with pytest.raises(NotFoundError, match="holds no comparison"):
        offline.diff("chat/reply", "1.0.0", "2.0.0")


def test_every_registered_schema_judges_here_as_it_does_there(client: RegistryClient) -> None:
    """With its references, in every format."""
    judged = set()
    for subject in client.subjects(limit=1000).items:
        if subject.kind == "prompt" or subject.latest is None:
            continue
        here = _verdict(client, subject.subject, remote=False)
        assert here == _verdict(client, subject.subject, remote=True), subject.subject
        judged.add(subject.format)
    assert judged == {"json", "avro", "protobuf"}


def _verdict(client: RegistryClient, subject: str, *, remote: bool) -> Any:
    try:
        answer = client.validate(subject, {"no such field": 1}, remote=remote)
    except ProblemError as error:
        return error.type.rpartition(":")[2]
    except LlmregError as error:
        return error.code
    return answer.valid, [(error.code, error.pointer) for error in answer.errors]


def test_a_validator_is_compiled_once_and_its_references_fetched_once(
    client: RegistryClient, seen: list[httpx.Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    linked = next(
        subject
        for subject in client.subjects(limit=1000).items
        if subject.format == "json" and client.version(subject.subject).references
    )
    client.validate(linked.subject, {})
    count = len(seen)
    monkeypatch.setattr("llmreg.client.local.catalogue", None)
    for _ in range(3):
        client.validate(linked.subject, {})
    assert len(seen) == count  # answers are kept for the seconds that the server allows


def test_a_text_that_is_not_that_of_its_digest_judges_nothing(site: Site) -> None:
    honest = through(site)

    def tampered(request: httpx.Request) -> httpx.Response:
        answer = honest.handler(request)  # type: ignore[union-attr]
        body = answer.read().replace(b"The ticket that was created.", b"The ticket that was changed.")
        return httpx.Response(answer.status_code, headers={"content-type": "application/json"}, content=body)

    with (
        RegistryClient("http://test", transport=httpx.MockTransport(tampered)) as client,
        pytest.raises(ClientError, match="SHA-256"),
    ):
        client.validate("tools/ticket", {}, "1.0.0")


def test_many_threads_share_one_client(site: Site) -> None:
    lock = threading.Lock()
    inner = through(site)

    def handle(request: httpx.Request) -> httpx.Response:
        with lock:  # the application lives on one loop
            return inner.handler(request)  # type: ignore[union-attr, return-value]

    answers: list[bool] = []
    with RegistryClient("http://test", transport=httpx.MockTransport(handle)) as client:

        def work() -> None:
            for _ in range(20):
                answers.append(client.validate("tools/ticket", {"id": "T-1", "state": "open"}, "1.0.0").valid)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == [True] * 160
