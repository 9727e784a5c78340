"""Answers that a model could give under an export: random walks over the projection, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
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
_DEEP = 12  # from here on only what must be there
_DEEPEST = 48
_LARGEST = 5_000  # values of one answer
_LONGEST = 10_000


class Stuck(Exception):
    """Recursion that does not end, an answer that grows too large, or a pattern that no word was found for."""


def answers(schema: dict[str, Any], number: int, seed: int) -> Iterator[Any]:
    """Up to `number` answers under a projection; walks that get stuck are left out."""
    source = random.Random(seed)  # noqa: S311 - nothing secret
    for _ in range(number):
        try:
            yield _Walk(schema, source).value(schema, 0)
        except Stuck:
            continue


class _Walk:
    """One answer in the making."""

    def __init__(self, root: dict[str, Any], source: random.Random) -> None:
        self._root = root
        self._source = source
        self._left = _LARGEST

    def value(self, schema: Any, depth: int) -> Any:
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            raise Stuck
        if schema is True or not isinstance(schema, dict):
            return self._source.choice([None, True, 1, "text"])
        if "$ref" in schema:
            return self.value(lookup(self._root, schema["$ref"][1:]), depth + 1)
        if schema.get("nullable") and self._source.random() < 0.4:
            return None
        if "anyOf" in schema:
            branches = schema["anyOf"]
            chosen = min(branches, key=_weight) if depth > _DEEP else self._source.choice(branches)
            return self.value(chosen, depth + 1)
        return self._source.choice(schema["enum"]) if "enum" in schema else self._typed(schema, depth)

    def _typed(self, schema: Mapping[str, Any], depth: int) -> Any:
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            return self._array(schema, depth)
        if kind == "string":
            return self._string(schema)
        if kind in ("number", "integer"):
            return self._number(schema, integer=kind == "integer")
        return {"null": None, "boolean": self._source.random() < 0.5}.get(str(kind), "anything")

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        required = schema.get("required", ())
        result = {}
        for name, inner in schema.get("properties", {}).items():
            if name in required or (self._source.random() < 0.6 and depth < _DEEP):
                result[name] = self.value(inner, depth + 1)
        others = schema.get("additionalProperties")
        if isinstance(others, dict) and self._source.random() < 0.5 and depth < _DEEP:
            result["other key"] = self.value(others, depth + 1)
        return result

    def _array(self, schema: Mapping[str, Any], depth: int) -> list[Any]:
        low, high = schema.get("minItems", 0), schema.get("maxItems")
        if low > self._left:
            raise Stuck
        most = low + (0 if depth > _DEEP else 2)
        first = schema.get("prefixItems", [])
        length = max(low, self._source.randint(low, most if high is None else max(low, min(most, high))))
        sides = [first[index] if index < len(first) else schema.get("items", True) for index in range(length)]
        return [self.value(side, depth + 1) for side in sides]

    def _string(self, schema: Mapping[str, Any]) -> str:
        if "format" in schema and "pattern" not in schema:
            return _FORMATS.get(schema["format"], "x")
        pattern, low, high = schema.get("pattern"), schema.get("minLength", 0), schema.get("maxLength")
        if low > _LONGEST:
            raise Stuck
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
        return self._source.choice(fitting)

    def _number(self, schema: Mapping[str, Any], *, integer: bool) -> Any:
        low = schema.get("minimum", schema.get("exclusiveMinimum"))
        high = schema.get("maximum", schema.get("exclusiveMaximum"))
        start = Decimal(low if low is not None else (high - 20 if high is not None else -10))
        end = Decimal(high if high is not None else start + 20)
        step = schema.get("multipleOf")
        if step is not None:
            return (int(start / Decimal(step)) + 1) * step
        if integer:
            first = int(start.to_integral_value("ROUND_CEILING"))
            return self._source.randint(first, max(first, int(end.to_integral_value("ROUND_FLOOR"))))
        chosen = self._source.choice([start, end, (start + end) / 2])
        if chosen in (schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")):
            chosen = (start + end) / 2
        return int(chosen) if chosen == int(chosen) else chosen


def _weight(branch: Any) -> int:
    return len(str(branch)) if "$ref" not in branch else 10_000
