"""Why a file that is as it was means something else: which of its imports changed under it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llmreg.formats.protobuf import closure
from llmreg.formats.protobuf.digests import enum_form, message_form, reached
from llmreg.formats.protobuf.schema import ProtobufSchema
from llmreg.formats.protobuf.side import Side


def notes(writer: ProtobufSchema, reader: ProtobufSchema) -> Iterator[str]:
    """One sentence for each import that changed what the file's messages are; none when the file itself changed. It
    holds in both directions."""
    if writer.data != reader.data or writer.imported == reader.imported:
        return
    if writer.payload_digest == reader.payload_digest:
        return
    ours, theirs = _forms(writer.side), _forms(reader.side)
    for path in sorted(ours.keys() | theirs.keys()):
        if path in (writer.path, reader.path) or ours.get(path) == theirs.get(path):
            continue
        file = reader.origins.get(path) or writer.origins.get(path) or path
        yield f"the file itself is as it was: what changed is {file}, {_way(path, writer, reader)}"


def _forms(side: Side) -> dict[str, dict[str, Any]]:
    """What the file's messages reach, in normal form by full name, by the file that declares it."""
    found: dict[str, dict[str, Any]] = {}
    for message in reached(side):
        file = side.pool.FindMessageTypeByName(message.full_name).file.name
        found.setdefault(file, {})[message.full_name] = message_form(message, enums=False)
        for item in message.fields:
            for part in item.entry or (item,):
                if part.enum is not None:
                    file = side.pool.FindEnumTypeByName(part.enum.full_name).file.name
                    found.setdefault(file, {})[part.enum.full_name] = enum_form(part.enum)
    return found


def _way(path: str, *schemas: ProtobufSchema) -> str:
    """How the file comes to import the one at `path`: directly, or through which of its own imports."""
    own = closure.imports_of(schemas[0].data, "schema")
    for item in own:
        if item.path == path:
            return f"which it imports in line {item.line}"
    for item in own:
        if any(path in _below(item.path, schema) for schema in schemas):
            return f"which it imports through {item.path!r} in line {item.line}"
    return "which it imports"


def _below(path: str, schema: ProtobufSchema) -> set[str]:
    """Every virtual path that an import leads to."""
    seen: set[str] = set()
    queue = [path]
    while queue:
        here = queue.pop()
        if here not in seen and here in schema.imported:
            seen.add(here)
            queue += [item.path for item in closure.imports_of(schema.imported[here], here)]
    return seen
