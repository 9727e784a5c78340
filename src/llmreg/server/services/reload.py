"""Looks for a new index, and puts it in place of the one that is served."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmreg.server.state import State

PLACE = 30


@asynccontextmanager
async def run(state: State) -> AsyncIterator[None]:
    """Loads once before the first request, then whenever the manifest is another file."""
    await state.load()
    task = asyncio.create_task(_watch(state))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _watch(state: State) -> None:
    while True:
        await asyncio.sleep(state.options.poll_seconds)
        if state.stale():
            await state.load()
