"""Which branch of the reader's union answers to which of the writer's: only then is a refusal inside it a cause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llmreg.formats.json.equality import key_of
from llmreg.formats.json.explain_site import overlap, types
from llmreg.formats.json.localise_references import MISSING, References, Spot

_MAX_PARTS = 32


def pairs(writer: Sequence[Spot], reader: Sequence[Spot], names: tuple[References, References]) -> dict[int, int]:
    """Positions of the writer's branches → positions of the reader's, where each is the other's best likeness."""
    writer_parts = [_parts(spot, names[0]) for spot in writer]
    reader_parts = [_parts(spot, names[1]) for spot in reader]
    likeness = [[_likeness(one, two) for two in reader_parts] for one in writer_parts]
    found = {}
    for index, row in enumerate(likeness):
        best = _best(row, index)
        if best is not None and _best([line[best] for line in likeness], best) == index:
            found[index] = best
    return found


def _best(scores: Sequence[float | None], same_position: int) -> int | None:
    ranked = [(score, index == same_position, -index) for index, score in enumerate(scores) if score is not None]
    return -max(ranked)[2] if ranked else None


def _parts(spot: Spot, references: References) -> list[dict[str, Any]]:
    """The schema objects that surely hold with a branch: itself, what it refers to, its `allOf`."""
    parts: list[dict[str, Any]] = []
    todo = [spot]
    while todo and len(parts) < _MAX_PARTS:
        here = todo.pop(0)
        if isinstance(here.schema, dict) and here.schema not in parts:
            parts.append(here.schema)
            todo.extend(references.targets(here))
            todo.extend(here.child("allOf", index) for index, _ in enumerate(here.list_of("allOf")))
    return parts


def _likeness(writer: list[dict[str, Any]], reader: list[dict[str, Any]]) -> float | None:
    """None: they surely exclude each other, or nothing speaks for them; else the higher the more alike."""
    if [key_of(part) for part in writer] == [key_of(part) for part in reader]:
        return 20.0
    values = _agreement(_values(writer), _values(reader))
    kinds = _types(writer), _types(reader)
    if values is None or (kinds[0] and kinds[1] and not overlap(*kinds)):
        return None
    score: float = values + 2.0 * bool(kinds[0] and kinds[1]) + 3.0 * (_title(writer) == _title(reader) is not None)
    properties = _properties(writer), _properties(reader)
    shared = properties[0].keys() & properties[1].keys()
    for name in shared:
        agreement = _agreement(_values([properties[0][name]]), _values([properties[1][name]]))
        if agreement is None:
            return None
        score += agreement
    return score + 4.0 * len(shared) / max(1, len(properties[0].keys() | properties[1].keys()))


def _agreement(writer: Any, reader: Any) -> float | None:
    """Of listed values: None when none is shared, 0 when one side lists none."""
    if writer is MISSING or reader is MISSING:
        return 0.0
    return 4.0 if {key_of(value) for value in writer} & {key_of(value) for value in reader} else None


def _values(parts: Sequence[Any]) -> Any:
    for part in parts:
        if isinstance(part, dict) and "const" in part:
            return [part["const"]]
        if isinstance(part, dict) and isinstance(part.get("enum"), list):
            return part["enum"]
    return MISSING


def _types(parts: Sequence[dict[str, Any]]) -> list[str]:
    return next((found for part in parts if (found := types(part.get("type")))), types(MISSING, _values(parts)))


def _title(parts: Sequence[dict[str, Any]]) -> Any:
    return next((part["title"] for part in parts if "title" in part), None)


def _properties(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for part in parts:
        properties = part.get("properties")
        merged |= properties if isinstance(properties, dict) else {}
    return merged
