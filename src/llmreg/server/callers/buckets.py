"""Token buckets: how many requests a second one caller may make. Each server process counts for itself."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

_MOST = 100_000  # callers that are remembered; whoever asked longest ago is forgotten, with a full bucket


class Taken(NamedTuple):
    """`wait`: seconds until there is one again, 0 when one was taken. `left`: whole requests that are left at once;
    `full`: seconds until the bucket is full again."""

    wait: float
    left: int
    full: float


class Buckets:
    """`rate` requests a second, and as many at once as one second gives, at least one."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self.size = max(1.0, rate)
        self._clock = clock
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> Taken:
        """One request of a caller."""
        return self._step(key, 1.0)

    def look(self, key: str) -> Taken:
        """The same without taking one."""
        return self._step(key, 0.0)

    def _step(self, key: str, cost: float) -> Taken:
        now = self._clock()
        held, then = self._held.pop(key, (self.size, now))
        held = min(self.size, held + (now - then) * self.rate)
        wait = 0.0
        if held >= 1.0:
            held -= cost
        else:
            wait = (1.0 - held) / self.rate
        self._held[key] = (held, now)
        if len(self._held) > _MOST:
            self._held.popitem(last=False)
        return Taken(wait, int(held), (self.size - held) / self.rate)
