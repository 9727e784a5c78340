"""What pages say in words: modes, verdicts, events, dates."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from llmreg.model.mode import Direction, Mode

EVENTS = {
    "schema.registered": "registered",
    "schema.deprecated": "deprecated",
    "schema.retired": "retired",
    "schema.incompatibility.detected": "breaks",
}
WRITERS = {
    "closed": "Writers write only what their schema declares.",
    "open": "Writers may also write what their schema does not declare.",
}


class Badge(NamedTuple):
    """`tone` picks the colour: `good`, `bad`, `doubt`, `major` or `quiet`. The text says it all by itself."""

    tone: str
    text: str


def mode_words(mode: Mode) -> str:
    """What a mode promises, as one sentence."""
    if not mode.directions:
        return "Versions promise each other nothing."
    others = "every earlier version" if mode.transitive else "the version before"
    reads = f"a new version reads what {others} wrote"
    is_read = f"{others} reads what a new version writes"
    if len(mode.directions) == 2:
        text = f"{reads}, and {is_read}"
    else:
        text = reads if mode.directions[0] is Direction.BACKWARD else is_read
    return f"Within a major version {text}."


def badge(verdict: str | None, bump: str | None, *, first: bool = False) -> Badge:
    """The verdict on the step to a version; a break with a declared major is told, but fails no check."""
    if first:
        return Badge("quiet", "first version")
    if verdict is None:
        return Badge("quiet", "not judged")
    if verdict == "compatible":
        return Badge("good", "compatible")
    if verdict == "incompatible":
        return Badge("major", "breaks, new major") if bump == "major" else Badge("bad", "incompatible")
    return Badge("doubt", "undecided")


def day(seconds: int) -> str:
    """`2026-01-31`, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")


def moment(seconds: int) -> str:
    """`2026-01-31T12:00:00Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def size(octets: int) -> str:
    return f"{octets:,} bytes" if octets != 1 else "1 byte"
