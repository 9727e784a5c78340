"""Why a file that is as it was means something else: which of its imports changed under it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
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
    changed = {
        path
        for path in writer.imported.keys() | reader.imported.keys()
        if writer.imported.get(path) != reader.imported.get(path)
    }
    ours, theirs = _forms(writer.side, changed), _forms(reader.side, changed)
    for path in sorted(changed):
        if ours.get(path) == theirs.get(path):
            continue
        places = {side.origins.get(path, path) for side in (writer, reader)}
        file = places.pop() if len(places) == 1 else path
        yield f"the file itself is as it was: what changed is {file}, {_way(path, writer, reader)}"


def _forms(side: Side, files: Collection[str]) -> dict[str, dict[str, Any]]:
    """What the file's messages reach in these files, in normal form by full name, by the file that declares it."""
    found: dict[str, dict[str, Any]] = {path: {} for path in files}
    for message in reached(side):
        file = message.make.DESCRIPTOR.file.name
        if file in found:
            found[file][message.full_name] = message_form(message, enums=False)
        for item in message.fields:
            for part in item.entry or (item,):
                if part.enum is not None:
                    file = part.raw.enum_type.file.name
                    if file in found:
                        found[file][part.enum.full_name] = enum_form(part.enum)
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
