"""Why a file that is as it was means something else: which of its imports changed under it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from llmreg.formats.protobuf import closure
from llmreg.formats.protobuf.digests import enum_form, message_form
from llmreg.formats.protobuf.outline import differing
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
    named = differing(writer.side.nodes, reader.side.nodes).own
    wanted = {name for side in (writer.side, reader.side) for name in _reached(side) & named}
    for path in sorted(changed):
        if _forms(writer.side, path, wanted) == _forms(reader.side, path, wanted):
            continue
        places = {side.origins.get(path, path) for side in (writer, reader)}
        file = places.pop() if len(places) == 1 else path
        yield f"the file itself is as it was: what changed is {file}, {_way(path, writer, reader)}"


def _reached(side: Side) -> set[str]:
    """The full names of what the file declares, and of all that leads to."""
    seen: set[str] = set()
    queue = list(side.outlines[-1].nodes)  # the file itself comes after all that it imports
    while queue:
        name = queue.pop()
        if name not in seen:
            seen.add(name)
            queue += [part for _, part in side.nodes[name].parts]
    return seen


def _forms(side: Side, path: str, names: Collection[str]) -> dict[str, Any]:
    """The normal forms of those of the types that the file at `path` declares."""
    if path not in side.files:
        return {}
    declared = side.outlines[list(side.files).index(path)].nodes.keys() & names
    forms: dict[str, Any] = {}
    for name in declared:
        if side.nodes[name].enum:
            forms[name] = enum_form(side.enum(side.pool.FindEnumTypeByName(name)))
        elif not side.nodes[name].entry:
            forms[name] = message_form(side.message(name), enums=False)
    return forms


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
