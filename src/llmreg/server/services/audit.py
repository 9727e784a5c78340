"""Keeps the audit log open while the server runs; SIGHUP opens it anew."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from llmreg.server.telemetry.audit import Audit

if TYPE_CHECKING:
    from llmreg.server.state import State

PLACE = 10


@asynccontextmanager
async def run(state: State) -> AsyncIterator[None]:
    """Nothing without `--audit-log`. Raises OSError when the file cannot be opened."""
    path = state.options.audit_log
    if path is None:
        yield
        return
    audit = Audit(path, state.metrics.audit_failures.inc)
    loop = asyncio.get_running_loop()
    with suppress(ValueError, RuntimeError):  # signals are the main thread's
        loop.add_signal_handler(signal.SIGHUP, audit.reopen)
    state.audit = audit
    try:
        yield
    finally:
        with suppress(ValueError, RuntimeError):
            loop.remove_signal_handler(signal.SIGHUP)
        state.audit = None
        audit.close()
