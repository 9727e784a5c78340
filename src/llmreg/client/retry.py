"""When to ask again, and how long to wait before: exponential backoff with full jitter, and the server's own word."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

RETRIED = frozenset({408, 429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Retry:
    """At most `attempts` attempts, the first one counted. The wait before attempt n+1 is random between 0 and
    `base` × 2ⁿ⁻¹ seconds, at most `longest`; where the answer has Retry-After it is not shorter than that, and
    an answer that asks for more than `longest` is not retried."""

    attempts: int = 4
    base: float = 0.1
    longest: float = 30.0

    def wait(self, failed: int, retry_after: float | None) -> float | None:
        """Seconds before the next attempt after `failed` of them; None: give up."""
        if failed >= self.attempts or (retry_after or 0.0) > self.longest:
            return None
        jitter = random.uniform(0, min(self.longest, self.base * 2 ** min(failed - 1, 30)))  # noqa: S311 -- no secret
        return max(jitter, retry_after or 0.0)


USUAL = Retry()


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110 §10.2.3); None where there is none or it cannot be read."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())
