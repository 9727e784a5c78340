"""What one side says at a place, as a policy reads it: references followed, `enum` and `const` alike, types as sets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from llmreg.formats.json.dialects import ANNOTATIONS, REF_IS_ALONE, REFERENCE_KEYWORDS, subschemas
from llmreg.formats.json.localise.references import References, Spot
from llmreg.formats.json.values import MISSING, types

_SILENT = ANNOTATIONS | {"$schema", "$id", "id", "$anchor", "$defs", "definitions", "$dynamicAnchor", "format"}
_SILENT_HERE = _SILENT | {"$recursiveAnchor", "$vocabulary", "contentEncoding", "contentMediaType", "contentSchema"}


def behind(spot: Spot, references: References) -> Spot:
    """The schema object that counts: the target of a `$ref` that stands alone, the member of a lone `allOf`."""
    seen = set()
    while (id(spot.index), spot.pointer) not in seen:
        seen.add((id(spot.index), spot.pointer))
        said = _asserted(spot)
        if said & set(REFERENCE_KEYWORDS) and (len(said) == 1 or _hides_siblings(spot)):
            targets = references.targets(spot)
            spot = targets[0] if targets else spot
        elif said == {"allOf"} and len(spot.list_of("allOf")) == 1:
            spot = spot.child("allOf", 0)
    return spot


def product(spot: Spot, references: References) -> list[Spot]:
    """Everything that must hold beside the keywords of the place itself: the members of `allOf`, and the target of a
    reference that does not stand alone."""
    members = [behind(member, references) for member in spot.members("allOf")]
    return members + [behind(target, references) for target in references.targets(spot)]


def reach(start: Spot, references: References) -> frozenset[str]:
    """The pointers of every schema object that a place leads to, itself included, inside the document."""
    found: set[str] = set()
    todo = [start]
    while todo:
        spot = todo.pop()
        node = spot.index.nodes.get(spot.pointer)
        if node is None or spot.index is not start.index or spot.pointer in found:
            continue
        found.add(spot.pointer)
        todo += [spot.child(*path) for _, path, _ in subschemas(spot.schema, node.draft)]
        todo += references.targets(spot)
    return frozenset(found)


def is_plain(spot: Spot) -> bool:
    """Whether the place itself asserts something, its combined schemas left out."""
    return isinstance(spot.schema, bool) or bool(_asserted(spot) - {"allOf", "anyOf", "oneOf", *REFERENCE_KEYWORDS})


def accepts_all(schema: Any) -> bool:
    """Whether a schema asserts nothing: `true`, `{}`, annotations only."""
    return schema is True or (isinstance(schema, Mapping) and not set(schema) - _SILENT_HERE)


def values_of(spot: Spot) -> list[Any] | None:
    """The listed values: of `enum`, or the one of `const`; None where any may stand."""
    constant = spot.says("const")
    if constant is not MISSING:
        return [constant]
    values = spot.says("enum")
    return values if isinstance(values, list) else None


def types_of(spot: Spot) -> frozenset[str]:
    """The types that are named, else those of the listed values; empty: any."""
    values = values_of(spot)
    return frozenset(types(spot.says("type"), MISSING if values is None else values))


def covers(wide: Iterable[str], narrow: Iterable[str]) -> bool:
    """Whether every type of `narrow` is one of `wide`; `number` holds `integer`, no type at all holds every one."""
    wide, narrow = set(wide), set(narrow)
    if not wide or not narrow:
        return not wide
    return narrow <= (wide | {"integer"} if "number" in wide else wide)


def field_name(label: str) -> str:
    """The place for people, in backticks."""
    return f"`{label}`" if label else "the document"


def _asserted(spot: Spot) -> set[str]:
    return set(spot.schema) - _SILENT_HERE if isinstance(spot.schema, dict) else set()


def _hides_siblings(spot: Spot) -> bool:
    node = spot.index.nodes.get(spot.pointer)
    return node is not None and node.draft in REF_IS_ALONE and "$ref" in spot.schema
