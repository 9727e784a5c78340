"""What a question may cost: steps and a point in time that every long loop shares, and no search for garbage."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager


class BudgetError(Exception):
    """The steps or the time ran out."""


class Budget:
    """Steps are counted exactly; the clock is read once in a while, because reading it costs more than a step. `work`
    is what was done altogether, in steps, as often as the clock was read: the same on every machine."""

    __slots__ = ("deadline", "left", "tick", "work")

    def __init__(self, deadline: float, steps: int) -> None:
        self.deadline = deadline
        self.left = steps
        self.tick = 0
        self.work = 0

    def spend(self, steps: int = 1) -> None:
        self.left -= steps
        if self.left < 0:
            raise BudgetError("the step budget ran out")
        self.watch(steps)

    def watch(self, steps: int = 1) -> None:
        """Look at the clock only: for work that is bounded by the size of its input."""
        self.tick -= steps
        if self.tick < 0:
            self.tick = 64
            self.work += 64
            if time.monotonic() > self.deadline:
                raise BudgetError("the time budget ran out")


@contextmanager
def no_collection() -> Iterator[None]:
    """Reading and comparing schemas makes large tables and hardly any cycles: looking for those takes an eighth of the
    time, or half of it while a large table is built."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
