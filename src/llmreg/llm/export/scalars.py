"""Project texts, numbers and literal values."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from llmreg.formats.json.equality import key_of
from llmreg.llm.export.context import Context, Projected
from llmreg.llm.export.steps import Effect
from llmreg.llm.profiles.decoder_rules import pattern_problem
from llmreg.model.pointer import join

_LARGEST_REPEAT = 256
_LARGEST_SPAN = 32
_ANY_CHARACTER = r"[\s\S]"
_JSON_TYPES = ((bool, "boolean"), (type(None), "null"), (str, "string"), (list, "array"), (dict, "object"))


def text(context: Context, schema: Mapping[str, Any], pointer: str) -> Projected:
    """`type: string` with what the target can say of lengths, pattern and format."""
    result: dict[str, Any] = {"type": "string"}
    words = context.target.words
    form = schema.get("format")
    if isinstance(form, str):
        if "format" in words and (context.target.formats is None or form in context.target.formats):
            result["format"] = form
        else:
            context.tell(
                "format", join(pointer, "format"), Effect.ANNOTATION, f"the format `{form}` is not known there"
            )
    if "pattern" in schema:
        _pattern(context, schema["pattern"], result, pointer)
    low, high = schema.get("minLength", 0), schema.get("maxLength")
    if low or high is not None:
        _lengths(context, int(low), None if high is None else int(high), result, pointer)
    return result


def _pattern(context: Context, pattern: str, result: dict[str, Any], pointer: str) -> None:
    problem = None if "pattern" in context.target.words else "patterns are not supported"
    problem = problem or pattern_problem(pattern)
    if problem is None:
        result["pattern"] = pattern
    else:
        context.tell("pattern", join(pointer, "pattern"), Effect.WIDENS, f"the pattern is not enforced: {problem}")


def _lengths(context: Context, low: int, high: int | None, result: dict[str, Any], pointer: str) -> None:
    words = context.target.words
    if {"minLength", "maxLength"} <= words:
        result.update({"minLength": low} if low else {}, **({} if high is None else {"maxLength": high}))
    elif (
        "pattern" in words
        and "pattern" not in result
        and "format" not in result
        and max(low, high or 0) <= _LARGEST_REPEAT
    ):
        most = "" if high is None else str(high)
        result["pattern"] = f"^{_ANY_CHARACTER}{{{low},{most}}}$"
        context.tell("length_as_pattern", pointer, Effect.SAME, "the length is said as a pattern")
    else:
        context.tell("length", pointer, Effect.WIDENS, "minLength and maxLength are not enforced")


def number(context: Context, schema: Mapping[str, Any], pointer: str, *, integer: bool) -> Projected:
    """`type: number` or `integer` with the bounds that the target can say."""
    result: dict[str, Any] = {"type": "integer" if integer else "number"}
    bounds = _bounds(schema, integer=integer)
    step = schema.get("multipleOf")
    if step is not None and not (integer and step == 1):
        bounds["multipleOf"] = step
    unsaid = [word for word in bounds if word not in context.target.words]
    if unsaid and integer:
        listed = _listed(bounds)
        if listed is not None and "number" in context.target.enums:
            context.tell("range_as_enum", pointer, Effect.SAME, "the range is said as a list of its numbers")
            return {**result, "enum": listed} if listed else False
    result.update({word: value for word, value in bounds.items() if word not in unsaid})
    for word in unsaid:
        context.tell("bound", join(pointer, word), Effect.WIDENS, f"`{word}` is not enforced")
    return result


def _bounds(schema: Mapping[str, Any], *, integer: bool) -> dict[str, Any]:
    """The bounds as numbers: draft 4's booleans and exclusive bounds of integers are made plain ones."""
    found: dict[str, Any] = {}
    for side, exclusive, step in (("minimum", "exclusiveMinimum", 1), ("maximum", "exclusiveMaximum", -1)):
        plain, strict = schema.get(side), schema.get(exclusive)
        if isinstance(strict, bool):
            plain, strict = (None, plain) if strict else (plain, None)
        if integer and strict is not None:
            whole = int(Decimal(strict).to_integral_value("ROUND_FLOOR" if step > 0 else "ROUND_CEILING")) + step
            plain = whole if plain is None else max(plain, whole) if step > 0 else min(plain, whole)
            strict = None
        if plain is not None:
            found[side] = plain
        if strict is not None:
            found[exclusive] = strict
    return found


def _listed(bounds: Mapping[str, Any]) -> list[int] | None:
    if not {"minimum", "maximum"} <= set(bounds) or bounds["maximum"] - bounds["minimum"] >= _LARGEST_SPAN:
        return None
    low, high = (
        int(Decimal(bounds[word]).to_integral_value(way))
        for word, way in (("minimum", "ROUND_CEILING"), ("maximum", "ROUND_FLOOR"))
    )
    return [value for value in range(low, high + 1) if not value % bounds.get("multipleOf", 1)]


def literals(context: Context, schema: Mapping[str, Any], values: list[Any], pointer: str) -> Projected:
    """The values of `enum` or `const` that the other keywords allow, one branch for each JSON type."""
    others = {key: value for key, value in schema.items() if key not in ("enum", "const")}
    kept = list({key_of(value): value for value in values if context.holds(others, value)}.values())
    groups: dict[str, list[Any]] = {}
    for value in kept:
        groups.setdefault(json_type(value), []).append(value)
    branches: list[dict[str, Any]] = []
    for name, members in groups.items():
        found = _group(context, name, members, pointer)
        branches += [found] if isinstance(found, dict) else []
    return context.union(branches)


def _group(context: Context, name: str, members: list[Any], pointer: str) -> Projected:
    if name == "null":
        return {"type": "null"}
    if name == "boolean" and len(members) == 2:
        return {"type": "boolean"}
    plain = "number" if name == "integer" else name
    if plain in context.target.enums:
        if name in ("object", "array"):
            return {"enum": members}
        return {"type": name, "enum": members}
    if plain == "number" and {"minimum", "maximum"} <= context.target.words:
        return context.union([{"type": name, "minimum": value, "maximum": value} for value in members])
    if plain == "boolean":
        context.tell("literal", pointer, Effect.WIDENS, "which boolean it is, is not enforced")
        return {"type": "boolean"}
    if plain == "object":
        return context.union(
            [found for value in members if isinstance(found := _object(context, value, pointer), dict)]
        )
    context.tell("literal", pointer, Effect.NARROWS, f"literal values of type {plain} cannot be said there")
    return False


def _object(context: Context, value: Mapping[str, Any], pointer: str) -> Projected:
    members = {name: {"const": item} for name, item in value.items()}
    literal = {"type": "object", "properties": members, "required": list(members), "additionalProperties": False}
    return context.node(literal, pointer)


def json_type(value: Any) -> str:
    """The JSON Schema type of a value; a whole number is an integer."""
    for kind, name in _JSON_TYPES:
        if isinstance(value, kind):
            return name
    return "integer" if value == int(value) else "number"
