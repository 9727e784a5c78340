"""What `llmreg serve` was asked for, as one value that every part of the server reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """`directory`: what `llmreg export --out` wrote. `poll_seconds`: how often to look for a new index in it."""

    directory: Path
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    poll_seconds: float = 0.1
