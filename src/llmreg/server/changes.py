"""The stream of changes: what happened after a place, and then whatever a new index brings, until the server stops."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from llmreg.errors import UsageError
from llmreg.server.problems import HttpError

if TYPE_CHECKING:
    from llmreg.index.rows import EventRow
    from llmreg.server.state import State

Place = tuple[int, int]
_BATCH = 500
_MOST = 512  # open streams of one process: each keeps a connection, and a thousand is what most systems allow
_ID = re.compile(r"(\d{1,18})(?:\.(\d{1,18}))?", re.ASCII)


def place(text: str) -> Place:
    """`12.3` is the fourth event of generation 12, `12` its last, `0` comes before all. Raises UsageError."""
    match = _ID.fullmatch(text)
    if match is None:
        raise UsageError(f"{text[:40]!r} is no event id", hint="GENERATION.POSITION as the stream gives it, or 0")
    generation, position = match.groups()
    return (int(generation), 2**62 if position is None else int(position))


@contextmanager
def listening(state: State) -> Iterator[None]:
    """Counts one open stream. Raises HttpError 503 when as many are open as may be."""
    refuse_many(state)
    state.streams += 1
    try:
        with state.metrics.streams.track_inprogress():
            yield
    finally:
        state.streams -= 1


def refuse_many(state: State) -> None:
    """Raises HttpError 503 when as many streams are open as may be."""
    if state.streams >= _MOST:
        raise HttpError(503, f"{_MOST} streams are open already", code="busy", headers={"retry-after": "10"})


async def changes(state: State, after: Place | None, patience: float) -> AsyncIterator[list[EventRow]]:
    """Events in order, in batches; an empty batch when nothing happened for `patience` seconds.

    `after` None starts with what happens from now on. No generation is held while nothing happens."""
    while not state.stopping:
        woken = state.changed
        events: list[EventRow] = []
        if state.generation is not None:
            with state.generation.held() as generation:
                if after is None:
                    after = next(((event.generation, event.position) for event in generation.index.recent(1)), (0, -1))
                events = generation.index.events(after, _BATCH)
        if events:
            after = (events[-1].generation, events[-1].position)
            yield events
            continue
        try:
            await asyncio.wait_for(woken.wait(), patience)
        except TimeoutError:
            yield []
