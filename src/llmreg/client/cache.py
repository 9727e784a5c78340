"""Answers that were given before: what never changes is not asked for again, the rest is asked for by its ETag."""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=(\d{1,9})(?:$|[\s,])")


@dataclass(frozen=True, slots=True)
class Entry:
    """One 200. `until`: a time of the cache's clock up to which it is used without asking."""

    body: bytes
    etag: str | None
    until: float


class Cache:
    """Bounded by number and by bytes; the least recently used goes first. Safe to share between threads."""

    def __init__(self, many: int, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._many = many
        self._size = size
        self._clock = clock
        self._held = 0
        self._kept: OrderedDict[str, Entry] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, url: str) -> Entry | None:
        with self._lock:
            entry = self._kept.get(url)
            if entry is not None:
                self._kept.move_to_end(url)
            return entry

    def fresh(self, entry: Entry) -> bool:
        """Whether it may be used without asking the server."""
        return self._clock() < entry.until

    def put(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Keep a 200, where its headers let it be kept (RFC 9111)."""
        until = self._until(headers)
        etag = headers.get("etag")
        if until is not None and (etag or until > self._clock()):
            self._store(url, Entry(body, etag, until))

    def renewed(self, url: str, entry: Entry, headers: Mapping[str, str]) -> None:
        """The server said 304 about it."""
        until = self._until(headers)
        if until is not None:
            self._store(url, replace(entry, until=until))

    def _until(self, headers: Mapping[str, str]) -> float | None:
        control = headers.get("cache-control", "").lower()
        if "no-store" in control:
            return None
        if "immutable" in control:
            return float("inf")
        age = None if "no-cache" in control else _MAX_AGE.search(control)
        return self._clock() + int(age.group(1)) if age else 0.0

    def _store(self, url: str, entry: Entry) -> None:
        size = len(entry.body)
        with self._lock:
            before = self._kept.pop(url, None)
            self._held -= len(before.body) if before else 0
            if size > self._size:
                return
            self._kept[url] = entry
            self._held += size
            while self._held > self._size or len(self._kept) > self._many:
                _, oldest = self._kept.popitem(last=False)
                self._held -= len(oldest.body)
