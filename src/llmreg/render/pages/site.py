"""What several pages need of an index, read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

from llmreg.errors import NotFoundError
from llmreg.index.overview import ReferenceLine, SubjectLine, reference_lines, subject_lines
from llmreg.index.reader import Index, IndexedSubject


class Site:
    """`whole`: every page is going to be made, so references are read all at once."""

    def __init__(self, index: Index, *, whole: bool = False) -> None:
        self.index = index
        self._whole = whole

    def subject(self, name: str) -> IndexedSubject | None:
        try:
            return self.index.subject(name)
        except NotFoundError:
            return None

    @cached_property
    def lines(self) -> list[SubjectLine]:
        """Every subject in short, sorted by name."""
        return subject_lines(self.index)

    @cached_property
    def references(self) -> list[ReferenceLine]:
        return reference_lines(self.index)

    def used_by(self, name: str) -> Sequence[ReferenceLine]:
        """Who refers to a subject."""
        return self._by_target.get(name, ()) if self._whole else reference_lines(self.index, target=name)

    def refers_to(self, name: str) -> Sequence[ReferenceLine]:
        """What a subject refers to."""
        return self._by_subject.get(name, ()) if self._whole else reference_lines(self.index, subject=name)

    @cached_property
    def _by_target(self) -> Mapping[str, list[ReferenceLine]]:
        return _grouped(self.references, lambda line: line.target)

    @cached_property
    def _by_subject(self) -> Mapping[str, list[ReferenceLine]]:
        return _grouped(self.references, lambda line: line.subject)


def _grouped(lines: Iterable[ReferenceLine], key: Callable[[ReferenceLine], str]) -> dict[str, list[ReferenceLine]]:
    found: dict[str, list[ReferenceLine]] = {}
    for line in lines:
        found.setdefault(key(line), []).append(line)
    return found
