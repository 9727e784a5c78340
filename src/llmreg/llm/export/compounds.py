"""Project objects and arrays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from llmreg.llm.export.context import DROP, Context, Projected
from llmreg.llm.export.steps import Effect
from llmreg.llm.profiles.decoder_rules import matches
from llmreg.model.pointer import join

_UNSAID = {
    "propertyNames": "the names of properties are not checked",
    "dependentRequired": "which properties come together is not enforced",
    "dependentSchemas": "what depends on a property is not enforced",
    "dependencies": "what depends on a property is not enforced",
}


def obj(context: Context, schema: Mapping[str, Any], pointer: str) -> Projected:
    """`type: object`: declared properties in their order, closed as writers are."""
    declared = dict(schema.get("properties") or {})
    required = list(dict.fromkeys(schema.get("required") or ()))
    rest = _rest(context, schema, pointer)
    declared |= {name: schema.get("additionalProperties", True) for name in required if name not in declared}
    _counts(context, schema, pointer, len(required), len(declared) if rest is False else None)
    for keyword, why in _UNSAID.items():
        if keyword in schema and not _implied(keyword, schema[keyword], required, declared if rest is False else None):
            context.tell(keyword, join(pointer, keyword), Effect.WIDENS, why)
    result: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
    for name, inner in declared.items():
        place = join(pointer, "properties", name)
        if not _property(context, result, name, (_patterned(schema, name, inner), place), name in required):
            return False
    rest = _closed_to(context, rest, [name for name in declared if name not in result["properties"]], pointer)
    if not result["required"] and not context.target.all_required:
        del result["required"]
    if not result["properties"] and rest is not False:
        del result["properties"]
    if context.target.closed:
        result["additionalProperties"] = rest
    return result


def _property(context: Context, result: dict[str, Any], name: str, inner: tuple[Any, str], required: bool) -> bool:
    """Add one property; False where a required one cannot be said."""
    schema, place = inner
    if not required and context.optional == "omit":
        context.tell("optional_omitted", place, Effect.NARROWS, "an optional property is left out", asked=True)
        return True
    found = context.value(schema, place)
    if found is False:
        if not required and schema is not False:
            context.tell("property_dropped", place, Effect.NARROWS, "the optional property cannot be said there")
        return not required
    needed = required
    if not required:
        found, needed = _optional(context, result, name, (schema, place), found)
    result["properties"][name] = found
    if needed:
        result["required"].append(name)
    return True


def _optional(
    context: Context, result: dict[str, Any], name: str, inner: tuple[Any, str], found: Projected
) -> tuple[Projected, bool]:
    """How an optional property is written, and whether it must be there."""
    schema, place = inner
    mode = context.optional or ("null" if context.target.all_required else None)
    if mode is None:
        return found, False
    if mode == "required":
        context.tell("optional_required", place, Effect.NARROWS, "an optional property is always written", asked=True)
        return found, True
    if takes_null(found):
        same = isinstance(schema, dict) and schema.get("default", 0) is None
        why = "null is its default, so that it stands for absence" if same else "absence cannot be told from null"
        asked = context.optional is not None
        context.tell("optional_null", place, Effect.SAME if same else Effect.NARROWS, why, asked=asked)
        return found, True
    context.tell("optional_as_null", place, Effect.SAME, "null stands for absence, and `decode` takes it out")
    result.setdefault(DROP, []).append(name)
    return _with_null(context, found), True


def _with_null(context: Context, found: Projected) -> Projected:
    if not isinstance(found, dict):
        return found
    told: dict[str, Any] = {key: found[key] for key in ("title", "description") if key in found}
    bare = {key: value for key, value in found.items() if key not in told}
    union = context.union([bare, {"type": "null"}])
    return {**told, **union} if isinstance(union, dict) else union


def takes_null(found: Projected) -> bool:
    """Whether a projected schema has a plain way to say null."""
    if not isinstance(found, dict):
        return False
    if found.get("nullable") or found.get("type") == "null" or not set(found) - {"title", "description"}:
        return True
    return any(takes_null(branch) for branch in found.get("anyOf", ())) or None in found.get("enum", ())


def _rest(context: Context, schema: Mapping[str, Any], pointer: str) -> Projected:
    """What other keys may hold: False for none."""
    said = schema.get("additionalProperties")
    if said is None and "patternProperties" not in schema and "properties" in schema:
        if schema.get("unevaluatedProperties") is not False:
            context.tell("closed", pointer, Effect.SAME, "writers write what they declare")
        return False
    if said is False and not schema.get("patternProperties"):
        return False
    if context.target.maps and "patternProperties" not in schema:
        return context.value(True if said is None else said, join(pointer, "additionalProperties"))
    context.tell("free_keys", pointer, Effect.NARROWS, "keys that are not declared cannot be written there")
    return False


def _closed_to(context: Context, rest: Projected, left_out: list[str], pointer: str) -> Projected:
    """What other keys may hold, once some properties are left out: they must not come back as free keys."""
    if not left_out or rest is False:
        return rest
    why = f"no free key can be written: it could be `{left_out[0]}`, which is left out"
    context.tell("free_keys", pointer, Effect.NARROWS, why, asked=context.optional == "omit")
    return False


def _patterned(schema: Mapping[str, Any], name: str, inner: Any) -> Any:
    """A property with what the patterns that match its name ask of it."""
    asked = [item for pattern, item in (schema.get("patternProperties") or {}).items() if matches(pattern, name)]
    return {"allOf": [inner, *asked]} if asked else inner


def _counts(context: Context, schema: Mapping[str, Any], pointer: str, least: int, most: int | None) -> None:
    if schema.get("minProperties", 0) > least:
        context.tell("count", join(pointer, "minProperties"), Effect.WIDENS, "`minProperties` is not enforced")
    if "maxProperties" in schema and (most is None or schema["maxProperties"] < most):
        context.tell("count", join(pointer, "maxProperties"), Effect.WIDENS, "`maxProperties` is not enforced")


def _implied(keyword: str, value: Any, required: list[str], names: Iterable[str] | None) -> bool:
    """Whether what is left in the projection satisfies the keyword anyway; `names`: the only keys, None for any."""
    if keyword in ("dependentRequired", "dependencies") and isinstance(value, dict):
        return all(isinstance(needed, list) and set(needed) <= set(required) for needed in value.values())
    if keyword == "propertyNames" and isinstance(value, dict) and set(value) <= {"pattern", "type", "description"}:
        pattern = value.get("pattern")
        if pattern is None or names is not None:
            return pattern is None or all(matches(pattern, name) and re.search(".", name) for name in names or ())
    return value in ({}, True)


def array(context: Context, schema: Mapping[str, Any], pointer: str) -> Projected:
    """`type: array` with what the target can say of items and counts."""
    words = context.target.words
    low, high = int(schema.get("minItems", 0)), schema.get("maxItems")
    first, rest = _items(schema)
    for keyword in ("uniqueItems", "contains"):
        if schema.get(keyword):
            context.tell(keyword, join(pointer, keyword), Effect.WIDENS, f"`{keyword}` is not enforced")
    result: dict[str, Any] = {"type": "array"}
    if first:
        if not _tuple(context, result, first, (rest, pointer)):
            return False
        if rest is False:
            high = min(high, len(first)) if high is not None else len(first)
    else:
        items = context.value(rest, join(pointer, "items"))
        if items is False:
            high = 0
            items = {"type": "string"}
        result["items"] = items
    if high == 0 and (low or "maxItems" not in words):
        context.tell("items", pointer, Effect.NARROWS, "no items can be said there")
        return False
    return _item_counts(context, result, low, high, pointer)


def _item_counts(context: Context, result: dict[str, Any], low: int, high: Any, pointer: str) -> Projected:
    words, most = context.target.words, context.target.most_min_items
    if low:
        allowed = low if most is None else min(low, most)
        if "minItems" in words:
            result["minItems"] = allowed
        if "minItems" not in words or allowed < low:
            context.tell("min_items", join(pointer, "minItems"), Effect.WIDENS, f"at least {low} items: not enforced")
    if high is not None:
        if "maxItems" in words:
            result["maxItems"] = high
        else:
            context.tell("max_items", join(pointer, "maxItems"), Effect.WIDENS, f"at most {high} items: not enforced")
    return result


def _items(schema: Mapping[str, Any]) -> tuple[list[Any], Any]:
    """(schemas of the first items, schema of the others) in any draft's spelling."""
    items = schema.get("items", True)
    if isinstance(items, list):
        return items, schema.get("additionalItems", True)
    return list(schema.get("prefixItems") or ()), items


def _tuple(context: Context, result: dict[str, Any], first: list[Any], others: tuple[Any, str]) -> bool:
    rest, pointer = others
    found = [context.value(item, join(pointer, "prefixItems", index)) for index, item in enumerate(first)]
    if any(item is False for item in found):
        return False
    after = context.value(rest, join(pointer, "items")) if rest not in (False, True) else rest
    if "prefixItems" in context.target.words:
        result["prefixItems"] = found
        if isinstance(after, dict):
            result["items"] = after
        return True
    context.tell("tuple", pointer, Effect.WIDENS, "which item stands where is not enforced")
    branches = [item for item in (*found, after) if isinstance(item, dict)]
    union = context.union(branches)
    result["items"] = union
    return union is not False
