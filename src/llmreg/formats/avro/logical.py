"""Logical types: which base each one allows, and what it makes of a value (specification, "Logical Types")."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from llmreg.formats.avro.types import Logical

_NANOSECONDS = {"millis": 1_000_000, "micros": 1_000, "nanos": 1}
_TIMES = {
    "time-millis": "int",
    "time-micros": "long",
    "timestamp-millis": "long",
    "timestamp-micros": "long",
    "timestamp-nanos": "long",
    "local-timestamp-millis": "long",
    "local-timestamp-micros": "long",
    "local-timestamp-nanos": "long",
}
_PLAIN = {"date": ("int",), "uuid": ("string", "fixed"), "duration": ("fixed",)}
_FIXED_SIZES = {"uuid": 16, "duration": 12}


def logical_type(attributes: Mapping[str, Any], kind: str, size: int | None) -> tuple[Logical | None, str | None]:
    """The logical type of a type object, and why it is ignored where it is (an unknown one is ignored silently, as
    the specification wants). `size` is that of a fixed."""
    name = attributes.get("logicalType")
    if name == "decimal":
        return _decimal(attributes, kind, size)
    if not isinstance(name, str):
        return None, None if name is None else "a logical type is named by a string"
    if name in _TIMES:
        if kind != _TIMES[name]:
            return None, f"{name} stands on {_TIMES[name]}, not on {kind}"
        family, _, unit = name.rpartition("-")
        return Logical(name, family=family, unit=_NANOSECONDS[unit]), None
    if name in _PLAIN:
        return _plain(name, kind, size)
    return None, None


def _plain(name: str, kind: str, size: int | None) -> tuple[Logical | None, str | None]:
    if kind not in _PLAIN[name]:
        return None, f"{name} stands on {' or '.join(_PLAIN[name])}, not on {kind}"
    if kind == "fixed" and size != _FIXED_SIZES[name]:
        return None, f"a fixed {name} has {_FIXED_SIZES[name]} bytes, not {size}"
    return Logical(name), None


def _decimal(attributes: Mapping[str, Any], kind: str, size: int | None) -> tuple[Logical | None, str | None]:
    precision, scale = attributes.get("precision"), attributes.get("scale", 0)
    if kind not in ("bytes", "fixed"):
        return None, f"decimal stands on bytes or fixed, not on {kind}"
    if not isinstance(precision, int) or not _is_count(precision) or precision == 0:
        return None, "decimal needs a precision of at least 1"
    if not isinstance(scale, int) or not _is_count(scale) or scale > precision:
        return None, f"decimal needs a scale from 0 to its precision of {precision}"
    if size is not None and precision > math.floor(math.log10(2) * (8 * size - 1)):
        return None, f"{precision} digits do not fit {size} bytes"
    return Logical("decimal", precision=precision, scale=scale), None


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1 << 31
