"""What a declaration says besides its name, as it would be written: `repeated Turn = 3`, `map<string, int64> = 4`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llmreg.formats.protobuf.declarations import Declaration
from llmreg.formats.protobuf.model import TYPES

_REQUIRED, _REPEATED = 2, 3  # FieldDescriptorProto.Label


class Details:
    """Of the declarations of one FileDescriptorProto."""

    def __init__(self, proto: Any) -> None:
        self._package = proto.package
        self._maps = dict(_map_entries(proto.message_type, f".{proto.package}" if proto.package else ""))

    def of(self, item: Declaration) -> str:
        """Empty for a type, which says nothing more."""
        if item.kind in ("field", "extension"):
            return self._field(item.proto)
        if item.kind == "value":
            return f"= {item.proto.number}"
        return self._method(item.proto) if item.kind == "method" else ""

    def _field(self, field: Any) -> str:
        entry = self._maps.get(field.type_name)
        if entry is not None:
            key, value = entry.field
            return f"map<{self._type(key)}, {self._type(value)}> = {field.number}"
        label = {_REQUIRED: "required ", _REPEATED: "repeated "}.get(field.label, "")
        return f"{'optional ' if field.proto3_optional else label}{self._type(field)} = {field.number}"

    def _method(self, method: Any) -> str:
        takes = f"{'stream ' if method.client_streaming else ''}{self._short(method.input_type)}"
        gives = f"{'stream ' if method.server_streaming else ''}{self._short(method.output_type)}"
        return f"({takes}) returns ({gives})"

    def _type(self, field: Any) -> str:
        return self._short(field.type_name) if field.type_name else TYPES[field.type]

    def _short(self, name: str) -> str:
        """Without the file's own package, as one would write it there."""
        own = f".{self._package}." if self._package else "."
        return name.removeprefix(own).removeprefix(".")


def _map_entries(messages: Any, scope: str) -> Iterator[tuple[str, Any]]:
    for message in messages:
        name = f"{scope}.{message.name}"
        if message.options.map_entry:
            yield name, message
        yield from _map_entries(message.nested_type, name)
