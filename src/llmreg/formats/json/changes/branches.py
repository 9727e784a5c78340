"""Which branch of the new version's union is which of the old one's: the same branch before the one most like it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from llmreg.formats.json.changes.view import view
from llmreg.formats.json.dialects import ANNOTATIONS, DEFAULT_DRAFT, REFERENCE_KEYWORDS, Keyword, vocabulary
from llmreg.formats.json.equality import key_of
from llmreg.formats.json.localise.branch import pairs
from llmreg.formats.json.localise.references import References, Spot

_OPEN: Final = -1
_SETS: Final = frozenset({"required", "enum"})
_UNORDERED: Final = frozenset({"allOf", "anyOf", "oneOf"})
_NAMES: Final = frozenset({*REFERENCE_KEYWORDS, "$schema", "$id", "id", "$anchor", "$defs", "definitions"})


class Union(NamedTuple):
    """The branches of one union in both versions; `matched`: positions in the old one → positions in the new one."""

    keyword: str
    old: Sequence[Spot]
    new: Sequence[Spot]
    matched: Mapping[int, int]

    @property
    def reordered(self) -> bool:
        """Whether the branches that both versions hold stand in another order."""
        positions = [self.matched[position] for position in sorted(self.matched)]
        return positions != sorted(positions)


class Matching:
    """Finds equal branches however they are spelled; what both texts say is told apart once."""

    def __init__(self, names: tuple[References, References]) -> None:
        self._names = names
        self._numbers: dict[Hashable, int] = {}
        self._known: dict[tuple[int, str, bool], int] = {}

    def matched(self, old: Sequence[Spot], new: Sequence[Spot]) -> dict[int, int]:
        """Positions in the old union → positions in the new one."""
        found = _same_names(old, new)
        for annotated in (True, False):
            left = [index for index in range(len(old)) if index not in found]
            free = [index for index in range(len(new)) if index not in found.values()]
            theirs = {index: self._signature(new[index], self._names[1], annotated) for index in free if left}
            for index in left if free else ():
                wanted = self._signature(old[index], self._names[0], annotated)
                same = [other for other in free if theirs[other] == wanted]
                if same:
                    found[index] = index if index in same else same[0]
                    free.remove(found[index])
        left = [index for index in range(len(old)) if index not in found]
        free = [index for index in range(len(new)) if index not in found.values()]
        alike = pairs([old[index] for index in left], [new[index] for index in free], self._names)
        return found | {left[first]: free[second] for first, second in alike.items()}

    def _signature(self, spot: Spot, names: References, annotated: bool) -> int:
        """The same number for the same schema, references followed; `annotated`: with what only people read."""
        key = id(spot.index), spot.pointer, annotated
        if key not in self._known:
            self._known[key] = _OPEN
            self._known[key] = self._number(self._content(spot, names, annotated))
        return self._known[key]

    def _content(self, spot: Spot, names: References, annotated: bool) -> Hashable:
        if not isinstance(spot.schema, dict):
            return key_of(spot.schema)
        said: dict[str, Hashable] = {}
        for here in view(spot, names).chain:
            node = here.index.nodes.get(here.pointer)
            known = vocabulary(node.draft if node else DEFAULT_DRAFT)
            for name, value in here.schema.items() if isinstance(here.schema, dict) else ():
                passes_on = name == "allOf" and len(here.list_of(name)) == 1
                if name in _NAMES or passes_on or (name in ANNOTATIONS and not annotated):
                    continue
                if name == "const" and name in known:
                    said.setdefault("enum", frozenset([key_of(value)]))
                else:
                    said.setdefault(name, self._value(here, known.get(name), value, names, annotated))
        return frozenset(said.items())

    def _value(self, spot: Spot, keyword: Keyword | None, value: Any, names: References, annotated: bool) -> Hashable:
        shape = keyword.shape if keyword else ""
        if keyword and isinstance(value, dict) and shape in ("schema-map", "dependencies"):
            below = value if shape == "schema-map" else {k: v for k, v in value.items() if not isinstance(v, list)}
            parts = [(name, self._signature(spot.child(keyword.name, name), names, annotated)) for name in below]
            return frozenset(parts), key_of({name: item for name, item in value.items() if name not in below})
        if keyword and isinstance(value, list) and shape in ("schema-list", "schema-or-list"):
            members = [self._signature(spot.child(keyword.name, at), names, annotated) for at, _ in enumerate(value)]
            return frozenset(Counter(members).items()) if keyword.name in _UNORDERED else tuple(members)
        if keyword and shape in ("schema", "schema-or-list"):
            return self._signature(spot.child(keyword.name), names, annotated)
        if keyword and keyword.name in _SETS and isinstance(value, list):
            return frozenset(map(key_of, value))
        return key_of(value)

    def _number(self, content: Hashable) -> int:
        return self._numbers.setdefault(content, len(self._numbers))


def _same_names(old: Sequence[Spot], new: Sequence[Spot]) -> dict[int, int]:
    """Branches that refer to a definition of one name in both versions, each once."""
    names = [[_name(spot) for spot in side] for side in (old, new)]
    return {
        index: names[1].index(name)
        for index, name in enumerate(names[0])
        if name and names[0].count(name) == names[1].count(name) == 1
    }


def _name(spot: Spot) -> str:
    """The name of the definition that a branch is nothing but a reference to, else an empty text."""
    text = spot.says("$ref")
    return text.rpartition("/")[2] if isinstance(text, str) and len(spot.schema) == 1 else ""
