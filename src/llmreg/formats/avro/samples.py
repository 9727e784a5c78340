"""Data that can be told apart, for findings that only different values show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from llmreg.formats.avro.clue import NOTHING, Context
from llmreg.formats.avro.types import Enum, Field, Fixed, Type


def distinct(fields: Iterable[Field], context: Context) -> dict[str, Any]:
    """A value per field, numbered from 1 in the order of the fields, where the type has such values."""
    values = {}
    for number, field in enumerate(fields, 1):
        datum = numbered(field.type, number)
        values[field.name] = context.datum(field.type) if datum is NOTHING else datum
    return values


def numbered(type_: Type, number: int) -> Any:
    """The datum that stands for a small number, or NOTHING for types that have no such thing."""
    if isinstance(type_, Enum):
        return type_.symbols[number % len(type_.symbols)]
    if isinstance(type_, Fixed):
        return bytes(max(0, type_.size - 1)) + bytes([number][: type_.size])
    match type_.kind:
        case "int" | "long":
            return number
        case "float" | "double":
            return float(number)
        case "boolean":
            return number % 2 == 1
        case "string" if type_.logical is None:
            return str(number)
        case "bytes":
            return bytes([number])
    return NOTHING
