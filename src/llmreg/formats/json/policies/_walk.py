"""Walks writer and reader at once, place by place, and collects the differences that a policy sees.

Recursion is a greatest fixpoint: a pair that is still open counts as compatible, and the walk is repeated with the
pairs that turned out otherwise until nothing changes. References lead where the comparison's own lead; none is fetched.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

from llmreg.errors import LimitError
from llmreg.formats.json.localise.branch import pairs
from llmreg.formats.json.localise.references import References, Spot
from llmreg.formats.json.policies._side import behind, product
from llmreg.formats.json.schema import JsonSchema
from llmreg.model.record import dataclass, field

Side = Literal["writer", "reader"]
WRITER: Final = "writer"
READER: Final = "reader"
_Key = tuple[int, str, int, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a policy sees at one place: its own id, the places, whether the policy takes it as compatible.

    `rules` are the rules of the sound comparison that tell of the same cause at the same place; `deep`: it stands
    for everything below its place on that side as well."""

    id: str
    message: str
    compatible: bool
    writer: str
    reader: str
    rules: frozenset[str] = frozenset()
    deep: Side | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """The same place on both sides; `label` names it for people (`user.tags[]`, empty for the root)."""

    writer: Spot
    reader: Spot
    label: str = ""

    @property
    def key(self) -> _Key:
        return id(self.writer.index), self.writer.pointer, id(self.reader.index), self.reader.pointer

    def both(self, keyword: str) -> tuple[Any, Any]:
        """What each side says, or MISSING."""
        return self.writer.says(keyword), self.reader.says(keyword)

    def member(self, name: str) -> str:
        """A property of this place, for people."""
        return f"{self.label}.{name}" if self.label else name


@dataclass(slots=True)
class Found:
    """The differences of a place and everything below; `fits`: none of them is forbidden."""

    differences: list[Difference] = field(default_factory=list)
    fits: bool = True

    def take(self, other: Found) -> None:
        self.differences += other.differences
        self.fits = self.fits and other.fits


class Walk(ABC):
    """One policy on one pair of schemas. A policy says with `look` what it sees at a place."""

    def __init__(self, writer: JsonSchema, reader: JsonSchema, deadline: float) -> None:
        # a pinned version is immutable, so that both sides may look it up in one table
        self._references = References(writer.index, {**writer.resources, **reader.resources})
        self._roots = self._references.root, Spot(reader.index, "", reader.index.document)
        self._deadline = deadline
        self._refused: set[_Key] = set()
        self._known: dict[_Key, Found] = {}
        self._open: set[_Key] = set()

    @abstractmethod
    def look(self, pair: Pair) -> Iterator[Difference | Pair]:
        """The differences at a place, and the pairs of places below that are to be looked at."""

    def differences(self) -> list[Difference]:
        """Every difference, each once. Raises LimitError when time or depth runs out."""
        try:
            while True:
                self._known = {}
                found = self._between(self.pair(*self._roots, ""))
                refused = {key for key, known in self._known.items() if not known.fits}
                if refused == self._refused:
                    return list(dict.fromkeys(found.differences))
                self._refused = refused
        except RecursionError:
            raise LimitError("the schemas are nested too deeply for a named policy") from None

    def fits(self, writer: Spot, reader: Spot) -> bool:
        """Whether the policy finds nothing to forbid between two places."""
        return self._between(self.pair(writer, reader, "")).fits

    def pair(self, writer: Spot, reader: Spot, label: str) -> Pair:
        """Two places, behind their references."""
        return Pair(behind(writer, self._references), behind(reader, self._references), label)

    def below(self, pair: Pair, *path: str | int, label: str) -> Pair:
        """The pair of places at the same path of both sides."""
        return self.pair(pair.writer.child(*path), pair.reader.child(*path), label)

    def product(self, side: Spot) -> list[Spot]:
        """The members of `allOf`, behind their references; the target of a reference that does not stand alone."""
        return product(side, self._references)

    def union(self, side: Spot, keyword: str) -> list[Spot]:
        """The members of `anyOf` or `oneOf`, behind their references."""
        return [behind(member, self._references) for member in side.members(keyword)]

    def alike(self, ours: Sequence[Spot], theirs: Sequence[Spot]) -> dict[int, int]:
        """Which combined schema of the writer is which of the reader's, by position."""
        return pairs(ours, theirs, (self._references, self._references))

    def _between(self, pair: Pair) -> Found:
        if pair.key in self._open:
            return Found(fits=pair.key not in self._refused)
        if pair.key not in self._known:
            if time.monotonic() > self._deadline:
                raise LimitError("the time for the named policy ran out")
            self._open.add(pair.key)
            found = Found()
            for seen in self.look(pair):
                found.take(self._between(seen) if isinstance(seen, Pair) else Found([seen], seen.compatible))
            self._open.discard(pair.key)
            self._known[pair.key] = found
        return self._known[pair.key]
