"""The providers' own converters, and whether they leave a schema as it is.

Needs benchmarks/llm/requirements.txt. Each takes a JSON value and gives the converted one, or raises.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from llmreg.model.jsontext import plain


def openai(schema: Any) -> Any:
    """What `to_strict_json_schema` does once it has a model's schema."""
    from openai.lib._pydantic import _ensure_strict_json_schema

    copied = copy.deepcopy(plain(schema))
    return _ensure_strict_json_schema(copied, path=(), root=copied)


def anthropic(schema: Any) -> Any:
    from anthropic import transform_schema

    return transform_schema(copy.deepcopy(plain(schema)))


def gemini(schema: Any) -> Any:
    """`process_schema`, then the model that forbids unknown fields; `property_ordering` is what the SDK adds."""
    from google.genai import types
    from google.genai._transformers import process_schema

    copied = copy.deepcopy(plain(schema))
    process_schema(copied, None)
    types.Schema.model_validate(copied)
    return _without_ordering(copied)


def _without_ordering(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_ordering(item) for key, item in value.items() if key != "property_ordering"}
    return [_without_ordering(item) for item in value] if isinstance(value, list) else value


CONVERTERS: dict[str, Callable[[Any], Any]] = {"openai": openai, "anthropic": anthropic, "gemini": gemini}


def unchanged(provider: str, before: Any, after: Any) -> bool:
    """The same apart from key order, the order of `required`, and what carries no assertion: a `type` dropped beside
    enum or const, empty `properties` and `required` added (Anthropic, OpenAI)."""
    return _normal(plain(before), provider) == _normal(after, provider)


def _normal(value: Any, provider: str) -> Any:
    if isinstance(value, list):
        return [_normal(item, provider) for item in value]
    if not isinstance(value, dict):
        return value
    result = {key: _normal(item, provider) for key, item in value.items()}
    if isinstance(result.get("required"), list):
        result["required"] = sorted(result["required"])
    if provider == "anthropic" and ("enum" in value or "const" in value):
        result.pop("type", None)
    for key in ("properties", "required"):
        if key in result and not result[key]:
            del result[key]
    return result
