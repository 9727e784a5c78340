"""One plain sentence for every way in which a document can fail a schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from llmreg.model import jsontext
from llmreg.model.pointer import join, lookup

_WIDTH: Final = 60


def sentence(error: Any, document: Any, pointer: str) -> str:
    """What an error of jsonschema-rs says of the value at `pointer` in `document`; short, whatever the value's size."""
    kind = type(error.kind).__name__
    try:
        value = lookup(document, pointer)
    except LookupError:  # a tuple, say, which the engine reads as an array
        value = error.instance
    if kind in _SENTENCES:
        return _SENTENCES[kind](error.kind, value)
    return str(error.message) if len(error.message) <= 200 else f"does not satisfy `{error.kind.name}`"


def show(value: Any) -> str:
    """A value in a message: its JSON text, cut when it is long."""
    text = jsontext.dumps(value)
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def _type_of(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    names = ((str, "string"), (dict, "object"), ((list, tuple), "array"), (int, "integer"))
    return next((name for kinds, name in names if isinstance(value, kinds)), "number")


def _names(keys: list[str]) -> str:
    return ", ".join(f"`{key}`" for key in keys)


def _type(kind: Any, value: Any) -> str:
    wanted = " or ".join(kind.types)
    shown = f" {show(value)}" if not isinstance(value, (dict, list, tuple)) and value is not None else ""
    return f"must be {wanted}, is {_type_of(value)}{shown}"


def _unexpected(kind: Any, value: Any) -> str:
    del value
    return f"{_names(kind.unexpected)}: no such property is allowed here"


def _none_fits(kind: Any, value: Any) -> str:
    del value
    text = f"fits none of the {len(kind.context)} alternatives"
    branches = [branch for branch in kind.context if branch]
    if not branches:
        return text
    closest = min(branches, key=lambda errors: (_was_not_meant(errors), len(errors)))
    first = closest[0]
    where = join("", *first.instance_path) or "the value"
    name = type(first.kind).__name__
    if name in ("AnyOf", "OneOfNotValid") or name not in _SENTENCES:
        return f"{text}; the closest one fails at {where}"
    return f"{text}; the closest one says of {where}: {_SENTENCES[name](first.kind, first.instance)}"


def _was_not_meant(errors: list[Any]) -> bool:
    """An alternative that fails by `const` or `enum`, or by the type of the value itself, was hardly the one meant."""
    whole = min(len(error.instance_path) for error in errors)
    names = [(type(error.kind).__name__, len(error.instance_path)) for error in errors]
    return any(name in ("Constant", "Enum") or (name == "Type" and depth == whole == 0) for name, depth in names)


def _property_name(kind: Any, value: Any) -> str:
    del value
    return f"a property has a name that is not allowed: {kind.error.message[:120]}"


_SENTENCES: Final[dict[str, Callable[[Any, Any], str]]] = {
    "Type": _type,
    "AdditionalProperties": _unexpected,
    "UnevaluatedProperties": _unexpected,
    "PropertyNames": _property_name,
    "AnyOf": _none_fits,
    "OneOfNotValid": _none_fits,
    "Required": lambda kind, _: f"`{kind.property}` is missing",
    "UnevaluatedItems": lambda kind, _: f"items {', '.join(map(str, kind.unexpected))} are not allowed here",
    "AdditionalItems": lambda kind, value: f"has {len(value)} items, at most {kind.limit} are allowed",
    "Enum": lambda kind, value: f"{show(value)} is not one of {show(kind.options)[1:-1]}",
    "Constant": lambda kind, value: f"must be {show(kind.expected_value)}, is {show(value)}",
    "Maximum": lambda kind, value: f"{show(value)} is more than the maximum {kind.limit}",
    "ExclusiveMaximum": lambda kind, value: f"{show(value)} is not less than {kind.limit}",
    "Minimum": lambda kind, value: f"{show(value)} is less than the minimum {kind.limit}",
    "ExclusiveMinimum": lambda kind, value: f"{show(value)} is not more than {kind.limit}",
    "MultipleOf": lambda kind, value: f"{show(value)} is not a multiple of {kind.multiple_of}",
    "MaxLength": lambda kind, value: f"has {len(value)} characters, at most {kind.limit} are allowed",
    "MinLength": lambda kind, value: f"has {len(value)} characters, at least {kind.limit} are needed",
    "Pattern": lambda kind, value: f"{show(value)} does not match the pattern {kind.pattern}",
    "MaxItems": lambda kind, value: f"has {len(value)} items, at most {kind.limit} are allowed",
    "MinItems": lambda kind, value: f"has {len(value)} items, at least {kind.limit} are needed",
    "MaxProperties": lambda kind, value: f"has {len(value)} properties, at most {kind.limit} are allowed",
    "MinProperties": lambda kind, value: f"has {len(value)} properties, at least {kind.limit} are needed",
    "Not": lambda _, value: f"{show(value)} is what `not` excludes",
    "FalseSchema": lambda _, value: f"nothing is allowed here, found {show(value)}",
    "UniqueItems": lambda _, value: f"holds the same item twice, among {len(value)}",
    "Contains": lambda _, value: f"of its {len(value)} items too few or too many are as `contains` asks",
    "OneOfMultipleValid": lambda kind, _: f"fits more than one of the {len(kind.context)} alternatives of `oneOf`",
}
