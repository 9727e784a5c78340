"""What the rule `property_ignored` looks at: a property that only the writer declares, where the reader is open.

Both schemas are walked along the same places; whether a document can really hold the property is asked later.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from llmreg.formats.json.dialects import REFERENCE_KEYWORDS
from llmreg.formats.json.localise.references import Spot
from llmreg.formats.json.localise.walk import Ground, Walker
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.json.sight.alike import alike
from llmreg.formats.json.values import MISSING

_MAX_PLACES = 2000
_MAX_DEPTH = 64
_ITEMS = ("items", "prefixItems", "additionalItems", "unevaluatedItems")
_LEADING = frozenset((*_ITEMS, *REFERENCE_KEYWORDS, "properties", "allOf", "anyOf", "oneOf", "if", "dependentSchemas"))
_BOUNDS = ("additionalProperties", "unevaluatedProperties")
_Step: TypeAlias = tuple[tuple[str | None, ...], list[Spot], list[Spot]]  # the writer's schema objects, the reader's


class Dropped(NamedTuple):
    """A property `name` of the object at `path` (names, or None for any item); `writer` is its declaration, `reader`
    the reader's object there."""

    path: tuple[str | None, ...]
    name: str
    writer: Spot
    reader: Spot

    @property
    def field(self) -> str:
        """The property for people, in backticks."""
        label = ""
        for token in (*self.path, self.name):
            label += "[]" if token is None else f".{token}" if label else token
        return f"`{label}`"


def dropped(writer: JsonSchema, reader: JsonSchema, running: Callable[[], bool]) -> list[Dropped]:
    """Every such property, each pair of places once; only those of the nearer places when there is no time left, and
    none below 64 steps."""
    return _Pairing(writer, reader).dropped(running)


class _Pairing:
    """Walks both schemas over the places that both speak of; every branch of a union counts as possible."""

    def __init__(self, writer: JsonSchema, reader: JsonSchema) -> None:
        self._writer = Walker(writer, _possible)
        self._reader = Walker(reader, _possible)
        self._alike = alike(writer, reader)
        self._done: set[tuple[Any, ...]] = set()

    def dropped(self, running: Callable[[], bool]) -> list[Dropped]:
        found: dict[tuple[str, str, str], Dropped] = {}
        todo: deque[_Step] = deque([((), *self._roots())])
        while todo and len(self._done) < _MAX_PLACES and running():
            path, writer, reader = self._taken(todo.popleft())
            key = _known_as(writer), _known_as(reader)
            if key in self._done or not writer or not reader:
                continue
            self._done.add(key)
            if self._says_the_same(writer, reader):
                continue
            for site in _dropped_here(path, writer, reader):
                found.setdefault((site.name, site.writer.place, site.reader.place), site)
            if len(path) < _MAX_DEPTH:
                todo.extend((path_below, writer, reader) for path_below in self._below(path, writer, reader))
        return list(found.values())

    def _says_the_same(self, writer: Sequence[Spot], reader: Sequence[Spot]) -> bool:
        """Whether nothing can be dropped here or below: the first spots of each way lead to all the others."""
        return len(writer) == len(reader) and all(map(self._alike.at, writer, reader))

    def _below(
        self, path: tuple[str | None, ...], writer: Sequence[Spot], reader: Sequence[Spot]
    ) -> Iterator[tuple[str | None, ...]]:
        shared = _declared(reader)
        alone = all(len(side) == 1 and side[0].says("patternProperties") is MISSING for side in (writer, reader))
        for name, holder in _declared(writer).items():
            if name not in shared or not _leads_on(holder.schema["properties"][name]):
                continue
            spots = (one.child("properties", name) for one in (holder, shared[name]))
            if not (alone and self._alike.at(*spots)):
                yield *path, name
        if any(spot.says(keyword) is not MISSING for spot in writer for keyword in _ITEMS):
            yield *path, None

    def _taken(self, step: _Step) -> _Step:
        """The schema objects at the end of the path, each once, from those one step above: a recursive union leads to
        the same ones by every branch. Only now, so that no time is spent on steps that are never taken."""
        path, writer, reader = step
        if not path:
            return step
        token = 0 if path[-1] is None else path[-1]
        return path, _each_once(self._writer.step(writer, token)), _each_once(self._reader.step(reader, token))

    def _roots(self) -> tuple[list[Spot], list[Spot]]:
        return (
            self._writer.in_place(self._writer.references.root, MISSING),
            self._reader.in_place(self._reader.references.root, MISSING),
        )


def _each_once(spots: Iterable[Spot]) -> list[Spot]:
    return list({(id(spot.index), spot.pointer): spot for spot in spots}.values())


def _known_as(spots: Iterable[Spot]) -> frozenset[tuple[int, str]]:
    return frozenset((id(spot.index), spot.pointer) for spot in spots)


def _leads_on(schema: Any) -> bool:
    """Whether a schema can lead to properties at all: most are plain values."""
    return isinstance(schema, dict) and not _LEADING.isdisjoint(schema)


def _possible(pointer: str, value: Any) -> bool:
    del pointer, value
    return True


def _dropped_here(path: tuple[str | None, ...], writer: Sequence[Spot], reader: Sequence[Spot]) -> Iterator[Dropped]:
    known = _declared(reader)
    lists = any(spot.says("properties") is not MISSING for spot in reader)  # else it is a free-form map
    if not lists or any(spot.says(bound) not in (MISSING, True) for spot in reader for bound in _BOUNDS):
        return
    patterns = [pattern for spot in reader for pattern in spot.map_of("patternProperties")]
    for name, holder in _declared(writer).items():
        if name not in known and holder.schema["properties"][name] is not False and not _matched(name, patterns):
            yield Dropped(path, name, holder.child("properties", name), Ground(tuple(reader), True, "").primary())


def _declared(spots: Iterable[Spot]) -> dict[str, Spot]:
    """The declared names, each with the first schema object that declares it."""
    found: dict[str, Spot] = {}
    for spot in spots:
        for name in spot.map_of("properties"):
            found.setdefault(name, spot)
    return found


def _matched(name: str, patterns: Iterable[str]) -> bool:
    """A pattern that Python cannot read counts as matching: no finding is better than a wrong one."""
    for pattern in patterns:
        try:
            if re.search(pattern, name):
                return True
        except re.error:
            return True
    return False
