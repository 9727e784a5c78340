"""When a value that was read is the value that was written."""

from __future__ import annotations

import math
import struct
from typing import Any

from llmreg.formats.protobuf.identity import Matching
from llmreg.formats.protobuf.model import Field


def same_scalar(item: Field, other: Field, written: Any, read: Any) -> bool:
    """Integers, bool and enum by number; floats by value, at the smaller precision; strings by their UTF-8 bytes; an
    enum equals a string that is one of its names."""
    texts = (isinstance(written, str | bytes), isinstance(read, str | bytes))
    if all(texts):
        return as_bytes(written) == as_bytes(read)
    if any(texts):
        enum, number, name = (item.enum, written, read) if texts[1] else (other.enum, read, written)
        return enum is not None and name in enum.by_number.get(number, ())
    if "float" in (item.type, other.type) and {item.type, other.type} <= {"float", "double"}:
        return _single(written) == _single(read)
    return bool(written == read) or (written != written and read != read)  # noqa: PLR0124 (NaN)


def same_default(matching: Matching, item: Field, other: Field) -> bool:
    """Whether an unset field reads the same on both sides; the zero of any type is one value."""
    if item.enum is not None and other.enum is not None and not (item.repeated or other.repeated):
        return matching.same_enum(item.enum, other.enum, item.default, other.default)
    if not item.default and not other.default:
        return True
    if item.default is None or other.default is None:
        return False
    return same_scalar(item, other, item.default, other.default)


def entries(item: Field, value: Any) -> list[tuple[Any, Any]] | None:
    """(key, value) pairs of a map, or of a list of messages with fields 1 and 2."""
    if item.entry is not None:
        return list(value.items())
    if not item.repeated or item.message is None:
        return None
    numbers = item.raw.message_type.fields_by_number
    if 1 not in numbers or 2 not in numbers:
        return None
    return [(getattr(one, numbers[1].name), getattr(one, numbers[2].name)) for one in value]


def as_bytes(value: Any) -> bytes | None:
    if isinstance(value, str):
        return value.encode()
    return value if isinstance(value, bytes) else None


def _single(number: float) -> bytes:
    """The bits at float precision; every NaN alike, too large is infinite."""
    if math.isnan(number):
        return b"nan"
    try:
        return struct.pack("<f", number)
    except OverflowError:
        return struct.pack("<f", math.copysign(math.inf, number))
