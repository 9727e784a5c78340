"""What goes wrong between a client and a registry, each as an exception that a caller can tell apart.

LlmregError
└── ClientError
    ├── UnreachableError     nobody answered, and no index file could stand in
    ├── AnswerError          what answered is not this API
    └── ProblemError         the registry refused: its problem+json (RFC 9457)
        └── MissingError     404; a NotFoundError too
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from llmreg.errors import LlmregError, NotFoundError

_SHOWN = 200


class ClientError(LlmregError):
    """A call to a registry failed."""

    code = "client"


class UnreachableError(ClientError):
    """Nobody answered. `attempts` were made; `reason` is why the last one failed."""

    code = "unreachable"

    def __init__(self, url: str, attempts: int, reason: str) -> None:
        times = "once" if attempts == 1 else f"{attempts} times"
        super().__init__(
            f"{url} cannot be reached, tried {times}: {reason}", hint="pass fallback=INDEX to go on offline"
        )
        self.attempts = attempts
        self.reason = reason


class AnswerError(ClientError):
    """What answered does not speak this API: a wrong URL, a proxy's page, another version."""

    code = "answer"


class ProblemError(ClientError):
    """The registry refused. The attributes are the members of its problem+json; `errors` have `pointer` and `message`,
    `retry_after` is in seconds where the answer said so."""

    code = "problem"

    def __init__(self, status: int, body: Mapping[str, Any], retry_after: float | None = None) -> None:
        self.status = status
        self.type = str(body.get("type", "about:blank"))
        self.title = str(body.get("title", ""))
        self.detail = str(body.get("detail", ""))
        self.instance = str(body.get("instance", ""))
        self.errors = tuple(item for item in _listed(body.get("errors")) if isinstance(item, Mapping))
        self.body = dict(body)
        self.retry_after = retry_after
        super().__init__(f"{status} {self.title}: {self.detail}" if self.detail else f"{status} {self.title}")


class MissingError(ProblemError, NotFoundError):
    """There is no such subject, version or schema."""

    code = "missing"


def refusal(status: int, media: str, body: bytes, retry_after: float | None) -> ProblemError | AnswerError:
    """The exception for an answer that is no success."""
    problem = _problem(media, body)
    if problem is None:
        start = body[:_SHOWN].decode("utf-8", "replace").strip()
        return AnswerError(f"status {status} without a problem+json: {start!r}", hint="is the base URL a registry's?")
    kind = MissingError if status == 404 else ProblemError
    return kind(status, problem, retry_after)


def is_problem(media: str) -> bool:
    """Whether the registry itself wrote an answer, and not something in front of it."""
    return media.partition(";")[0].strip().lower() == "application/problem+json"


def _problem(media: str, body: bytes) -> Mapping[str, Any] | None:
    if not is_problem(media):
        return None
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
