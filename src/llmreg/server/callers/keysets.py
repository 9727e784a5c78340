"""Where the keys for tokens come from: a file, or an https address; read again when a token names a key that is new."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from llmreg.errors import InputError, LlmregError, UsageError
from llmreg.model.jsontext import loads

_TIMEOUT = 10.0
_MOST = 1 << 20  # bytes
_SOONEST = 10.0  # seconds between two reads, whatever tokens say
_LATEST = 3600.0  # seconds after which keys are read again anyway: one may have been withdrawn


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Keys come from the address that was configured, and from no other."""

    def redirect_request(self, *_: Any) -> None:
        return None


class KeySet:
    """`location`: a path, or an address. Raises UsageError for an address that anybody on the way could change."""

    def __init__(self, location: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._location = location
        self._clock = clock
        self._read_at = -_LATEST
        parts = urlsplit(location)
        self._remote = "://" in location
        local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
        if self._remote and not (parts.scheme == "https" or (parts.scheme == "http" and local)):
            raise UsageError(f"keys are not read from {location}", hint="an https address or a file")

    def due(self, *, asked: bool) -> bool:
        """Whether to read again: `asked` because a token named a key that is not known."""
        return self._clock() - self._read_at >= (_SOONEST if asked else _LATEST)

    def read(self) -> Any:
        """The key set as JSON. Raises InputError. May take seconds: call it in a thread."""
        self._read_at = self._clock()
        try:
            data = self._fetched() if self._remote else Path(self._location).read_bytes()
            return loads(data, max_bytes=_MOST)
        except (OSError, ValueError) as error:
            raise InputError(f"the keys cannot be read from {self._location}: {error}") from None
        except LlmregError as error:
            raise InputError(f"the keys in {self._location} cannot be read: {error.message}") from None

    def _fetched(self) -> bytes:
        opener = urllib.request.build_opener(_NoRedirect)
        try:
            with opener.open(self._location, timeout=_TIMEOUT) as answer:
                return bytes(answer.read(_MOST + 1))
        except urllib.error.HTTPError as error:
            error.close()
            raise OSError(f"answered {error.code}") from None
