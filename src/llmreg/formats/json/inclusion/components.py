"""The order in which schemas are read that refer to each other: what is referred to comes first.

So reading never goes deeper than a document is nested, however long its chains of references are.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Final, NamedTuple

from llmreg.formats.json.budget import Budget
from llmreg.formats.json.inclusion.places import Place
from llmreg.formats.json.inclusion.references import References

Key = tuple[str, str]
_LONG: Final = 32


class Component(NamedTuple):
    """Schemas that lead to each other through references; `long`: at the end of as many references as are followed."""

    places: list[Place]
    cyclic: bool
    long: bool


class _Visit:
    __slots__ = ("height", "low", "number", "pending", "place")

    def __init__(self, place: Place, number: int, pending: Iterator[Place]) -> None:
        self.place = place
        self.number = self.low = number
        self.pending = pending
        self.height = 0


def components(references: References, start: Place, done: Container[Key], budget: Budget) -> Iterator[Component]:
    """Tarjan's strongly connected components of what `start` leads to, without what is `done`."""
    numbers: dict[Key, int] = {}
    heights: dict[Key, int] = {}
    waiting: list[_Visit] = []
    path = [_visit(references, start, numbers)]
    waiting.append(path[0])
    loops: set[Key] = set()
    while path:
        budget.watch()
        visit = path[-1]
        target = next(visit.pending, None)
        if target is None:
            path.pop()
            if visit.low == visit.number:
                yield _closed(waiting, visit, heights, loops)
            if path:
                path[-1].low = min(path[-1].low, visit.low)
                path[-1].height = max(path[-1].height, heights.get(visit.place.key, visit.height) + 1)
        elif target.key in heights:
            visit.height = max(visit.height, heights[target.key] + 1)
        elif target.key in numbers:
            visit.low = min(visit.low, numbers[target.key])
            if target.key == visit.place.key:
                loops.add(target.key)
        elif target.key not in done:
            path.append(_visit(references, target, numbers))
            waiting.append(path[-1])


def _visit(references: References, place: Place, numbers: dict[Key, int]) -> _Visit:
    number = numbers[place.key] = len(numbers)
    return _Visit(place, number, references.below(place))


def _closed(waiting: list[_Visit], first: _Visit, heights: dict[Key, int], loops: set[Key]) -> Component:
    start = next(index for index in range(len(waiting) - 1, -1, -1) if waiting[index] is first)
    members = waiting[start:]
    del waiting[start:]
    height = max(member.height for member in members)
    cyclic, long = len(members) > 1 or first.place.key in loops, height >= _LONG
    for member in members:
        heights[member.place.key] = 0 if cyclic or long else height
    return Component([member.place for member in members], cyclic, long)
