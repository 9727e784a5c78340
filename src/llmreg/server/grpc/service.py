"""The methods of `schema_registry.v1.SchemaRegistry`, over the generation that the server answers from."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import grpc

from llmreg.errors import LimitError, LlmregError
from llmreg.index.search import search
from llmreg.server.changes import changes, listening, place
from llmreg.server.grpc import messages
from llmreg.server.grpc import schema_registry_pb2 as pb
from llmreg.server.grpc.gate import Gate
from llmreg.server.grpc.schema_registry_pb2_grpc import SchemaRegistryServicer
from llmreg.server.grpc.statuses import answered, status
from llmreg.server.judging import SchemaQuestion
from llmreg.server.problems import TO_REGISTER, HttpError

if TYPE_CHECKING:
    from llmreg.index.reader import IndexedSubject, StoredVersion
    from llmreg.server.judging import Judging
    from llmreg.server.state import Generation, State

    Context: TypeAlias = grpc.aio.ServicerContext[Any, Any]

NAME: str = pb.DESCRIPTOR.services_by_name["SchemaRegistry"].full_name
_PAGE = 500  # subjects that are read at a time
_PATIENCE = 15.0  # seconds between two looks at whether a silent stream is still wanted


class SchemaRegistry(SchemaRegistryServicer):
    """Names and shapes are those of the proto file, which says what each method does."""

    def __init__(self, state: State) -> None:
        """Raises InputError when tokens are asked for and the keys cannot be read."""
        self._state = state
        self._gate = Gate(state)

    async def RegisterSchema(self, request: pb.RegisterSchemaRequest, context: Context) -> pb.RegisterSchemaResponse:
        async with self._call("RegisterSchema", context):
            raise _read_only()

    async def BatchRegister(self, request_iterator: object, context: Context) -> None:
        async with self._call("BatchRegister", context):
            raise _read_only()

    async def GetSchema(self, request: pb.GetSchemaRequest, context: Context) -> pb.GetSchemaResponse:
        async with self._call("GetSchema", context):
            with self._held() as generation:
                index = generation.index
                found = messages.chosen(index, request.id, request.subject, request.version)
                return pb.GetSchemaResponse(schema=messages.schema(index, found))

    async def ListSchemas(self, request: pb.ListSchemasRequest, context: Context) -> AsyncIterator[pb.Schema]:
        async with self._call("ListSchemas", context):
            with self._held() as generation:
                for subject in _subjects(generation, request):
                    for version in _versions(subject, every=request.all_versions):
                        yield messages.schema(generation.index, version, content=not request.without_content)

    async def ValidateData(self, request: pb.ValidateDataRequest, context: Context) -> pb.ValidationReport:
        async with self._call("ValidateData", context):
            return await self._validated(request)

    async def BatchValidate(
        self, request_iterator: AsyncIterator[pb.ValidateDataRequest], context: Context
    ) -> AsyncIterator[pb.ValidationReport]:
        async with self._call("BatchValidate", context):
            async for request in request_iterator:
                try:
                    await self._gate.admit("BatchValidate", context)  # each counts as if it came alone
                    yield await self._validated(request)
                except LlmregError as error:
                    code, message = status(error)
                    failure = pb.Failure(status=code.name, message=message)
                    yield pb.ValidationReport(request_id=request.request_id, failure=failure)

    async def ValidateSchema(self, request: pb.ValidateSchemaRequest, context: Context) -> pb.SchemaValidationReport:
        async with self._call("ValidateSchema", context):
            _within(request.schema_content, self._state.options.max_schema_bytes)
            new = messages.text(request.schema_content, request.schema_type, request.references)
            with self._held() as generation:
                began = time.perf_counter()
                answer = await self._judging().validate_schema(generation.index, SchemaQuestion(new))
                return messages.schema_report(answer.value, time.perf_counter() - began)

    async def CheckCompatibility(
        self, request: pb.CompatibilityCheckRequest, context: Context
    ) -> pb.CompatibilityReport:
        async with self._call("CheckCompatibility", context):
            _within(request.schema_content, self._state.options.max_schema_bytes)
            question = messages.check_question(request)
            with self._held() as generation:
                answer = await self._judging().check(generation.index, question)
                return messages.compatibility_report(answer.value)

    async def StreamSchemaChanges(
        self, request: pb.StreamRequest, context: Context
    ) -> AsyncIterator[pb.SchemaChangeEvent]:
        async with self._call("StreamSchemaChanges", context):
            after = place(request.after) if request.after else None
            with listening(self._state):
                await context.send_initial_metadata(())  # it listens
                async for events in changes(self._state, after, _PATIENCE):
                    for event in events:
                        if request.subject in ("", event.subject):
                            yield messages.change(event)
            raise HttpError(503, "the server stops; go on after the last event's id")

    @asynccontextmanager
    async def _call(self, method: str, context: Context) -> AsyncIterator[None]:
        requests = self._state.metrics.requests
        async with answered(context, lambda code: requests.labels(f"/{NAME}/{method}", code).inc()):
            await self._gate.admit(method, context)
            yield

    async def _validated(self, request: pb.ValidateDataRequest) -> pb.ValidationReport:
        _within(request.data, self._state.options.max_data_bytes)
        with self._held() as generation:
            found = messages.chosen(generation.index, request.schema_id, request.subject, request.version)
            answer = await self._judging().validate_data(generation.index, messages.data_question(found, request))
            return messages.validation_report(answer.value, request.request_id)

    def _judging(self) -> Judging:
        if self._state.judging is None:
            raise HttpError(503, "no service judges here")
        return self._state.judging

    @contextmanager
    def _held(self) -> Iterator[Generation]:
        if self._state.generation is None:
            raise HttpError(503, "there is no index yet")
        with self._state.generation.held() as generation:
            yield generation


def _subjects(generation: Generation, request: pb.ListSchemasRequest) -> Iterator[IndexedSubject]:
    wanted = messages.filters(request)
    offset = 0
    while True:
        page = search(generation.index, "", wanted, _PAGE, offset)
        for hit in page.hits:
            yield generation.index.subject(hit.name)
        offset += len(page.hits)
        if not page.hits or offset >= page.total:
            return


def _versions(subject: IndexedSubject, *, every: bool) -> tuple[StoredVersion, ...]:
    if every:
        return subject.versions
    return () if subject.latest_version is None else (subject.stored(subject.latest_version),)


def _read_only() -> HttpError:
    return HttpError(405, TO_REGISTER, code="read-only")


def _within(data: bytes, limit: int) -> None:
    """Raises LimitError before anything is made of it."""
    if len(data) > limit:
        raise LimitError(f"{len(data)} bytes is more than the limit of {limit}")
