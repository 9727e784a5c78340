"""Whether two branches of a union plainly exclude each other, so that `oneOf` and `anyOf` are the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmreg.formats.json.equality import key_of
from llmreg.llm.export.scalars import json_type

Opened = Mapping[str, Any] | bool


def exclusive(one: Opened, other: Opened) -> bool:
    """Both are opened (no reference at the top) and written by writers that write what they declare."""
    if one is False or other is False:
        return True
    if isinstance(one, bool) or isinstance(other, bool):
        return False
    left, right = _types(one), _types(other)
    if left and right and not left & right:
        return True
    if not left or not right or not left & right <= {"object", "integer", "number", "string", "boolean", "null"}:
        return False
    if values_apart(one, other):
        return True
    return left & right == {"object"} and _objects_apart(one, other)


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    values = _values(schema)
    if values is not None:
        return frozenset(_widest(json_type(value)) for value in values)
    said = schema.get("type")
    if said is None:
        return (
            frozenset({"object"}) if {"properties", "required"} & set(schema) and "anyOf" not in schema else frozenset()
        )
    return frozenset(_widest(name) for name in ([said] if isinstance(said, str) else said))


def _widest(name: str) -> str:
    return "number" if name == "integer" else name


def _values(schema: Mapping[str, Any]) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    return schema["enum"] if isinstance(schema.get("enum"), list) else None


def values_apart(one: Any, other: Any) -> bool:
    """Whether both list their values and share none."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return False
    left, right = _values(one), _values(other)
    return left is not None and right is not None and not {key_of(v) for v in left} & {key_of(v) for v in right}


def _objects_apart(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if any("anyOf" in side or "oneOf" in side or "patternProperties" in side for side in (one, other)):
        return False
    mine, theirs = (
        {name: inner for name, inner in (side.get("properties") or {}).items() if inner is not False}
        for side in (one, other)
    )
    needed, wanted = set(one.get("required") or ()), set(other.get("required") or ())
    if any(values_apart(mine.get(name), theirs.get(name)) for name in needed & wanted):
        return True
    closed = all(side.get("additionalProperties", False) is False and "properties" in side for side in (one, other))
    return closed and not wanted <= needed | set(mine) and not needed <= wanted | set(theirs)


def separated(branches: list[Any]) -> tuple[list[Any], bool] | None:
    """Branches of one object that differ in what they require, made to exclude each other: each goes without what
    another one requires and it does not. The flag says whether that keeps every document. None where that is not how
    they differ."""
    if not all(isinstance(branch, dict) and "required" in branch for branch in branches):
        return None
    result, exact = [], True
    for mine in branches:
        own = dict(mine.get("properties") or {})
        for other in branches:
            if other is mine or exclusive(mine, other):
                continue
            extra = [name for name in other["required"] if name not in mine["required"]]
            if not extra:
                return None
            exact = exact and len(extra) == 1 and mine.get("properties") == other.get("properties")
            own[extra[0]] = False
        result.append({**mine, "properties": own})
    return result, exact
