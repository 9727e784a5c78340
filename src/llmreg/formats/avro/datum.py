"""Data as Avro sees them: records and maps are dicts, a union's value is a Branch; their binary and JSON encodings.

The encoder takes every branch as it is told: no library's guess of a union branch gets into a witness.
"""

from __future__ import annotations

import math
import struct
from typing import Any, NamedTuple

from llmreg.formats.avro.types import Array, Enum, Map, Record, Type, Union


class Branch(NamedTuple):
    """A union's value: the number of its branch and the datum."""

    number: int
    value: Any


def encode(type_: Type, datum: Any) -> bytes:
    """Avro's binary encoding (specification, "Binary Encoding")."""
    out = bytearray()
    _encode(type_, datum, out)
    return bytes(out)


def zigzag(number: int) -> bytes:
    """An int or long as a zig-zag varint."""
    rest = (number << 1) ^ (number >> 63)
    out = bytearray()
    while rest > 0x7F:
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest)
    return bytes(out)


def to_json(type_: Type, datum: Any) -> Any:
    """Avro's JSON encoding: unions tagged with the branch's name, bytes as the characters U+0000 to U+00FF."""
    if isinstance(type_, Union):
        branch = type_.branches[datum.number]
        return None if branch.kind == "null" else {branch.label(): to_json(branch, datum.value)}
    if isinstance(type_, Record):
        return {field.name: to_json(field.type, datum[field.name]) for field in type_.fields}
    if isinstance(type_, Array):
        return [to_json(type_.items, item) for item in datum]
    if isinstance(type_, Map):
        return {key: to_json(type_.values, item) for key, item in datum.items()}
    if isinstance(datum, bytes):
        return datum.decode("latin-1")
    if isinstance(datum, float) and not math.isfinite(datum):
        return "NaN" if math.isnan(datum) else "Infinity" if datum > 0 else "-Infinity"
    return datum


def _encode(type_: Type, datum: Any, out: bytearray) -> None:
    if isinstance(type_, Union):
        out += zigzag(datum.number)
        _encode(type_.branches[datum.number], datum.value, out)
    elif isinstance(type_, Record):
        for field in type_.fields:
            _encode(field.type, datum[field.name], out)
    elif isinstance(type_, (Array, Map)):
        _encode_block(type_, datum, out)
    else:
        out += _scalar(type_, datum)


def _encode_block(type_: Array | Map, datum: Any, out: bytearray) -> None:
    if datum:
        out += zigzag(len(datum))
    if isinstance(type_, Map):
        for key, value in datum.items():
            out += _sized(key.encode())
            _encode(type_.values, value, out)
    else:
        for item in datum:
            _encode(type_.items, item, out)
    out += b"\0"


def _scalar(type_: Type, datum: Any) -> bytes:
    match type_.kind:
        case "null":
            return b""
        case "boolean":
            return b"\1" if datum else b"\0"
        case "int" | "long":
            return zigzag(datum)
        case "float":
            return struct.pack("<f", datum)
        case "double":
            return struct.pack("<d", datum)
        case "bytes":
            return _sized(datum)
        case "string":
            return _sized(datum.encode())
    return zigzag(type_.symbols.index(datum)) if isinstance(type_, Enum) else bytes(datum)


def _sized(data: bytes) -> bytes:
    return zigzag(len(data)) + data
