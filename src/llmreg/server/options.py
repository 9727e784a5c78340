"""What `llmreg serve` was asked for, as one value that every part of the server reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """`directory`: what `llmreg export --out` wrote. `poll_seconds`: how often to look for a new index in it.

    Limits on what is posted: bytes, seconds, and for the processes that judge it: how many (None: as many as there are
    processors, at most 4), their memory in bytes, how many requests may wait for them.
    `jwks`: a file or an https address with the keys that sign tokens; None: no tokens are asked for.
    `rate_limit`, `rate_limit_global`: requests a second for one client, and for all; None: no limit.
    `grpc_port`: where gRPC listens, on the same host; None: nowhere, 0: on a free one."""

    directory: Path
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    poll_seconds: float = 0.1
    max_schema_bytes: int = 1 << 20
    max_data_bytes: int = 10 << 20
    validation_seconds: float = 5.0
    compatibility_seconds: float = 5.0
    judges: int | None = None
    judge_memory: int = 1 << 30
    judge_queue: int = 64
    audit_log: Path | None = None
    jwks: str | None = None
    issuer: str | None = None
    audience: str | None = None
    rate_limit: float | None = None
    rate_limit_global: float | None = None
    cors_origins: tuple[str, ...] = ()
    log_format: str = "none"
    otel: bool = False
    grpc_port: int | None = None
