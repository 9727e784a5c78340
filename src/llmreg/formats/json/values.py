"""What keywords say: nothing at all, values and their types, and how a person sees them in a message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from llmreg.formats.json.equality import key_of
from llmreg.model.jsontext import dumps

MISSING: Any = object()
_SHOWN = 60
_LISTED = 5


def shown(value: Any) -> str:
    """A JSON value as short text."""
    if value is MISSING:
        return "nothing"
    text = dumps(value)
    if len(text) <= _SHOWN:
        return text
    if isinstance(value, str):
        return f'{text[: _SHOWN - 20]}…" ({len(value)} characters)'
    return f"{text[: _SHOWN - 1]}…"


def listed(values: Sequence[Any], last: str = "or") -> str:
    """`"a", "b" or "c"`, cut after five."""
    texts = [shown(value) for value in values[:_LISTED]]
    if len(values) > _LISTED:
        texts.append(f"{len(values) - _LISTED} more")
    return f" {last} ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def without(values: Iterable[Any], others: Sequence[Any]) -> list[Any]:
    """The values that equal none of the others, in order."""
    known = {key_of(other) for other in others}
    return [value for value in values if key_of(value) not in known]


def type_of(value: Any) -> str:
    """The JSON Schema type of a value; a whole number is an `integer`."""
    if value is None:
        return "null"
    for python, name in ((bool, "boolean"), (str, "string"), (list, "array"), (dict, "object")):
        if isinstance(value, python):
            return name
    whole = isinstance(value, int) or (isinstance(value, Decimal) and value == value.to_integral_value())
    return "integer" if whole else "number"


def types(schema_type: Any, values: Any = MISSING) -> list[str]:
    """The types that a `type` keyword names, or those of listed values; empty: any type."""
    if isinstance(schema_type, str):
        return [schema_type]
    if isinstance(schema_type, list):
        return [str(name) for name in schema_type]
    return list(dict.fromkeys(type_of(value) for value in values)) if isinstance(values, list) else []


def overlap(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether two lists of types have a value in common; `number` holds `integer`."""
    return any(one == two or {one, two} == {"integer", "number"} for one in first for two in second)
