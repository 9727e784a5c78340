"""Semantic versions (semver 2.0.0): parsing, precedence and the next number after a bump."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import total_ordering

from llmreg.model.record import dataclass, field

_PLAIN = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", re.ASCII)
_IDENTIFIER = r"(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)"
_PRERELEASE = rf"{_IDENTIFIER}(?:\.{_IDENTIFIER})*"
_FULL = (  # as text: compiled where a version is not plain
    rf"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-({_PRERELEASE}))?"
    r"(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
)
MAX_TEXT = 256  # characters of a version, node-semver's limit; ranges keep to it as well
MAX_PART = 2**53 - 1  # the largest part that every semver implementation reads alike (node-semver's limit)


def is_prerelease(text: str) -> bool:
    """Whether `text` may stand after the dash: identifiers joined by dots, numbers without leading zeros."""
    return re.fullmatch(_PRERELEASE, text, re.ASCII) is not None


class Bump(StrEnum):
    """How much a version changes, smallest first."""

    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"

    @property
    def rank(self) -> int:
        return ("patch", "minor", "major").index(self.value)


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """One semantic version; compares by semver precedence (§11), so build metadata does not count."""

    major: int
    minor: int
    patch: int
    prerelease: tuple[str, ...] = ()
    build: str = field(default="", compare=False)

    @classmethod
    def parse(cls, text: str) -> Version:
        """Raises ValueError, with what is wrong, when `text` is no semantic version."""
        match = (_PLAIN.fullmatch(text) or re.fullmatch(_FULL, text, re.ASCII)) if len(text) <= MAX_TEXT else None
        if match is None:
            raise ValueError(f"{text[:60]!r} is not a semantic version (MAJOR.MINOR.PATCH)")
        major, minor, patch = (int(part) for part in match.groups()[:3])
        if max(major, minor, patch) > MAX_PART:
            raise ValueError(f"a part of {text[:60]!r} is larger than {MAX_PART}")
        if match.re is _PLAIN:
            return cls(major, minor, patch)
        prerelease = tuple(match.group(4).split(".")) if match.group(4) else ()
        return cls(major, minor, patch, prerelease, match.group(5) or "")

    @property
    def key(self) -> tuple[int, int, int, bool, tuple[tuple[bool, int, str], ...]]:
        """Sorts by precedence: a pre-release comes before its release, numbers before words."""
        if not self.prerelease:
            return (self.major, self.minor, self.patch, True, ())
        words = tuple((not word.isdecimal(), int(word) if word.isdecimal() else 0, word) for word in self.prerelease)
        return (self.major, self.minor, self.patch, False, words)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Version)
            and self.minor == other.minor
            and self.patch == other.patch
            and self.major == other.major
            and self.prerelease == other.prerelease
        )

    def __lt__(self, other: Version) -> bool:
        return self.key < other.key

    def __hash__(self) -> int:
        return hash((self.major, self.minor, self.patch, self.prerelease))

    def __str__(self) -> str:
        pre = "-" + ".".join(self.prerelease) if self.prerelease else ""
        return f"{self.major}.{self.minor}.{self.patch}{pre}{'+' + self.build if self.build else ''}"

    def next(self, bump: Bump) -> Version:
        """The release after this one; a pre-release of that very number is released first."""
        base = Version(self.major, self.minor, self.patch)
        if bump is Bump.MAJOR:
            done = self.prerelease and self.minor == 0 and self.patch == 0
            return base if done else Version(self.major + 1, 0, 0)
        if bump is Bump.MINOR:
            done = self.prerelease and self.patch == 0
            return base if done else Version(self.major, self.minor + 1, 0)
        return base if self.prerelease else Version(self.major, self.minor, self.patch + 1)
