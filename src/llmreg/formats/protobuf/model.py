"""Messages, fields and enums as plain values.

Everything that a payload's meaning depends on is in a field's or an enum's `signature`; two messages whose fields have
equal signatures read each other without a look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeAlias

from llmreg.formats.protobuf import wellknown
from llmreg.model.pointer import join
from llmreg.model.record import dataclass, field

TYPES = (
    "",
    *("double", "float", "int64", "uint64", "int32", "fixed64", "fixed32", "bool", "string", "group", "message"),
    *("bytes", "uint32", "enum", "sfixed32", "sfixed64", "sint32", "sint64"),
)
Signature: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Enum:
    """`values` are (name, number) in declared order: the first is the default, and of the names of one number the first
    is what ProtoJSON prints."""

    full_name: str
    pointer: str
    closed: bool
    values: tuple[tuple[str, int], ...]
    by_name: Mapping[str, int] = field(repr=False)
    by_number: Mapping[int, tuple[str, ...]] = field(repr=False)

    @property
    def signature(self) -> Signature:
        return (self.closed, self.values)

    def place(self, number: int) -> str:
        """The pointer of the value's first name, or of the enum for a number that it does not declare."""
        names = self.by_number.get(number)
        return join(self.pointer, names[0]) if names else self.pointer


@dataclass(frozen=True, eq=False)
class Field:
    """`name` of an extension is its full name in brackets, as its JSON key. `oneof` is None for the synthetic oneof of
    proto3 `optional`. `type` is the keyword, with `message`, `group` (any delimited message) and `enum`; `message` its
    full name. `entry` holds key and value of a map. `default` is what reads when nothing is set."""

    name: str
    number: int
    key: str
    accepted: frozenset[str]
    type: str
    repeated: bool
    required: bool
    presence: bool
    packed: bool
    utf8: bool
    default: Any
    oneof: str | None
    message: str | None
    enum: Enum | None
    entry: tuple[Field, Field] | None
    pointer: str
    full_name: str
    raw: Any = field(repr=False)

    @cached_property
    def signature(self) -> Signature:
        enum = self.enum.signature if self.enum else None
        entry = tuple(part.signature for part in self.entry) if self.entry else None
        flags = (self.repeated, self.required, self.presence, self.packed, self.utf8)
        special = self.message if self.message in wellknown.SPECIAL_JSON | wellknown.WRAPPERS else None
        return (
            self.name,
            self.number,
            self.key,
            self.type,
            *flags,
            repr(self.default),
            self.oneof,
            enum,
            entry,
            special,
        )

    @property
    def extension(self) -> bool:
        return self.name.startswith("[")

    @property
    def below(self) -> str | None:
        """The full name of the message that it holds, a map in its values."""
        return self.entry[1].message if self.entry else self.message

    @property
    def kind(self) -> str:
        """The type in words: `repeated int32`, `map<string, Foo>`."""
        if self.entry:
            return f"map<{self.entry[0].kind}, {self.entry[1].kind}>"
        named = self.enum.full_name if self.enum else self.message
        shown = self.type if named is None else f"{self.type} {named}"
        return f"repeated {shown}" if self.repeated else shown


@dataclass(eq=False)
class Message:
    """A message type. `raw` is its descriptor, `extensions` are those of its known extensions, by number; `read` makes
    a field of a descriptor. `message_set`: encoded in the old form of `message_set_wire_format`."""

    full_name: str
    pointer: str
    raw: Any = field(repr=False)
    read: Callable[[Any], Field] = field(repr=False)
    extensions: tuple[Any, ...] = field(default=(), repr=False)
    message_set: bool = False
    _read: dict[int, Field] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def make(self) -> Any:
        """The runtime's class."""
        from google.protobuf import message_factory

        return message_factory.GetMessageClass(self.raw)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """In declared order, known extensions last by number."""
        return tuple(self.field(raw) for raw in (*self.raw.fields, *self.extensions))

    def field(self, raw: Any) -> Field:
        """The field of one of the message's descriptors, made once: most messages of a large closure are only passed
        through, by one field of many."""
        return self._read.get(raw.number) or self._read.setdefault(raw.number, self.read(raw))

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {item.name: item for item in self.fields}

    @cached_property
    def by_number(self) -> dict[int, Field]:
        return {item.number: item for item in self.fields}

    @cached_property
    def by_key(self) -> dict[str, Field]:
        """JSON keys that a parser takes, JSON names before field names where they collide."""
        names = {item.name: item for item in self.fields}
        return names | {item.key: item for item in self.fields}

    @cached_property
    def signature(self) -> Signature:
        return tuple(item.signature for item in self.fields)

    @cached_property
    def required(self) -> tuple[Field, ...]:
        return tuple(item for item in self.fields if item.required)

    def members(self, oneof: str) -> list[Field]:
        return [item for item in self.fields if item.oneof == oneof]
