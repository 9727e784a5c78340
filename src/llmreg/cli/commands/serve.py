"""`llmreg serve`: an exported index over HTTP, read-only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from llmreg.cli.declare import Option

if TYPE_CHECKING:
    from llmreg.server.options import ServerOptions

EXAMPLES = """Examples:

\b
  llmreg export --out build && llmreg serve --index build
  llmreg serve --index postgresql://registry@db/registry
  llmreg serve --index build --host 0.0.0.0 --port 80 --workers 4
  llmreg serve --index build --jwks keys.json --audience llmreg --rate-limit 100 --audit-log audit.jsonl
"""

MaxSchema = Annotated[int, Option(min=1, max=1 << 20, metavar="BYTES", help="The largest schema.")]
MaxData = Annotated[int, Option(min=1, max=100 << 20, metavar="BYTES", help="The most data.")]
ValidationTimeout = Annotated[float, Option(min=0.1, max=30, metavar="SECONDS", help="For a validation.")]
CompatibilityTimeout = Annotated[float, Option(min=0.1, max=60, metavar="SECONDS", help="For a comparison.")]
Judges = Annotated[
    int | None,
    Option(
        min=1,
        max=256,
        help="How many processes judge what is posted, for each worker; as many as there are processors, at most 4.",
    ),
]
JudgeMemory = Annotated[int, Option(min=512, max=1 << 20, metavar="MB", help="Memory of each of them.")]
JudgeQueue = Annotated[int, Option(min=1, max=100_000, help="How many requests may wait for them.")]
AuditLog = Annotated[
    Path | None,
    Option(metavar="FILE", help="Append a JSON line for each validation and check."),
]
LogFormat = Annotated[
    Literal["text", "json", "none"],
    Option(help="A line for each request; none leaves it out."),
]
Grpc = Annotated[
    int | None,
    Option("--grpc", min=0, max=65535, metavar="PORT", help="gRPC on this port too (extra llmreg[grpc])."),
]
Otel = Annotated[bool, Option("--otel", help="Spans by OpenTelemetry (extra llmreg[otel]).")]
Jwks = Annotated[
    str | None,
    Option(
        metavar="FILE|URL", help="Ask for bearer tokens (JWT), signed with RS256, ES256 or EdDSA by one of these keys."
    ),
]
Issuer = Annotated[str | None, Option(help="The `iss` that a token must have.")]
Audience = Annotated[str | None, Option(help="The `aud` that a token must have.")]
RateLimit = Annotated[
    float | None,
    Option(min=0.1, metavar="N", help="Requests a second for one client, such as 100."),
]
RateLimitGlobal = Annotated[
    float | None,
    Option(min=0.1, metavar="N", help="Requests a second for all, for each worker."),
]
CorsOrigin = Annotated[
    list[str],
    Option(metavar="ORIGIN", help="A site whose pages may read the answers; repeatable."),
]


def run(
    index: Annotated[
        str,
        Option("--index", metavar="DIR", help="What llmreg export wrote: --out DIR, or --to postgresql://…"),
    ],
    host: Annotated[str, Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, Option("--port", min=0, max=65535, help="0 takes a free one.")] = 8080,
    workers: Annotated[int, Option("--workers", min=1, max=256, help="How many processes answer.")] = 1,
    max_schema_bytes: MaxSchema = 1 << 20,
    max_data_bytes: MaxData = 10 << 20,
    validation_timeout: ValidationTimeout = 5,
    compatibility_timeout: CompatibilityTimeout = 5,
    judges: Judges = None,
    judge_memory: JudgeMemory = 1024,
    judge_queue: JudgeQueue = 64,
    jwks: Jwks = None,
    issuer: Issuer = None,
    audience: Audience = None,
    rate_limit: RateLimit = None,
    rate_limit_global: RateLimitGlobal = None,
    cors_origin: CorsOrigin = [],  # noqa: B006 -- typer copies it
    audit_log: AuditLog = None,
    log_format: LogFormat = "none",
    otel: Otel = False,
    grpc: Grpc = None,
) -> int:
    """Answer from an index: REST, Schema Registry clients, pages. It can never write.

    A new export into the same directory or database is taken without dropping a request; a broken one is not taken,
    and /health/ready says so. Ends when it gets SIGTERM or SIGINT, after the requests that it is answering.
    Exit status: 0, or 2 when there is no index or the address is taken.
    """
    from llmreg.server.options import ServerOptions

    options = ServerOptions(
        Path(),
        host,
        port,
        workers,
        max_schema_bytes=max_schema_bytes,
        max_data_bytes=max_data_bytes,
        validation_seconds=validation_timeout,
        compatibility_seconds=compatibility_timeout,
        judges=judges,
        judge_memory=judge_memory << 20,
        judge_queue=judge_queue,
        jwks=jwks,
        issuer=issuer,
        audience=audience,
        rate_limit=rate_limit,
        rate_limit_global=rate_limit_global,
        cors_origins=tuple(cors_origin),
        audit_log=audit_log.absolute() if audit_log is not None else None,
        log_format=log_format,
        otel=otel,
        grpc_port=grpc,
    )
    return _serve(options, index)


def _serve(options: ServerOptions, index: str) -> int:
    from llmreg.cli.console import emit
    from llmreg.index.postgres import is_address
    from llmreg.server.process import serve

    if not is_address(index):
        return serve(replace(options, directory=Path(index).absolute()), emit)
    from llmreg.index.postgres_replica import replica

    with replica(index) as directory:
        return serve(replace(options, directory=directory), emit)
