"""What the server holds: the generation that it answers from, and the one step in which a new one takes its place."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from llmreg.compat.schemas import Schemas
from llmreg.errors import InputError, LlmregError
from llmreg.index.manifest import INDEX, NAME, Manifest, read_manifest, verify
from llmreg.index.reader import Index, mark_of
from llmreg.server.answers import Answers
from llmreg.server.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import HTTPConnection

    from llmreg.server.judging import Judging
    from llmreg.server.options import ServerOptions
    from llmreg.server.telemetry.audit import Audit

log = logging.getLogger("llmreg.server")
_Mark = tuple[int, int, int]
_TRIES = 5
_ALONE = 10.0  # seconds after an index that its manifest should have come
_MOST_SCHEMAS = 1000  # parsed ones that are kept; some 50 kB each


class Generation:
    """One index and everything that was made from it. Whoever reads holds it; when it was replaced and nobody holds
    it any more, its file is closed."""

    def __init__(self, index: Index, manifest: Manifest) -> None:
        self.index = index
        self.manifest = manifest
        self.answers = Answers()
        self._holders = 0
        self._replaced = False
        self.closed = False

    @classmethod
    def load(cls, directory: Path) -> Generation:
        """Verify and open what the manifest describes. Raises LlmregError; then nothing is left open."""
        for _ in range(_TRIES):
            before = _marks(directory)
            manifest = read_manifest(directory)
            verify(directory, manifest, INDEX)
            index = Index(directory / INDEX)
            if before == _marks(directory) and index.info.content == manifest.content:
                return cls(index, manifest)
            index.close()  # an export came in between: what was opened may not be what was verified
        raise InputError(f"{directory / INDEX} is replaced faster than it can be read", hint="it is tried again")

    @cached_property
    def schemas(self) -> Schemas:
        """The parsed schemas of this generation; only of what was vetted when it was exported."""
        return Schemas(self.index, most=_MOST_SCHEMAS)

    @contextmanager
    def held(self) -> Iterator[Generation]:
        """Keeps the file open; asyncio's one thread needs no lock."""
        self._holders += 1
        try:
            yield self
        finally:
            self._holders -= 1
            self._close_if_done()

    def replaced(self) -> None:
        """Another generation answers from now on."""
        self._replaced = True
        self._close_if_done()

    def _close_if_done(self) -> None:
        if self._replaced and not self._holders and not self.closed:
            self.closed = True
            self.index.close()


@dataclass(slots=True)
class State:
    """`failure`: why the newest index was not taken, in words, while the last good one still answers. `judging` is
    there while the service that compares and validates runs. `changed` is set, and replaced, at each new generation.
    `grpc_port`: where gRPC listens. `streams`: how many are open."""

    options: ServerOptions
    metrics: Metrics = field(default_factory=Metrics)
    generation: Generation | None = None
    failure: str | None = None
    judging: Judging | None = None
    audit: Audit | None = None
    stopping: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    grpc_port: int | None = None
    streams: int = 0
    _seen: tuple[_Mark | None, _Mark | None] = (None, None)
    _alone_since: float | None = None

    async def load(self) -> bool:
        """Take the index that the directory holds; whether there is a new generation. A broken one changes nothing.

        It is read in a thread, because digests of large files take longer than a request may wait."""
        self._seen = _marks(self.options.directory)
        try:
            fresh = await asyncio.to_thread(Generation.load, self.options.directory)
        except Exception as error:  # noqa: BLE001 -- however it is broken, it must not end what is served
            self._failed(error)
            return False
        self.failure = None
        if self.generation is not None and self.generation.manifest == fresh.manifest:
            fresh.replaced()
            return False
        before, self.generation = self.generation, fresh
        if before is not None:
            before.replaced()
        self.metrics.loaded(fresh.index.info)
        log.info("serving generation %d, commit %s", fresh.manifest.generation, fresh.manifest.commit[:12])
        self.announce()
        return True

    def stale(self) -> bool:
        """Whether the manifest is another file than the one that was read last; after a failure, either file.

        An export replaces the index first and the manifest last, so the index alone says nothing while all is well, but
        when it stays alone somebody should know."""
        manifest, index = _marks(self.options.directory)
        if manifest != self._seen[0]:
            return True
        if index == self._seen[1]:
            self._alone_since = None
            return False
        if self._alone_since is None:
            self._alone_since = time.monotonic()
        return self.failure is not None or time.monotonic() - self._alone_since > _ALONE

    def announce(self) -> None:
        """Wake everyone who waits for `changed`; who waits next waits for another event."""
        woken, self.changed = self.changed, asyncio.Event()
        woken.set()

    def stop(self) -> None:
        """End what would go on for ever: streams."""
        self.stopping = True
        self.announce()

    def close(self) -> None:
        if self.generation is not None:
            self.generation.replaced()
            self.generation = None

    def _failed(self, error: Exception) -> None:
        self.failure = error.message if isinstance(error, LlmregError) else f"{type(error).__name__}: {error}"
        self.metrics.reload_failures.inc()
        log.error("the new index was not taken: %s", self.failure)


def state_of(connection: HTTPConnection) -> State:
    """The server's state, for a handler that needs more than the generation."""
    state: State = connection.scope["llmreg"]
    return state


def _marks(directory: Path) -> tuple[_Mark | None, _Mark | None]:
    """Those of the manifest and of the index."""
    return _mark(directory / NAME), _mark(directory / INDEX)


def _mark(path: Path) -> _Mark | None:
    """None when there is none."""
    try:
        return mark_of(path)
    except OSError:
        return None
