"""What the routes ask of the service that compares and validates outside the server's process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from llmreg.server.state import Generation


class Judging(Protocol):
    """Work that may take long, or that a stranger's input may turn against the process that does it."""

    async def diff(self, generation: Generation, subject: str, old: str, new: str) -> dict[str, Any]:
        """The report on the step between two exact versions of a subject. Raises LlmregError."""
