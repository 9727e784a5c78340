"""One side of a comparison: the descriptors of a closure, linked in a pool of their own."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

from llmreg.formats.protobuf.declarations import Declaration, declarations
from llmreg.formats.protobuf.model import TYPES, Enum, Field, Message
from llmreg.formats.protobuf.outline import Node, Outline, outline
from llmreg.formats.protobuf.protoc import files_of
from llmreg.model.finding import Place
from llmreg.model.pointer import join

# Declarations that are found by their full name; the others belong to one of these.
_NAMED = frozenset({"message", "enum", "extension", "service"})


class Side:
    """The descriptors of one closure, loaded into a pool of their own."""

    def __init__(self, descriptors: bytes, main: str, origins: Mapping[str, str] | None = None) -> None:
        """`origins` are the paths of imported files that lie around the main one, by virtual path.

        Raises TypeError when the runtime refuses what the compiler accepted."""
        from google.protobuf import descriptor_pool

        self.main = main
        self.origins = origins or {}
        self.pool = descriptor_pool.DescriptorPool()
        self._contents = list(files_of(descriptors))
        for content in self._contents:
            self.pool.AddSerializedFile(content)
        self.file = self.pool.FindFileByName(main)
        self._lock = threading.RLock()
        self._messages: dict[str, Message] = {}
        self._enums: dict[str, Enum] = {}

    @cached_property
    def files(self) -> dict[str, Any]:
        """The FileDescriptorProto of each file of the closure, in dependency order."""
        return {item.name: item for item in map(_parsed, self._contents)}

    @cached_property
    def proto(self) -> Any:
        """The subject's own FileDescriptorProto, with source info; the last, as it imports the others."""
        last = _parsed(self._contents[-1])
        return last if last.name == self.main else self.files[self.main]

    def line(self, pointer: str) -> int | None:
        """The line of a declaration in the subject's own file, from 1."""
        return self._lines.get(pointer)

    @cached_property
    def declarations(self) -> list[Declaration]:
        """Every declaration of the subject's own file, in the order of the text."""
        return declarations(self.proto)

    @cached_property
    def _lines(self) -> dict[str, int]:
        return {join("", *item.names): item.line for item in self.declarations}

    def place(self, pointer: str) -> Place:
        """A declaration's place with its line; with its file, where it lies in one around the subject's own."""
        line = self.line(pointer)
        file, elsewhere = self._elsewhere.get(pointer, (None, None)) if line is None else (None, None)
        return Place(pointer, line or elsewhere, file)

    @cached_property
    def _elsewhere(self) -> dict[str, tuple[str, int]]:
        """File and line of every declaration in the files around, by pointer."""
        found = {}
        for virtual, path in self.origins.items():
            proto = self.files[virtual]
            for item in declarations(proto):
                names = [proto.package, *item.names] if proto.package else [*item.names]
                if item.kind in _NAMED:
                    pointer = self.pointer(".".join(names))
                else:
                    pointer = join(self.pointer(".".join(names[:-1])), names[-1])
                found[pointer] = path, item.line
        return found

    @cached_property
    def outlines(self) -> list[Outline]:
        """What each file of the closure declares, in dependency order."""
        return [outline(content, _parsed) for content in self._contents]

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Every message and enum of the closure by full name."""
        return {name: node for item in self.outlines for name, node in item.nodes.items()}

    @cached_property
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
        with self._lock:
            return self._messages.get(full_name) or self._load(full_name)

    def _load(self, full_name: str, pointer: str | None = None) -> Message:
        """`pointer`: the place of the message and of all its fields, where it is not their own."""
        raw = self.pool.FindMessageTypeByName(full_name)
        place = self.pointer(full_name) if pointer is None else pointer
        extensions = tuple(sorted(self._extensions(raw), key=lambda item: item.number))
        message_set = raw.has_options and raw.GetOptions().message_set_wire_format
        known = Message(full_name, place, raw, partial(self._field, parent=place, own=pointer), extensions, message_set)
        self._messages[full_name] = known
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

    def extended(self) -> list[Message]:
        """Every message that an extension of the file adds a field to, once."""
        nested = [item for message in self.declared() for item in message.raw.extensions]
        names = [item.containing_type.full_name for item in (*self.file.extensions_by_name.values(), *nested)]
        return [self.message(name) for name in dict.fromkeys(names)]

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
        """A made-up message whose only field `value` is the enum, to show an enum that no message of the file uses."""
        name = "llmreg.carrier." + enum.full_name.replace(".", "_")
        with self._lock:
            if name not in self._messages:
                home = self.pool.FindEnumTypeByName(enum.full_name).file.name
                self.pool.AddSerializedFile(_carrier_file(name, enum, home))
                self._load(name, enum.pointer)
            return self._messages[name]

    def _extensions(self, raw: Any) -> Sequence[Any]:
        return self.pool.FindAllExtensions(raw) if raw.is_extendable else ()

    def _field(self, raw: Any, parent: str, own: str | None = None) -> Field:
        bracketed = f"[{raw.full_name}]" if raw.is_extension else ""
        sub = raw.message_type
        is_map = sub is not None and raw.is_repeated and sub.GetOptions().map_entry
        place = own or (self.pointer(raw.full_name) if bracketed else join(parent, raw.name))
        entry = None
        if is_map:
            key, value = (self._field(sub.fields_by_number[number], place) for number in (1, 2))
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
            pointer=place,
            full_name=raw.full_name,
            raw=raw,
        )


def _parsed(content: bytes) -> Any:
    from google.protobuf import descriptor_pb2

    return descriptor_pb2.FileDescriptorProto.FromString(content)


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
