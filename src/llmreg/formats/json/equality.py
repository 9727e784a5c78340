"""JSON equality: 1 equals 1.0, true is not 1, the order of an object's keys does not count."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any


def key_of(value: Any) -> Hashable:
    """A key that two JSON values share exactly when they are equal (JSON Schema core, §4.2.2)."""
    if isinstance(value, dict):
        return ("object", frozenset((name, key_of(item)) for name, item in value.items()))
    if isinstance(value, list):
        return ("array", tuple(key_of(item) for item in value))
    if isinstance(value, bool) or value is None:
        return ("literal", value)
    return value if isinstance(value, str) else ("number", value)
