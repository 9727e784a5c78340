"""Whether a closed writer can surely write something, seen from the text alone.

A writer that can write nothing, once closed, is told about instead of called compatible; most can be seen not to be one.
"""

from __future__ import annotations

from typing import Final

from llmreg.formats.json.dialects import ANNOTATIONS
from llmreg.formats.json.explain_site import overlap, type_of, types
from llmreg.formats.json.localise_references import References, Spot
from llmreg.formats.json.schema import JsonSchema

_SILENT: Final = ANNOTATIONS | {"$schema", "$id", "$defs", "definitions", "format"}
_MAX_DEPTH: Final = 32
_LISTS: Final = frozenset({"type", "enum", "const"})
# What each type may say and still surely have a value: one limit at most, so that no two can exclude each other.
_LIMITS: Final[dict[str, frozenset[str]]] = {
    "object": frozenset({"type", "properties", "required", "additionalProperties"}),
    "array": frozenset({"type", "items", "maxItems", "uniqueItems"}),
    "string": frozenset({"type", "maxLength"}),
    "number": frozenset({"type", "minimum"}),
    "integer": frozenset({"type", "minimum"}),
    "boolean": frozenset({"type"}),
    "null": frozenset({"type"}),
}


def surely_writes(schema: JsonSchema) -> bool:
    """Whether the writer, closed or not, surely has a document; False says nothing."""
    references = References(schema.index, schema.resources)
    return _has_value(references.root, references, 0)


def _has_value(spot: Spot, references: References, depth: int) -> bool:
    if not isinstance(spot.schema, dict):
        return spot.schema is True
    said = {name for name in spot.schema if name not in _SILENT}
    if not said:
        return True
    if depth >= _MAX_DEPTH:
        return False
    if said == {"$ref"}:
        return any(_has_value(target, references, depth + 1) for target in references.targets(spot))
    kinds = types(spot.says("type")) or list(_LIMITS)
    if said <= _LISTS:
        values = [*spot.list_of("enum"), *([spot.schema["const"]] if "const" in said else [])]
        return len(said & {"enum", "const"}) == 1 and any(overlap([type_of(value)], kinds) for value in values)
    return any(
        said <= _LIMITS[kind] and (kind != "object" or _has_object(spot, references, depth))
        for kind in kinds
        if kind in _LIMITS
    )


def _has_object(spot: Spot, references: References, depth: int) -> bool:
    """With nothing but what is required: a closed writer may write that, if it declares it."""
    declared = spot.map_of("properties")
    return all(
        name in declared and _has_value(spot.child("properties", name), references, depth + 1)
        for name in spot.list_of("required")
    )
