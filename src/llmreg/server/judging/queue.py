"""Who is next: one line for each client, served in turn, so that nobody who asks a lot makes the others wait."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Generic, TypeVar

T = TypeVar("T")


class QueueFullError(Exception):
    """As many wait as may wait, in all or of this client."""


class FairQueue(Generic[T]):
    """Bounded: `size` in all, and half of it for one client."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._share = max(1, size // 2)
        self._lines: OrderedDict[str, deque[T]] = OrderedDict()
        self._waiting = 0

    def __len__(self) -> int:
        return self._waiting

    def put(self, client: str, item: T) -> None:
        """Raises QueueFullError."""
        line = self._lines.get(client)
        if self._waiting >= self._size or (line is not None and len(line) >= self._share):
            raise QueueFullError
        if line is None:
            line = self._lines[client] = deque()
        line.append(item)
        self._waiting += 1

    def get(self) -> T | None:
        """The oldest of the client whose turn it is; None when nobody waits."""
        if not self._lines:
            return None
        client, line = self._lines.popitem(last=False)
        item = line.popleft()
        self._waiting -= 1
        if line:
            self._lines[client] = line  # at the end: the others come first
        return item

    def remove(self, client: str, item: T) -> None:
        """Somebody who does not wait any longer; nothing when it was served already."""
        line = self._lines.get(client)
        if line is None or item not in line:
            return
        line.remove(item)
        self._waiting -= 1
        if not line:
            del self._lines[client]
