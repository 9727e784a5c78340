"""Binary data → datum, for strangers' bytes: every read is bounds-checked, depth and number of values are limited.

A library decoder may not be used here: five bytes can claim 25 million nulls, and data nested a million deep crash
the interpreter.
"""

from __future__ import annotations

import struct
from typing import Any

from llmreg.formats.avro.datum import Branch
from llmreg.formats.avro.types import Array, Enum, Map, Record, Type, Union, size_of
from llmreg.model.pointer import join

MAX_DEPTH = 100
MAX_VALUES = 1_000_000
_RANGES = {"int": 1 << 31, "long": 1 << 63}


class TornError(ValueError):
    """The bytes are no datum of the type. `code` is stable, `pointer` the place in the datum, `type` what stood
    there, `offset` where the bytes went wrong."""

    def __init__(self, code: str, message: str, where: tuple[str, Type | None, int]) -> None:
        super().__init__(f"{message} (at byte {where[2]})")
        self.code = code
        self.pointer, self.type, self.offset = where


def decode(type_: Type, data: bytes) -> Any:
    """The datum that `data` holds, all of it. Raises TornError."""
    decoder = Decoder(data)
    datum = decoder.read(type_)
    decoder.end()
    return datum


class Decoder:
    """Reads data one after the other; `at` is the offset of the next byte, `left` how many values may follow."""

    def __init__(self, data: bytes, left: int = MAX_VALUES) -> None:
        self.data = data
        self.at = 0
        self.left = left
        self.path: list[str | int] = []
        self.type: Type | None = None

    def torn(self, code: str, message: str) -> TornError:
        return TornError(code, message, (join("", *self.path), self.type, self.at))

    def end(self) -> None:
        """Raise TornError unless all bytes are read."""
        if self.at != len(self.data):
            rest = len(self.data) - self.at
            raise self.torn("trailing-bytes", f"{rest} byte{'s follow' if rest > 1 else ' follows'} the datum")

    def read(self, type_: Type) -> Any:
        """The next datum. Raises TornError, as everything here does."""
        self.type = type_
        self.left -= 1
        if self.left < 0:
            raise self.torn("too-many-values", f"more than {MAX_VALUES} values")
        if isinstance(type_, Union):
            return self._union(type_)
        if isinstance(type_, Record):
            return {field.name: self._inside(field.name, field.type) for field in type_.fields}
        if isinstance(type_, Array):
            return self._array(type_)
        if isinstance(type_, Map):
            return self._map(type_)
        return self._scalar(type_)

    def _inside(self, token: str | int, type_: Type) -> Any:
        """A part of the datum, one level down."""
        if len(self.path) >= MAX_DEPTH:
            raise self.torn("too-deep", f"nested deeper than {MAX_DEPTH} levels")
        self.path.append(token)
        datum = self.read(type_)
        self.path.pop()
        return datum

    def _union(self, type_: Union) -> Branch:
        index = self.integer("long")
        if not 0 <= index < len(type_.branches):
            raise self.torn("union-branch", f"the union has {len(type_.branches)} branches, the bytes say {index}")
        return Branch(index, self.read(type_.branches[index]))

    def _array(self, type_: Array) -> list[Any]:
        items: list[Any] = []
        while count := self._block(type_):
            for _ in range(count):
                items.append(self._inside(len(items), type_.items))
        return items

    def _map(self, type_: Map) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while count := self._block(type_):
            for _ in range(count):
                key = self._text()
                values[key] = self._inside(key, type_.values)
        return values

    def _block(self, type_: Type) -> int:
        """The number of items in the next block; 0 ends."""
        self.type = type_
        count = self.integer("long")
        if count < 0:
            if self.integer("long") < 0:
                raise self.torn("block-size", "a block of negative size")
            count = -count
        if count > self.left:
            raise self.torn("too-many-values", f"a block of {count} items: more than {MAX_VALUES} values")
        return count

    def _scalar(self, type_: Type) -> Any:
        match type_.kind:
            case "null":
                return None
            case "boolean":
                return self._boolean()
            case "int" | "long":
                return self.integer(type_.kind)
            case "float":
                return struct.unpack("<f", self.take(4))[0]
            case "double":
                return struct.unpack("<d", self.take(8))[0]
            case "bytes":
                return self.take(self._length())
            case "string":
                return self._text()
        return self._symbol(type_) if isinstance(type_, Enum) else self.take(size_of(type_))

    def _boolean(self) -> bool:
        byte = self.take(1)
        if byte > b"\1":
            raise self.torn("boolean", f"a boolean is 00 or 01, not {byte.hex()}")
        return byte == b"\1"

    def _symbol(self, type_: Enum) -> str:
        index = self.integer("int")
        if not 0 <= index < len(type_.symbols):
            raise self.torn("symbol", f"{type_.name} has {len(type_.symbols)} symbols, the bytes say number {index}")
        return type_.symbols[index]

    def _text(self) -> str:
        start = self.at
        try:
            return self.take(self._length()).decode()
        except UnicodeDecodeError:
            self.at = start
            raise self.torn("encoding", "a string that is not UTF-8") from None

    def _length(self) -> int:
        length = self.integer("long")
        if length < 0:
            raise self.torn("length", f"a length of {length}")
        return length

    def take(self, count: int) -> bytes:
        """That many bytes."""
        end = self.at + count
        if end > len(self.data):
            raise self.torn("torn", f"{count} bytes should follow, {len(self.data) - self.at} do")
        start, self.at = self.at, end
        return self.data[start:end]

    def integer(self, kind: str) -> int:
        """An int or long."""
        rest = shift = 0
        while True:
            byte = self.take(1)[0]
            rest |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
            if shift >= 70:
                raise self.torn("range", "an integer of more than 10 bytes")
        number = (rest >> 1) ^ -(rest & 1)
        if not -_RANGES[kind] <= number < _RANGES[kind]:
            raise self.torn("range", f"{number} is out of the range of {kind}")
        return number
