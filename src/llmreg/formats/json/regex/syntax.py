"""The syntax tree of an ECMA-262 pattern, and the two ways in which a pattern can be refused."""

from __future__ import annotations

from typing import TypeAlias

from llmreg.formats.json.regex.charset import Ranges
from llmreg.model.record import dataclass


class PatternError(ValueError):
    """Not a pattern of ECMA-262."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} at position {position}")
        self.position = position


class PatternUnsupported(ValueError):
    """A valid pattern that is no regular language, or that this engine does not treat as one."""


@dataclass(frozen=True, slots=True)
class Chars:
    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    branches: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    body: Tree
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Edge:
    """`^` or `$`."""

    at_end: bool


@dataclass(frozen=True, slots=True)
class Look:
    body: Tree
    negative: bool


@dataclass(frozen=True, slots=True)
class Foreign:
    """Valid, but not regular here: word boundary, back reference, look-behind, a property without a table."""

    what: str


Tree: TypeAlias = Chars | Sequence | Choice | Repeat | Edge | Look | Foreign
