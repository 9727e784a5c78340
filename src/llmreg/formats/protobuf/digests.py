"""Two digests of a file's meaning: one for "the same payloads, surely", one for people and the index."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from llmreg.formats.protobuf.model import Enum, Field, Message
from llmreg.formats.protobuf.side import Side
from llmreg.model.jsontext import dumps


def payload_digest(side: Side) -> bytes:
    """Over the descriptors of the closure without source info, file names and imports: equal digests mean equal
    declarations in equal order."""
    return hashlib.sha256(b"".join(item.bare for item in side.outlines)).digest()


def meaning_digest(side: Side) -> str:
    """SHA-256 of the order-free normal form, in hex: every message that the file declares or reaches, its fields by
    number, enums by number with the names in order, services by name; no comments, no options, no file names.

    The order of an enum's values is kept as far as it means something: the first value is the default of a closed enum,
    and of the names of one number ProtoJSON prints the first."""
    normal = {
        "package": side.package,
        "messages": {message.full_name: message_form(message) for message in reached(side)},
        "enums": {enum.full_name: enum_form(enum) for enum in side.enums()},
        "services": {service.name: _service(service) for service in side.proto.service},
    }
    return hashlib.sha256(dumps(_sorted(normal)).encode()).hexdigest()


def reached(side: Side) -> Iterator[Message]:
    """Every message of the file, nested ones too, and what their fields lead to."""
    queue = list(side.declared())
    seen = {message.full_name for message in queue}
    while queue:
        message = queue.pop()
        yield message
        for item in message.fields:
            below = item.below
            if below is not None and below not in seen:
                seen.add(below)
                queue.append(side.message(below))


def message_form(message: Message, *, enums: bool = True) -> Any:
    """A message's normal form; `enums` False leaves out what the enums of its fields are."""
    return {
        "fields": {f"{item.number:09}": _field(item, enums=enums) for item in message.fields},
        "message_set": message.message_set,
    }


def _field(item: Field, *, enums: bool) -> Any:
    return {
        "name": item.name,
        "key": item.key,
        "kind": item.kind,
        "flags": [item.repeated, item.required, item.presence, item.packed, item.utf8],
        "default": repr(item.default),
        "oneof": item.oneof,
        "enum": enum_form(item.enum) if enums and item.enum else None,
        "entry": [_field(part, enums=enums) for part in item.entry] if item.entry else None,
    }


def enum_form(enum: Enum) -> Any:
    """An enum's normal form."""
    numbers = {f"{number:012}": list(names) for number, names in enum.by_number.items()}
    return {"closed": enum.closed, "default": enum.values[0][1], "numbers": numbers}


def _service(service: Any) -> Any:
    return {
        item.name: [item.input_type, item.output_type, item.client_streaming, item.server_streaming]
        for item in service.method
    }


def _sorted(value: Any) -> Any:
    """Mappings by key; lists keep their order, because theirs means something."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return value
