"""What a theory may ask of the search that calls it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from llmreg.formats.json.budget import Budget
from llmreg.formats.json.inclusion.atoms import Atoms
from llmreg.formats.json.inclusion.nodes import Node
from llmreg.formats.json.inclusion.outcome import Outcome


class Bounds(Protocol):
    """Caps; reaching one gives "unknown"."""

    @property
    def scan(self) -> int: ...
    @property
    def positions(self) -> int: ...
    @property
    def placements(self) -> int: ...
    @property
    def words(self) -> int: ...
    @property
    def length(self) -> int: ...


class Context(Protocol):
    """The search, as a theory sees it: it solves sub-questions."""

    table: Atoms
    budget: Budget

    @property
    def caps(self) -> Bounds: ...

    def solve(self, nodes: Iterable[Node]) -> Outcome: ...
