"""What the branches of one location say of its keys and items, and which of them may hold together."""

from __future__ import annotations

from typing import Final, NamedTuple

from llmreg.formats.json.budget import Budget
from llmreg.formats.json.inclusion.answers import JsonValue
from llmreg.formats.json.inclusion.atoms import Atoms
from llmreg.formats.json.inclusion.disjointness import discriminated
from llmreg.formats.json.inclusion.inplace import Part
from llmreg.formats.json.inclusion.keywords.unevaluated import Conditions, in_force
from llmreg.formats.json.inclusion.nodes import OBJECT, REF, Node
from llmreg.formats.json.inclusion.places import Place
from llmreg.formats.json.inclusion.reading import Reading, inner

_MOST_SUBSETS: Final = 32


class Speaking(NamedTuple):
    """What a part says of keys by schemas that may be closed: booleans say nothing."""

    part: Part
    properties: dict[str, JsonValue]
    patterns: dict[str, JsonValue]
    rest: bool

    @classmethod
    def of(cls, part: Part) -> Speaking:
        maps: list[dict[str, JsonValue]] = []
        for keyword in ("properties", "patternProperties"):
            value = in_force(part.place, keyword)
            listed = value.items() if isinstance(value, dict) else ()
            maps.append({name: schema for name, schema in listed if isinstance(schema, dict)})
        return cls(part, maps[0], maps[1], isinstance(in_force(part.place, "additionalProperties"), dict))


class Clashes:
    """Answers are kept: the same branches declare many keys."""

    def __init__(self, table: Atoms, budget: Budget) -> None:
        self.table = table
        self.budget = budget
        self._known: dict[tuple[Node, ...], set[tuple[int, int]] | None] = {}

    def _of_objects(self, condition: Node) -> Node:
        """The condition on objects: nothing else has keys."""
        body = self.table.bodies.get(condition.args[0]) if condition.op == REF else None
        return self.table.all_of((self.table.types(OBJECT), body or condition))

    def among(self, conditions: list[Node]) -> set[tuple[int, int]] | None:
        """Which conditions cannot hold together, as far as a cheap test can tell; None if no two of them can."""
        key = tuple(self._of_objects(condition) for condition in conditions)
        if key not in self._known:
            clashes: set[tuple[int, int]] | None = None
            if len(set(key)) < len(key) or not discriminated(self.table, key):
                clashes = set()
                for second, condition in enumerate(key):
                    self.budget.watch(second // 4 + 1)
                    clashes.update((first, second) for first in range(second) if self._disjoint(key[first], condition))
                if len(clashes) == len(key) * (len(key) - 1) // 2:
                    clashes = None
            self._known[key] = clashes
        return self._known[key]

    def _disjoint(self, one: Node, other: Node) -> bool:
        return one is not other and self.table.disjoint(one, other)


def compatible_subsets(count: int, clashes: set[tuple[int, int]]) -> list[tuple[int, ...]] | None:
    """Which conditions may hold together; None if there are too many such sets."""
    subsets: list[tuple[int, ...]] = [()]
    for index in range(count):
        subsets += [(*held, index) for held in subsets if not any((one, index) in clashes for one in held)]
        if len(subsets) > _MOST_SUBSETS + count:
            return None
    return subsets


def layout(reading: Reading, place: Place) -> tuple[list[Place], Place | None]:
    """The schemas of leading items, and of the rest."""
    fixed_by = "prefixItems" if place.draft == "2020-12" else "items"
    value = in_force(place, fixed_by)
    if isinstance(value, list):
        prefix = [inner(reading, place, fixed_by, str(index)) for index in range(len(value))]
        rest_by = "items" if place.draft == "2020-12" else "additionalItems"
    else:
        prefix, rest_by = [], "items"
    rest = in_force(place, rest_by)
    return prefix, inner(reading, place, rest_by) if isinstance(rest, dict) else None


def add_required(found: list[Part], names: Conditions) -> None:
    """A key that is only asked for counts as declared; otherwise the writer could write nothing."""
    for part in found:
        wanted = in_force(part.place, "required")
        keys = list(wanted) if isinstance(wanted, list) else []
        for keyword in ("dependencies", "dependentRequired"):
            needed = in_force(part.place, keyword)
            for value in needed.values() if isinstance(needed, dict) else ():
                keys += value if isinstance(value, list) else []
        for key in keys:
            if isinstance(key, str):
                names.setdefault(key, []).append(part.condition)
