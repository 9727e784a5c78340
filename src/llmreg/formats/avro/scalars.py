"""Whether a JSON value is one that a scalar type writes: numbers in range, bytes as characters, dates as ISO text.

Bytes and fixed are written as the characters U+0000 to U+00FF (specification, "JSON Encoding"). Beyond the
specification, for people: dates and times may be ISO 8601 texts, decimals may be numbers.
"""

from __future__ import annotations

import math
import re
import struct
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from llmreg.formats.avro.types import Enum, Fixed, Logical, Type
from llmreg.model import jsontext

_RANGES = {"int": 1 << 31, "long": 1 << 63}
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_SURROGATE = re.compile("[\ud800-\udfff]")
Complaint = tuple[str, str] | None
_DEFER: Complaint = ("", "")


def complaint(type_: Type, value: Any) -> Complaint:
    """A stable code and what is wrong, or None for a value that fits the scalar type."""
    logical = type_.logical
    if logical is not None:
        answer = _logical(type_, logical, value)
        if answer is not _DEFER:
            return answer
    if isinstance(type_, Enum):
        fits = isinstance(value, str) and value in type_.symbols
        return None if fits else ("symbol", f"{shown(value)} is no symbol of {type_.name}")
    match type_.kind:
        case "null":
            return None if value is None else ("type", f"{shown(value)} is not null")
        case "boolean":
            return None if isinstance(value, bool) else ("type", f"{shown(value)} is not true or false")
        case "int" | "long":
            return _integer(type_.kind, value)
        case "float" | "double":
            return _number(type_.kind, value)
    return _text(type_, value)


def shown(value: Any) -> str:
    """The value as people write it, shortened."""
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "an array"
    if isinstance(value, (str, int, float, bool, Decimal)) or value is None:
        text = str(value) if isinstance(value, float) else jsontext.dumps(value)
        return text if len(text) <= 60 else text[:60] + "…"
    return f"a Python {type(value).__name__}"


def _integer(kind: str, value: Any) -> Complaint:
    if not isinstance(value, int) or isinstance(value, bool):
        return "type", f"{shown(value)} is not an integer"
    if not -_RANGES[kind] <= value < _RANGES[kind]:
        return "range", f"{shown(value)} is out of the range of {kind}"
    return None


def _number(kind: str, value: Any) -> Complaint:
    if not isinstance(value, (int, float, Decimal)) or isinstance(value, bool):
        return "type", f"{shown(value)} is not a number"
    try:
        packed = float(value)
        struct.pack("<f" if kind == "float" else "<d", packed)
    except OverflowError:
        return "range", f"{shown(value)} is out of the range of {kind}"
    overflowed = not math.isfinite(packed) and not isinstance(value, float)
    return ("range", f"{shown(value)} is out of the range of {kind}") if overflowed else None


def _text(type_: Type, value: Any) -> Complaint:
    if not isinstance(value, str):
        return "type", f"{shown(value)} is not a string"
    if type_.kind == "string":
        return ("encoding", "a lone surrogate is no Unicode text") if _SURROGATE.search(value) else None
    if value and max(value) > "\xff":
        return "encoding", "bytes are written as the characters U+0000 to U+00FF"
    if isinstance(type_, Fixed) and len(value) != type_.size:
        return "size", f"{len(value)} bytes, where {type_.name} has {type_.size}"
    return None


def _logical(type_: Type, logical: Logical, value: Any) -> Complaint:
    """The complaint of a logical type; _DEFER leaves the value to the base type."""
    if logical.name == "uuid" and isinstance(value, str) and type_.kind == "string":
        return None if _UUID.fullmatch(value) else ("format", f"{shown(value)} is no UUID")
    if logical.name == "decimal":
        return _decimal(type_, logical, value)
    if isinstance(value, str) and (logical.name == "date" or logical.unit):
        return None if _is_time(logical, value) else ("format", f"{shown(value)} is no ISO {_iso_name(logical)}")
    if logical.family == "time" and isinstance(value, int) and not 0 <= value * logical.unit < 86400 * 10**9:
        return "range", f"{shown(value)} is no time of a day in {logical.name}"
    return _DEFER


def _decimal(type_: Type, logical: Logical, value: Any) -> Complaint:
    if isinstance(value, str):
        wrong = _text(type_, value)
        if wrong:
            return wrong
        number = Decimal(int.from_bytes(value.encode("latin-1"), "big", signed=True))
        digits = number.adjusted() + 1
    elif isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        number = Decimal(value)
        if not number.is_finite() or number.adjusted() > logical.precision:
            return "range", f"{shown(value)} has more than {logical.precision} digits"
        exponent = int(number.normalize().as_tuple().exponent)
        if -exponent > logical.scale:
            return "range", f"{shown(value)} has more than {logical.scale} digits after the point"
        digits = number.adjusted() + 1 + logical.scale
    else:
        return _DEFER
    too_long = not number.is_zero() and digits > logical.precision
    return ("range", f"{digits} digits, where the decimal has {logical.precision}") if too_long else None


def _iso_name(logical: Logical) -> str:
    return {"time": "time", "timestamp": "timestamp with an offset", "local-timestamp": "timestamp without offset"}.get(
        logical.family, "date"
    )


def _is_time(logical: Logical, text: str) -> bool:
    try:
        if not logical.family:
            date.fromisoformat(text)
        elif logical.family == "time":
            return time.fromisoformat(text).tzinfo is None
        else:
            moment = datetime.fromisoformat(text)
            return (moment.tzinfo is not None) == (logical.family == "timestamp")
    except ValueError:
        return False
    return True
