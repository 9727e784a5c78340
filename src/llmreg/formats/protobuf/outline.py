"""What a file declares, told from its descriptor alone and remembered by content: which types mean the same on both
sides is known before any of them is loaded, and in a tree most files are wanted by many others.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from llmreg.model.record import dataclass

_MAX_REMEMBERED: Final = 4096
_NO_MEANING: Final = ("source_code_info", "name", "dependency", "public_dependency", "weak_dependency")
_OUTLINES: dict[bytes, Outline] = {}


@dataclass(frozen=True, slots=True)
class Node:
    """A message or an enum. `own` is a digest of the declaration without what is declared inside it, and of what it
    inherits; `parts` are its fields whose types have names: number and full name. `entry`: the entry of a map.
    `extendable`: other files may add fields to it."""

    own: bytes
    parts: tuple[tuple[int, str], ...] = ()
    enum: bool = False
    entry: bool = False
    extendable: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """`bare` is a digest of all declarations in their order, without file names, imports and comments."""

    bare: bytes
    nodes: Mapping[str, Node]


@dataclass(frozen=True, slots=True)
class Differing:
    """Full names. `own`: types that are declared otherwise on the other side or only on one, or whose enums are.
    `behind`: those, and every message that leads to one of them."""

    own: frozenset[str]
    behind: frozenset[str]


def outline(content: bytes, parse: Callable[[bytes], Any]) -> Outline:
    """Of a serialized FileDescriptorProto; `parse` makes the message of it."""
    key = hashlib.sha256(content).digest()
    known = _OUTLINES.get(key)
    if known is None:
        if len(_OUTLINES) >= _MAX_REMEMBERED:
            _OUTLINES.clear()
        proto = parse(content)
        known = _OUTLINES[key] = Outline(hashlib.sha256(_without(proto, *_NO_MEANING)).digest(), dict(_nodes(proto)))
    return known


def differing(writer: Mapping[str, Node], reader: Mapping[str, Node]) -> Differing:
    """Equal names with equal declarations all the way down read each other; what else there is, differs."""
    own = {name for name in writer.keys() | reader.keys() if writer.get(name) != reader.get(name)}
    users: defaultdict[str, set[str]] = defaultdict(set)
    for nodes in (writer, reader):
        own.update(name for name, node in nodes.items() if node.extendable)
        for name, node in nodes.items():
            for _, part in node.parts:
                users[part].add(name)
    whole = {name for name in own if any(name in nodes and nodes[name].enum for nodes in (writer, reader))}
    entries = {name for name in own if any(name in nodes and nodes[name].entry for nodes in (writer, reader))}
    entries |= {user for name in whole for user in users[name] if _is_entry(user, writer, reader)}
    own |= entries | {user for name in whole | entries for user in users[name]}
    behind, queue = set(own), list(own)
    while queue:
        fresh = users[queue.pop()] - behind
        behind |= fresh
        queue += fresh
    return Differing(frozenset(own), frozenset(behind))


def _is_entry(name: str, *sides: Mapping[str, Node]) -> bool:
    return any(name in nodes and nodes[name].entry for nodes in sides)


def _nodes(proto: Any) -> Iterator[tuple[str, Node]]:
    scope = f"{proto.package}." if proto.package else ""
    inherited = _inherited(proto.syntax.encode() + f"\0{proto.edition}\0".encode(), proto.options)
    yield from _enums(proto.enum_type, scope, inherited)
    for message in proto.message_type:
        yield from _messages(message, scope, inherited)


def _messages(message: Any, scope: str, inherited: bytes) -> Iterator[tuple[str, Node]]:
    name = scope + message.name
    digest = hashlib.sha256(inherited + _without(message, "nested_type", "enum_type", "extension")).digest()
    parts = tuple((item.number, item.type_name[1:]) for item in message.field if item.type_name)
    yield name, Node(digest, parts, entry=message.options.map_entry, extendable=bool(message.extension_range))
    below = _inherited(inherited, message.options)
    yield from _enums(message.enum_type, f"{name}.", below)
    for nested in message.nested_type:
        yield from _messages(nested, f"{name}.", below)


def _enums(enums: Any, scope: str, inherited: bytes) -> Iterator[tuple[str, Node]]:
    for enum in enums:
        content = enum.SerializeToString(deterministic=True)
        yield scope + enum.name, Node(hashlib.sha256(inherited + content).digest(), enum=True)


def _inherited(above: bytes, options: Any) -> bytes:
    """What declarations inherit: the file's syntax or edition, and the options of everything around them, among which
    are the features."""
    return hashlib.sha256(above + options.SerializeToString(deterministic=True)).digest()


def _without(proto: Any, *names: str) -> bytes:
    bare = type(proto)()
    bare.CopyFrom(proto)
    for name in names:
        bare.ClearField(name)
    content: bytes = bare.SerializeToString(deterministic=True)
    return content
