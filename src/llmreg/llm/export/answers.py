"""Documents that a model could give under an export: random walks over the projection, judged by a second validator."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from llmreg.formats.json.regex import compile_pattern, word
from llmreg.model.pointer import lookup

_WORDS = ("", "a", "Zürich", "2026-01-31", "line\nbreak", "null", "x" * 40)
_FORMATS = {
    "date-time": "2026-01-31T10:00:00Z",
    "time": "10:00:00Z",
    "date": "2026-01-31",
    "duration": "P1D",
    "email": "ada@example.org",
    "hostname": "example.org",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uuid": "123e4567-e89b-42d3-a456-426614174000",
    "uri": "https://example.org/a",
}
_DEEP = 12


class Stuck(Exception):  # noqa: N818 - a walk that ended nowhere is not an error
    """Recursion that does not end, or a pattern that no word was found for."""


def answers(schema: dict[str, Any], number: int, seed: int) -> Iterator[Any]:
    """Up to `number` answers under a projection; walks that get stuck are left out."""
    source = random.Random(seed)
    for _ in range(number):
        try:
            yield _value(schema, schema, source, 0)
        except Stuck:
            continue


def _value(schema: Any, root: dict[str, Any], source: random.Random, depth: int) -> Any:
    if depth > _DEEP * 4:
        raise Stuck
    if schema is True or not isinstance(schema, dict):
        return source.choice([None, True, 1, "text"])
    if "$ref" in schema:
        return _value(lookup(root, schema["$ref"][1:]), root, source, depth + 1)
    if schema.get("nullable") and source.random() < 0.4:
        return None
    if "anyOf" in schema:
        branches = schema["anyOf"]
        chosen = min(branches, key=_weight) if depth > _DEEP else source.choice(branches)
        return _value(chosen, root, source, depth + 1)
    if "enum" in schema:
        return source.choice(schema["enum"])
    return _typed(schema, root, source, depth)


def _weight(branch: Any) -> int:
    return len(str(branch)) if "$ref" not in branch else 10_000


def _typed(schema: dict[str, Any], root: dict[str, Any], source: random.Random, depth: int) -> Any:
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, root, source, depth)
    if kind == "array":
        return _array(schema, root, source, depth)
    if kind == "string":
        return _string(schema, source)
    if kind in ("number", "integer"):
        return _number(schema, source, integer=kind == "integer")
    return {"null": None, "boolean": source.random() < 0.5}.get(kind, "anything")


def _object(schema: dict[str, Any], root: dict[str, Any], source: random.Random, depth: int) -> dict[str, Any]:
    required = schema.get("required", ())
    result = {}
    for name, inner in schema.get("properties", {}).items():
        if name in required or (source.random() < 0.6 and depth < _DEEP):
            result[name] = _value(inner, root, source, depth + 1)
    others = schema.get("additionalProperties")
    if isinstance(others, dict) and source.random() < 0.5 and depth < _DEEP:
        result["other key"] = _value(others, root, source, depth + 1)
    return result


def _array(schema: dict[str, Any], root: dict[str, Any], source: random.Random, depth: int) -> list[Any]:
    low, high = schema.get("minItems", 0), schema.get("maxItems")
    most = low + (0 if depth > _DEEP else 2)
    first = schema.get("prefixItems", [])
    length = source.randint(low, most if high is None else max(low, min(most, high)))
    length = max(length, low)
    sides = [first[index] if index < len(first) else schema.get("items", True) for index in range(length)]
    return [_value(side, root, source, depth + 1) for side in sides]


def _string(schema: dict[str, Any], source: random.Random) -> str:
    if "format" in schema and "pattern" not in schema:
        return _FORMATS.get(schema["format"], "x")
    pattern, low, high = schema.get("pattern"), schema.get("minLength", 0), schema.get("maxLength")
    fitting = [text for text in _WORDS if low <= len(text) and (high is None or len(text) <= high)]
    if pattern is not None:
        language = compile_pattern(pattern)
        fitting = [text for text in fitting if language.matches(text)]
        found = word([language])
        fitting += [found] if found is not None and low <= len(found) <= (high or len(found)) else []
    elif not fitting:
        fitting = ["y" * low]
    if not fitting:
        raise Stuck
    return source.choice(fitting)


def _number(schema: dict[str, Any], source: random.Random, *, integer: bool) -> Any:
    low, high = (
        schema.get("minimum", schema.get("exclusiveMinimum")),
        schema.get("maximum", schema.get("exclusiveMaximum")),
    )
    start = Decimal(low if low is not None else (high - 20 if high is not None else -10))
    end = Decimal(high if high is not None else start + 20)
    step = schema.get("multipleOf")
    if step is not None:
        return (int(start / Decimal(step)) + 1) * step
    if integer:
        first = int(start.to_integral_value("ROUND_CEILING"))
        return source.randint(first, max(first, int(end.to_integral_value("ROUND_FLOOR"))))
    chosen = source.choice([start, end, (start + end) / 2])
    if chosen in (schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")):
        chosen = (start + end) / 2
    return int(chosen) if chosen == int(chosen) else chosen
