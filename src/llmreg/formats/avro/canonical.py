"""Normal forms of a schema: Parsing Canonical Form and Rabin for the wire, `meaning` for what readers make of data.

Parsing Canonical Form (specification, "Transforming into Parsing Canonical Form") drops defaults, aliases and logical
types: two schemas with one form share a wire shape, and may still differ in compatibility.
"""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from typing import Any

from llmreg.formats.avro.types import NO_DEFAULT, Array, Enum, Field, Fixed, Map, Named, Record, Type, Union

_RABIN_EMPTY = 0xC15D213AA4D7A795


def inline(root: Type, *, logical: bool = True) -> Any:
    """The schema as a JSON value in itself: full names, every named type written out at its first use (also those of
    referenced schemas), with aliases, defaults and logical types, without documentation."""
    return _Writer(full=True, logical=logical).write(root)


def hollow(type_: Type) -> Any:
    """The same without logical types and records' fields: as much as two types need to match."""
    return _Writer(full=True, hollow=True, logical=False).write(type_)


def parsing_form(root: Type) -> str:
    """Parsing Canonical Form."""
    return _compact(_Writer(full=False).write(root))


def meaning(root: Type) -> str:
    """What readers and writers go by: full names, aliases, defaults, logical types, and the order of fields, symbols
    and branches; without documentation, unknown attributes, white space and the order of JSON attributes."""
    return _compact(_Writer(full=True).write(root))


def rabin(data: bytes) -> str:
    """CRC-64-AVRO, lower-case hex in little-endian byte order, as single-object encoding writes it."""
    table = _rabin_table()
    result = _RABIN_EMPTY
    for byte in data:
        result = (result >> 8) ^ table[(result ^ byte) & 0xFF]
    return result.to_bytes(8, "little").hex()


@cache
def _rabin_table() -> tuple[int, ...]:
    table = []
    for index in range(256):
        entry = index
        for _ in range(8):
            entry = (entry >> 1) ^ (_RABIN_EMPTY & -(entry & 1))
        table.append(entry)
    return tuple(table)


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


class _Writer:
    """Writes a graph of types as JSON, each named type once. `full` keeps what Parsing Canonical Form drops, `hollow`
    leaves out the fields of records."""

    def __init__(self, *, full: bool, hollow: bool = False, logical: bool = True) -> None:
        self.full = full
        self.hollow = hollow
        self.logical = full and logical
        self.written: set[str] = set()

    def write(self, type_: Type) -> Any:
        if isinstance(type_, Union):
            return [self.write(branch) for branch in type_.branches]
        if isinstance(type_, Named):
            return self._named(type_)
        if isinstance(type_, Array):
            return {"type": "array", "items": self.write(type_.items)} | self._logical(type_)
        if isinstance(type_, Map):
            return {"type": "map", "values": self.write(type_.values)} | self._logical(type_)
        logical = self._logical(type_)
        return {"type": type_.kind} | logical if logical else type_.kind

    def _named(self, type_: Named) -> Any:
        if type_.name in self.written:
            return type_.name
        self.written.add(type_.name)
        text: dict[str, Any] = {"name": type_.name, "type": type_.kind}
        if isinstance(type_, Record):
            text["fields"] = [] if self.hollow else [self._field(field) for field in type_.fields]
        elif isinstance(type_, Enum):
            text["symbols"] = list(type_.symbols)
            if self.full and type_.default is not None:
                text["default"] = type_.default
        elif isinstance(type_, Fixed):
            text["size"] = type_.size
        if self.full and type_.aliases:
            text["aliases"] = sorted(type_.aliases)
        return text | self._logical(type_)

    def _field(self, field: Field) -> dict[str, Any]:
        text = {"name": field.name, "type": self.write(field.type)}
        if self.full and field.aliases:
            text["aliases"] = sorted(field.aliases)
        if self.full and field.default is not NO_DEFAULT:
            text["default"] = _plain(field.default)
        return text

    def _logical(self, type_: Type) -> dict[str, Any]:
        logical = type_.logical
        if not self.logical or logical is None:
            return {}
        if logical.name == "decimal":
            return {"logicalType": "decimal", "precision": logical.precision, "scale": logical.scale}
        return {"logicalType": logical.name}


def _plain(value: Any) -> Any:
    """A default with its Decimals as floats: 1.0 and 1.00 are one default."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
