"""Delivers events over HTTP, one request an event, in order: the only place that sends anything, when asked to."""

from __future__ import annotations

import json
import random
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from llmreg.errors import LlmregError, UsageError
from llmreg.index.cloudevents import CONTENT_TYPE

_ATTEMPTS = 5
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_TIMEOUT = 30.0
_LONGEST_WAIT = 30.0


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would send the events to somebody who was not named."""

    def redirect_request(self, *_: Any) -> None:
        return None


def deliver(events: Iterable[dict[str, Any]], url: str, wait: Callable[[float], None] = time.sleep) -> int:
    """POST each event, and stop at the first that cannot be delivered after five attempts; gives how many were.

    Raises UsageError for what is no http address, LlmregError with the place to go on from."""
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise UsageError(f"{url!r} is no address that events can be sent to", hint="https://host/path")
    opener = urllib.request.build_opener(_NoRedirect)
    delivered = 0
    for event in events:
        problem = _deliver(opener, event, url, wait)
        if problem is not None:
            raise LlmregError(
                f"event {event['id']} ({event['type']} {event['subject']}) could not be delivered: {problem}",
                hint=f"{delivered} before it were; run the same command again with --since {event['data']['commit']}^",
            )
        delivered += 1
    return delivered


def _deliver(
    opener: urllib.request.OpenerDirector, event: dict[str, Any], url: str, wait: Callable[[float], None]
) -> str | None:
    """What went wrong the last time, None when it was taken."""
    problem = ""
    for attempt in range(_ATTEMPTS):
        if attempt:
            wait(min(_LONGEST_WAIT, 2**attempt) * random.uniform(0.5, 1))  # noqa: S311 -- jitter, no secret
        try:
            request = urllib.request.Request(  # noqa: S310 -- the scheme was looked at
                url, json.dumps(event).encode(), {"Content-Type": CONTENT_TYPE}, method="POST"
            )
            with opener.open(request, timeout=_TIMEOUT):
                return None
        except urllib.error.HTTPError as error:
            problem = f"{url} answered {error.code}"
            error.close()
            if error.code not in _RETRIED:
                return problem
        except (OSError, ValueError) as error:
            problem = f"{url}: {error}"
    return problem
