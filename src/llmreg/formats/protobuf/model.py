"""One side of a comparison: the linked messages and enums of a schema as plain values.

Everything that a payload's meaning depends on is in a field's or an enum's `signature`; two messages whose fields have
equal signatures read each other without a look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

from llmreg.formats.protobuf import wellknown
from llmreg.formats.protobuf.declarations import declarations
from llmreg.model.pointer import join

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


@dataclass(frozen=True, slots=True, eq=False)
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

    @property
    def signature(self) -> Signature:
        enum = self.enum.signature if self.enum else None
        entry = tuple(part.signature for part in self.entry) if self.entry else None
        flags = (self.repeated, self.required, self.presence, self.packed, self.utf8)
        special = self.message if self.message in wellknown.SPECIAL_JSON | wellknown.WRAPPERS else None
        return (self.name, self.number, self.key, self.type, *flags, repr(self.default), self.oneof, enum, entry, special)

    @property
    def extension(self) -> bool:
        return self.name.startswith("[")

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
    """A message type. `fields` are in declared order, known extensions last by number. `message_set`: encoded in the
    old form of `message_set_wire_format`."""

    full_name: str
    pointer: str
    fields: tuple[Field, ...]
    make: Any = field(repr=False)
    message_set: bool = False

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

    def members(self, oneof: str) -> list[Field]:
        return [item for item in self.fields if item.oneof == oneof]


class Side:
    """The descriptors of one closure, loaded into a pool of their own."""

    def __init__(self, descriptors: bytes, main: str) -> None:
        """Raises TypeError when the runtime refuses what the compiler accepted."""
        from google.protobuf import descriptor_pb2, descriptor_pool

        self.main = main
        self.pool = descriptor_pool.DescriptorPool()
        self.files = {item.name: item for item in descriptor_pb2.FileDescriptorSet.FromString(descriptors).file}
        for item in self.files.values():
            self.pool.AddSerializedFile(item.SerializeToString())
        self.file = self.pool.FindFileByName(main)
        self._messages: dict[str, Message] = {}
        self._enums: dict[str, Enum] = {}

    @property
    def proto(self) -> Any:
        """The subject's own FileDescriptorProto, with source info."""
        return self.files[self.main]

    def line(self, pointer: str) -> int | None:
        """The line of a declaration in the subject's own file, from 1."""
        return self._lines.get(pointer)

    @cached_property
    def _lines(self) -> dict[str, int]:
        return {join("", *item.names): item.line for item in declarations(self.proto)}

    @property
    def package(self) -> str:
        return str(self.file.package)

    def pointer(self, full_name: str) -> str:
        """Names below the subject's own package are `/Message/field`; others start with their whole type name."""
        prefix = self.package + "."
        if self.package and full_name.startswith(prefix):
            return join("", *full_name.removeprefix(prefix).split("."))
        return join("", *full_name.split(".")) if not self.package else join("", full_name)

    def message(self, full_name: str) -> Message:
        """Raises KeyError for a name that the closure does not hold."""
        known = self._messages.get(full_name)
        if known is None:
            from google.protobuf import message_factory

            raw = self.pool.FindMessageTypeByName(full_name)
            pointer = self.pointer(full_name)
            known = Message(full_name, pointer, (), message_factory.GetMessageClass(raw))
            known.message_set = raw.has_options and raw.GetOptions().message_set_wire_format
            self._messages[full_name] = known
            listed = [*raw.fields, *sorted(self._extensions(raw), key=lambda item: item.number)]
            known.fields = tuple(self._field(item, pointer) for item in listed)
        return known

    def top_level(self) -> list[Message]:
        """Every top-level message of the file itself, in declared order."""
        return [self.message(item.full_name) for item in self.file.message_types_by_name.values()]

    def declared(self) -> list[Message]:
        """Every message that the file declares, nested ones after their parents, map entries left out."""
        raws = list(self.file.message_types_by_name.values())
        for raw in raws:
            raws += [item for item in raw.nested_types if not item.GetOptions().map_entry]
        return [self.message(raw.full_name) for raw in raws]

    def find(self, name: str) -> Message | None:
        """A message by full name, or by its name below the package."""
        for full_name in (name, f"{self.package}.{name}" if self.package else name):
            try:
                return self.message(full_name)
            except KeyError:
                continue
        return None

    def enums(self) -> list[Enum]:
        """Every enum that the file itself declares, outermost first."""
        return [self.enum(item) for item in _enums_of(self.file.enum_types_by_name, self.file.message_types_by_name)]

    def enum(self, raw: Any) -> Enum:
        known = self._enums.get(raw.full_name)
        if known is None:
            values = tuple((value.name, value.number) for value in raw.values)
            by_number: dict[int, tuple[str, ...]] = {}
            for name, number in values:
                by_number[number] = (*by_number.get(number, ()), name)
            pointer = self.pointer(raw.full_name)
            known = Enum(raw.full_name, pointer, raw.is_closed, values, dict(values), by_number)
            self._enums[raw.full_name] = known
        return known

    def carrier(self, enum: Enum) -> Message:
        """A made-up message whose only field `value` is the enum: what shows an enum that no message of the file uses."""
        name = "llmreg.carrier." + enum.full_name.replace(".", "_")
        try:
            return self.message(name)
        except KeyError:
            self.pool.AddSerializedFile(_carrier_file(name, enum, self.pool.FindEnumTypeByName(enum.full_name).file.name))
        message = self.message(name)
        message.pointer = enum.pointer
        message.fields = tuple(replace(item, pointer=enum.pointer) for item in message.fields)
        return message

    def _extensions(self, raw: Any) -> Sequence[Any]:
        return self.pool.FindAllExtensions(raw) if raw.is_extendable else ()

    def _field(self, raw: Any, parent: str) -> Field:
        bracketed = f"[{raw.full_name}]" if raw.is_extension else ""
        sub = raw.message_type
        is_map = sub is not None and raw.is_repeated and sub.GetOptions().map_entry
        own = self.pointer(raw.full_name)
        entry = None
        if is_map:
            key, value = (self._field(sub.fields_by_number[number], join(parent, raw.name)) for number in (1, 2))
            entry = (key, value)
        singular = not raw.is_repeated and sub is None
        return Field(
            name=bracketed or raw.name,
            number=raw.number,
            key=bracketed or raw.json_name,
            accepted=frozenset({bracketed} if bracketed else {raw.json_name, raw.name}),
            type=TYPES[raw.type],
            repeated=raw.is_repeated,
            required=raw.is_required,
            presence=raw.has_presence,
            packed=raw.is_packed,
            utf8=raw.type == raw.TYPE_STRING and _checks_utf8(raw),
            default=raw.default_value if singular else None,
            oneof=_oneof(raw),
            message=sub.full_name if sub is not None and not is_map else None,
            enum=self.enum(raw.enum_type) if raw.enum_type is not None else None,
            entry=entry,
            pointer=own if bracketed else join(parent, raw.name),
            full_name=raw.full_name,
            raw=raw,
        )


def _checks_utf8(raw: Any) -> bool:
    """Resolved features come only from a private method of the runtime (protobuf 7); tests hold it in place."""
    return bool(raw._GetFeatures().utf8_validation == 2)  # FeatureSet.VERIFY


def _oneof(raw: Any) -> str | None:
    """The oneof's name, unless the compiler made it for a proto3 `optional` field."""
    oneof = raw.containing_oneof
    if oneof is None or (oneof.name == f"_{raw.name}" and len(oneof.fields) == 1):
        return None
    return str(oneof.name)


def _carrier_file(name: str, enum: Enum, home: str) -> bytes:
    from google.protobuf import descriptor_pb2

    package, short = name.rsplit(".", 1)
    file = descriptor_pb2.FileDescriptorProto(
        name=f"llmreg/carrier/{short}.proto",
        package=package,
        dependency=[home],
        syntax="editions",
        edition=descriptor_pb2.EDITION_2023,
    )
    item = file.message_type.add(name=short).field.add(name="value", json_name="value", number=1)
    item.type, item.label, item.type_name = item.TYPE_ENUM, item.LABEL_OPTIONAL, "." + enum.full_name
    return file.SerializeToString()


def _enums_of(enums: Mapping[str, Any], messages: Mapping[str, Any]) -> Iterator[Any]:
    yield from enums.values()
    for message in messages.values():
        yield from _enums_of(message.enum_types_by_name, message.nested_types_by_name)
