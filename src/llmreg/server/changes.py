"""The stream of changes: what happened after a place, and then whatever a new index brings, until the server stops."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from llmreg.errors import UsageError

if TYPE_CHECKING:
    from llmreg.index.rows import EventRow
    from llmreg.server.state import State

Place = tuple[int, int]
_BATCH = 500
_ID = re.compile(r"(\d{1,18})(?:\.(\d{1,18}))?", re.ASCII)


def place(text: str) -> Place:
    """`12.3` is the fourth event of generation 12, `12` its last, `0` comes before all. Raises UsageError."""
    match = _ID.fullmatch(text)
    if match is None:
        raise UsageError(f"{text[:40]!r} is no event id", hint="GENERATION.POSITION as the stream gives it, or 0")
    generation, position = match.groups()
    return (int(generation), 2**62 if position is None else int(position))


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
