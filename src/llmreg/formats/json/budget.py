"""A budget that every long loop of one question shares: steps and a point in time."""

from __future__ import annotations

import time


class BudgetError(Exception):
    """The steps or the time ran out."""


class Budget:
    """Steps are counted exactly; the clock is read once in a while, because reading it costs more than a step."""

    __slots__ = ("deadline", "left", "tick")

    def __init__(self, deadline: float, steps: int) -> None:
        self.deadline = deadline
        self.left = steps
        self.tick = 0

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
            if time.monotonic() > self.deadline:
                raise BudgetError("the time budget ran out")
