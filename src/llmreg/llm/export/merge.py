"""Several schemas that must all hold, written as one: what `allOf`, and keywords beside a reference, come to."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from llmreg.formats.json.equality import key_of
from llmreg.llm.profiles.view import ANNOTATIONS, DEFINITIONS

Told = Callable[[str, str], None]
Schema = dict[str, Any]
_LOWS = frozenset(["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains"])
_HIGHS = frozenset(["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"])
_OPEN: Schema = {}


def merge(one: Schema, other: Schema, lost: Told) -> Schema | bool:
    """A schema that holds exactly where both do, `one` speaking first for annotations and order; False where nothing
    can. `lost(keyword, why)` is called for an assertion of `other` that could not be kept."""
    result = {key: value for key, value in one.items() if key not in DEFINITIONS}
    objects = _properties(one, other)
    for key, value in other.items():
        if key in DEFINITIONS or key in objects:
            continue
        if key not in result:
            result[key] = value
        elif key not in ANNOTATIONS and result[key] != value and not _combine(result, key, value, lost):
            return False
    result.update(objects)
    return result


def _combine(result: Schema, key: str, value: Any, lost: Told) -> bool:
    """Put the value of `key` with the one that is there; False where nothing satisfies both."""
    have = result[key]
    if key == "type":
        result[key] = _types(have, value)
        return bool(result[key])
    if key == "enum":
        kept = {key_of(item) for item in value}
        result[key] = [item for item in have if key_of(item) in kept]
        return bool(result[key])
    if key == "const":
        return key_of(have) == key_of(value)
    _join(result, key, value, lost)
    return True


def _join(result: Schema, key: str, value: Any, lost: Told) -> None:
    """Keywords that can always be put together, or are lost."""
    have = result[key]
    if key in _LOWS | _HIGHS and _numeric(have) and _numeric(value):
        result[key] = max(have, value) if key in _LOWS else min(have, value)
    elif key == "required":
        result[key] = list(dict.fromkeys([*have, *value]))
    elif key == "items" and isinstance(have, (dict, bool)) and isinstance(value, (dict, bool)):
        result[key] = both(have, value)
    elif key == "anyOf":
        result[key] = [both(left, right) for left in have for right in value]
    elif key == "allOf":
        result[key] = [*have, *value]
    elif key == "uniqueItems":
        result[key] = bool(have or value)
    elif key == "multipleOf" and isinstance(have, int) and isinstance(value, int):
        result[key] = math.lcm(have, value)
    else:
        lost(key, f"two values of `{key}` cannot be said as one")


def _properties(one: Schema, other: Schema) -> Schema:
    """The keywords of objects that speak of each other: `properties` and `additionalProperties`."""
    if not any(key in other for key in ("properties", "additionalProperties")):
        return {}
    mine, theirs = one.get("properties") or {}, other.get("properties") or {}
    result: Schema = {}
    for name in (*mine, *(name for name in theirs if name not in mine)):
        left = mine[name] if name in mine else _rest(one)
        right = theirs[name] if name in theirs else _rest(other)
        result[name] = both(left, right)
    found: Schema = {"properties": result} if result else {}
    rests = [schema["additionalProperties"] for schema in (one, other) if "additionalProperties" in schema]
    if rests:
        found["additionalProperties"] = both(rests[0], rests[1]) if len(rests) > 1 else rests[0]
    return found


def _rest(schema: Schema) -> Any:
    """What a schema says of a property that it does not declare; patterns are looked at elsewhere."""
    return _OPEN if "patternProperties" in schema else schema.get("additionalProperties", _OPEN)


def both(one: Any, other: Any) -> Any:
    """Both schemas at once, not merged yet."""
    for left, right in ((one, other), (other, one)):
        if left is True or left == {}:
            return right
        if left is False:
            return False
    return one if one == other else {"allOf": [one, other]}


def _types(one: Any, other: Any) -> Any:
    left, right = ([item] if isinstance(item, str) else list(item) for item in (one, other))
    kept = [item for item in left if item in right or (item == "integer" and "number" in right)]
    kept += [item for item in right if item == "integer" and "number" in left and item not in kept]
    return kept[0] if len(kept) == 1 else kept


def _numeric(value: Any) -> bool:
    return not isinstance(value, (bool, str, list, dict)) and value is not None
