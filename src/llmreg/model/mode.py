"""Compatibility modes: each is a list of (writer, reader) pairs and a scope, nothing else."""

from __future__ import annotations

from enum import StrEnum


class Direction(StrEnum):
    """BACKWARD: the old version writes and the new one reads. FORWARD: the other way round."""

    BACKWARD = "backward"
    FORWARD = "forward"


class Mode(StrEnum):
    """What a new version promises to the versions before it."""

    NONE = "NONE"
    BACKWARD = "BACKWARD"
    BACKWARD_TRANSITIVE = "BACKWARD_TRANSITIVE"
    FORWARD = "FORWARD"
    FORWARD_TRANSITIVE = "FORWARD_TRANSITIVE"
    FULL = "FULL"
    FULL_TRANSITIVE = "FULL_TRANSITIVE"

    @classmethod
    def parse(cls, text: str) -> Mode:
        """`TRANSITIVE` is read as `FULL_TRANSITIVE`. Raises ValueError that lists the modes."""
        name = text.upper().replace("-", "_")
        if name == "TRANSITIVE":
            return cls.FULL_TRANSITIVE
        try:
            return cls(name)
        except ValueError:
            raise ValueError(f"{text!r} is no mode; one of {', '.join(cls)}") from None

    @property
    def directions(self) -> tuple[Direction, ...]:
        return _DIRECTIONS[self.value.removesuffix("_TRANSITIVE")]

    @property
    def transitive(self) -> bool:
        """True: against every earlier version in scope; False: against the latest only."""
        return self.value.endswith("_TRANSITIVE")

    def covers(self, other: Mode) -> bool:
        """Whether this mode promises at least what `other` promises."""
        return set(other.directions) <= set(self.directions) and (
            self.transitive or not other.transitive or not other.directions
        )

    def union(self, other: Mode) -> Mode:
        """The weakest mode that covers both."""
        both = {*self.directions, *other.directions}
        base = {0: "NONE", 2: "FULL"}.get(len(both)) or next(iter(both)).value.upper()
        transitive = (self.transitive or other.transitive) and base != "NONE"
        return Mode(base + "_TRANSITIVE" if transitive else base)


_DIRECTIONS: dict[str, tuple[Direction, ...]] = {
    "NONE": (),
    "BACKWARD": (Direction.BACKWARD,),
    "FORWARD": (Direction.FORWARD,),
    "FULL": (Direction.BACKWARD, Direction.FORWARD),
}
