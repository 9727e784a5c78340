"""What a search returns: a value, the proof that there is none, or neither."""

from __future__ import annotations

from typing import Final, NamedTuple

from llmreg.formats.json.inclusion.nodes import Value


class Outcome(NamedTuple):
    """`tainted`: parts were left out of the search, so the value must be checked before anyone believes it."""

    kind: str
    value: Value = None
    tainted: bool = False


EMPTY: Final = Outcome("empty")
UNKNOWN: Final = Outcome("unknown")


def found(value: Value, *, tainted: bool = False) -> Outcome:
    return Outcome("found", value, tainted)


class Best:
    """Collects the outcomes of alternatives: a value beats unknown, unknown beats empty."""

    __slots__ = ("outcome",)

    def __init__(self) -> None:
        self.outcome = EMPTY

    def add(self, outcome: Outcome) -> bool:
        """True once nothing better can come."""
        if outcome.kind == "found":
            if not outcome.tainted:
                self.outcome = outcome
                return True
            if self.outcome.kind != "found":
                self.outcome = outcome
        elif outcome.kind == "unknown" and self.outcome.kind == "empty":
            self.outcome = outcome
        return False
