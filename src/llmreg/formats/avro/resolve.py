"""A model of a reader, written for confirming witnesses: a datum, the writer's type and the reader's type → the
reader's value.

It walks the datum, not the graph of pairs, so it takes no part in finding what it confirms. `java` models Apache
Avro's Java reader instead of the specification: its choice of union branches, its indifference to record names, and
field aliases only where the record's full name matches (`Resolver.java`, `Schema.applyAliases`).
"""

from __future__ import annotations

import struct
from decimal import Context, Decimal
from typing import Any

from llmreg.formats.avro.datum import Branch
from llmreg.formats.avro.defaults import Misfit, complete
from llmreg.formats.avro.matching import (
    choose,
    choose_as_java,
    matches,
    names_match,
    pair_fields,
    promotes,
    same_structure,
)
from llmreg.formats.avro.types import Array, Enum, Field, Fixed, Map, Named, Record, Type, Union


class RefusedError(ValueError):
    """The reader fails on the datum."""


def read(datum: Any, writer: Type, reader: Type, *, java: bool = False) -> Any:
    """The reader's datum. Raises RefusedError."""
    return _Reader(java).read(datum, writer, reader)


def interpret(type_: Type, datum: Any) -> Any:
    """What a decimal, a time or a plain datum stands for: a number of units, nanoseconds, or itself."""
    logical = type_.logical
    if logical is None:
        return datum
    if logical.name == "decimal":
        digits = Decimal(int.from_bytes(datum, "big", signed=True))
        exact = digits.scaleb(-logical.scale, Context(prec=max(digits.adjusted() + 1, 1)))
        return exact if exact.is_zero() else Context(prec=logical.precision).plus(exact)
    return datum * logical.unit if logical.unit else datum


class _Reader:
    def __init__(self, java: bool) -> None:
        self.java = java

    def read(self, datum: Any, writer: Type, reader: Type) -> Any:
        if isinstance(writer, Union):
            return self._from_union(datum, writer, reader)
        if isinstance(reader, Union):
            return self._into_union(datum, writer, reader)
        if writer.kind != reader.kind:
            return _promote(datum, writer, reader)
        if isinstance(writer, Record) and isinstance(reader, Record):
            return self._record(datum, writer, reader)
        if isinstance(writer, Array) and isinstance(reader, Array):
            return [self.read(item, writer.items, reader.items) for item in datum]
        if isinstance(writer, Map) and isinstance(reader, Map):
            return {key: self.read(item, writer.values, reader.values) for key, item in datum.items()}
        return _scalar(datum, writer, reader)

    def _from_union(self, datum: Branch, writer: Union, reader: Type) -> Any:
        branch = writer.branches[datum.number]
        if self.java and isinstance(reader, Union) and same_structure(writer, reader):
            return Branch(datum.number, self.read(datum.value, branch, reader.branches[datum.number]))
        return self.read(datum.value, branch, reader)

    def _into_union(self, datum: Any, writer: Type, reader: Union) -> Branch:
        taken = choose_as_java(writer, reader) if self.java else choose(writer, reader)
        if taken is None or not (self.java or matches(writer, reader.branches[taken])):
            raise RefusedError(f"no branch takes {writer.label()}")
        return Branch(taken, self.read(datum, writer, reader.branches[taken]))

    def _record(self, datum: Any, writer: Record, reader: Record) -> dict[str, Any]:
        if not self.java and not names_match(writer, reader):
            raise RefusedError(f"{writer.name} is not {reader.name}")
        renames = not self.java or writer.name == reader.name or writer.name in reader.aliases
        value = {}
        taken: set[str] = set()
        for field, sources in pair_fields(writer, reader):
            known = sources if renames else tuple(source for source in sources if source.name == field.name)
            if len(known) > 1 or (known and known[0].name in taken):
                raise RefusedError(f"`{field.name}` meets two fields")
            if known:
                taken.add(known[0].name)
                value[field.name] = self.read(datum[known[0].name], known[0].type, field.type)
            elif field.optional:
                value[field.name] = _default(field)
            else:
                raise RefusedError(f"`{field.name}` is missing")
        return value


def _default(field: Field) -> Any:
    try:
        return complete(field)
    except Misfit as error:  # only an old version, which is parsed leniently, has such a default
        raise RefusedError(f"the default of `{field.name}` does not fit: {error}") from None


def _promote(datum: Any, writer: Type, reader: Type) -> Any:
    if not promotes(writer, reader):
        raise RefusedError(f"{writer.label()} is not {reader.label()}")
    match reader.kind:
        case "float":
            return struct.unpack("<f", struct.pack("<f", datum))[0]
        case "double":
            return float(datum)
        case "bytes":
            return datum.encode()
        case "string":
            try:
                return datum.decode()
            except UnicodeDecodeError:
                raise RefusedError("the bytes are no UTF-8") from None
    return datum


def _scalar(datum: Any, writer: Type, reader: Type) -> Any:
    if isinstance(writer, Named) and isinstance(reader, Named) and not names_match(writer, reader):
        raise RefusedError(f"{writer.name} is not {reader.name}")
    if isinstance(writer, Fixed) and isinstance(reader, Fixed) and writer.size != reader.size:
        raise RefusedError(f"{writer.size} bytes are not {reader.size}")
    if isinstance(reader, Enum) and datum not in reader.symbols:
        if reader.default is None:
            raise RefusedError(f"no symbol {datum!r}")
        return reader.default
    return datum
