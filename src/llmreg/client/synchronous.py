"""The client for threads."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Unpack

import httpx

from llmreg.client import calls, events, posts
from llmreg.client.bindings import Binding, Bindings
from llmreg.client.cache import Cache
from llmreg.client.connection import Connection, lost
from llmreg.client.exchange import Core, Reply
from llmreg.client.judgements import Compatibility, Diff, Inference, SchemaValidation, Validation
from llmreg.client.local import Local
from llmreg.client.results import (
    Event,
    Links,
    Page,
    Schema,
    SchemaBytes,
    SearchPage,
    Stats,
    Subject,
    SubjectLine,
    Version,
    Versions,
)
from llmreg.client.retry import USUAL, Retry
from llmreg.model.binding import LEFT_OUT


class RegistryClient(Connection):
    """A registry over HTTP. Safe to share between threads; a context manager.

    Everything is asked of `base_url`; GET answers are kept (at most 1,000 and 32 MiB), those that never change are not
    asked for again. `token` is sent as a bearer token, `timeout` is in seconds for each step of each attempt. When the
    server cannot be reached, `fallback`, the path of an exported `index.sqlite`, answers what it can; such a result has
    `offline` True. Methods raise ClientError, and LlmregError for what they are given.
    """

    def __init__(
        self,
        base_url: str,
        *,
        token: str | None = None,
        timeout: float = 10.0,
        retry: Retry = USUAL,
        fallback: str | Path | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        super().__init__(Core.at(base_url, token, fallback, retry, Cache(1000, 32 << 20)), timeout, transport)
        self._local = Local(self.core)

    def subjects(self, **filters: Unpack[calls.SubjectFilters]) -> Page[SubjectLine]:
        """Subjects in short, by name; each filter that is given has to hold."""
        return self.run(self.core.ask(calls.subjects(filters)))

    def search(self, text: str = "", **filters: Unpack[calls.SearchFilters]) -> SearchPage:
        """Subjects in which every word of `text` occurs; `fields` are exact names in the latest schema."""
        return self.run(self.core.ask(calls.search(text, filters)))

    def subject(self, subject: str) -> Subject:
        """One subject, with its versions in short."""
        return self.run(self.core.ask(calls.subject(subject)))

    def versions(self, subject: str) -> Versions:
        """Every version of a subject, without the texts."""
        return self.run(self.core.ask(calls.versions(subject)))

    def version(self, subject: str, range: str = calls.LATEST) -> Version:
        """The highest version in a range, with its text: `latest`, `1.2.0`, `^1.2`, or its number as in Kafka."""
        return self.run(self.core.ask(calls.version(subject, range)))

    def schema_bytes(self, subject: str, range: str = calls.LATEST) -> SchemaBytes:
        """The bytes of a version as they were registered."""
        return self.run(self.core.ask(calls.schema_bytes(subject, range)))

    def schema(self, schema: int | str) -> Schema:
        """One content by its id, GUID or SHA-256, with every version that holds it."""
        return self.run(self.core.ask(calls.schema(str(schema))))

    def dependencies(
        self, subject: str, version: str = calls.LATEST, *, transitive: bool = False, limit: int = 100, offset: int = 0
    ) -> Links:
        """What a version refers to."""
        call = calls.linked("dependencies", subject, version, transitive=transitive, limit=limit, offset=offset)
        return self.run(self.core.ask(call))

    def dependents(
        self, subject: str, version: str = calls.LATEST, *, transitive: bool = False, limit: int = 100, offset: int = 0
    ) -> Links:
        """What refers to a version."""
        call = calls.linked("dependents", subject, version, transitive=transitive, limit=limit, offset=offset)
        return self.run(self.core.ask(call))

    def diff(self, subject: str, old: str, new: str) -> Diff:
        """What changed and broke between two versions, with witnesses."""
        return self.run(self.core.ask(calls.diff(subject, old, new)))

    def stats(self) -> Stats:
        """What is served, counted, and from which commit."""
        return self.run(self.core.ask(calls.stats()))

    def validate(
        self,
        subject: str,
        document: Any,
        range: str = calls.LATEST,
        *,
        strict: bool = False,
        remote: bool = False,
    ) -> Validation:
        """Judge a document: a JSON value, or the format's binary form as bytes (Avro, Protobuf).

        It is judged here, under the fetched schema, compiled once; with `remote` the server does it. `strict` refuses
        undeclared fields."""
        if remote:
            return self.run(self.core.ask(posts.validate(subject, range, document, strict=strict)))
        return self.run(self._local.validate(subject, range, document, strict=strict))

    def bindings(self) -> Bindings:
        """Every binding by name, with the versions that it means now."""
        return self.run(self.core.ask(calls.bindings()))

    def binding(self, name: str) -> Binding:
        """One binding, with the versions that it means now."""
        return self.run(self.core.ask(calls.binding(name)))

    def validate_inference(
        self,
        binding: str,
        input: Any = LEFT_OUT,
        output: Any = LEFT_OUT,
        *,
        remote: bool = False,
    ) -> Inference:
        """Judge what a model was given and what it answered, under the versions that its binding means now.

        Documents are judged here, as by `validate`; with `remote` the server does it. A side may be left out."""
        sides = {name: side for name, side in (("input", input), ("output", output)) if side is not LEFT_OUT}
        if remote:
            return self.run(self.core.ask(posts.validate_io(binding, sides)))
        return self.run(self._local.validate_io(binding, sides))

    def validate_schema(self, schema: Any, *, format: str | None = None) -> SchemaValidation:
        """Whether a text, bytes or JSON value is a schema; the server judges."""
        return self.run(self.core.ask(posts.validate_schema(schema, format)))

    def check_compatibility(
        self, subject: str, schema: Any, *, mode: str | None = None, against: str | None = None
    ) -> Compatibility:
        """What breaks when a text, bytes or JSON value becomes the subject's next version; the server judges.

        `mode`: instead of the subject's own. `against`: a version or a range instead of what the mode asks for."""
        return self.run(self.core.ask(posts.check_compatibility(subject, schema, mode, against)))

    def stream_changes(self, after: str | None = None) -> Iterator[Event]:
        """What changes, as it happens, for ever; a connection that breaks is made again where it was left.

        `after`: the id of the last event seen, `0` for everything; None: what comes from now on."""
        stream = self.run(events.start(self.core, after))
        while True:
            send = stream.request()
            try:
                with self.http.stream(send.method, send.url, headers=dict(send.headers), timeout=self.quiet) as answer:
                    if answer.status_code == 200:
                        stream.opened(answer.headers.get("content-type", ""))
                        for text in answer.iter_text():
                            yield from stream.feed(text)
                        seconds = stream.failed(events.ENDED)
                    else:
                        seconds = stream.failed(Reply(answer.status_code, answer.headers, answer.read()))
            except httpx.RequestError as error:
                seconds = stream.failed(lost(error))
            time.sleep(seconds)
