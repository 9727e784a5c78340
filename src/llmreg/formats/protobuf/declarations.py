"""The declarations of a proto file in document order, each with its names, line, comments and options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from llmreg.model.record import dataclass, field

# Field numbers of descriptor.proto: which list of which descriptor holds which declarations.
_FILE = {"message_type": 4, "enum_type": 5, "service": 6, "extension": 7}
_MESSAGE = {"field": 2, "nested_type": 3, "enum_type": 4, "extension": 6, "oneof_decl": 8}
_ENUM = {"value": 2}
_SERVICE = {"method": 2}
_INSIDE: dict[str, Mapping[str, int]] = {
    "message_type": _MESSAGE,
    "nested_type": _MESSAGE,
    "enum_type": _ENUM,
    "service": _SERVICE,
}
_KINDS = {
    "message_type": "message",
    "nested_type": "message",
    "enum_type": "enum",
    "value": "value",
    "oneof_decl": "oneof",
}


@dataclass(frozen=True, slots=True)
class Declaration:
    """`kind` is `message`, `field`, `enum`, `value`, `oneof`, `extension`, `service` or `method`; `names` the path
    below the package; `line` counts from 1, 0 where it is not known."""

    kind: str
    names: tuple[str, ...]
    line: int
    comment: str
    proto: Any = field(repr=False, compare=False)


def declarations(proto: Any) -> list[Declaration]:
    """Every declaration of a FileDescriptorProto with source info, in the order of the text."""
    spots = {tuple(item.path): item for item in proto.source_code_info.location}
    found = list(_walk(proto, _FILE, (), (), spots))
    return sorted(found, key=lambda item: item.line)


def file_comment(proto: Any) -> str:
    """The comments on syntax, package, imports and options."""
    parts = []
    for item in proto.source_code_info.location:
        if len(item.path) in (1, 2) and item.path[0] in (2, 3, 8, 12, 14):
            parts += [*item.leading_detached_comments, item.leading_comments, item.trailing_comments]
    return _words(parts)


def _walk(
    proto: Any, lists: Mapping[str, int], path: tuple[int, ...], names: tuple[str, ...], spots: Mapping[Any, Any]
) -> Iterator[Declaration]:
    for attribute, number in lists.items():
        for index, item in enumerate(getattr(proto, attribute)):
            if _made_by_compiler(proto, attribute, index, item):
                continue
            here = (*path, number, index)
            below = (*names, item.name)
            spot = spots.get(here)
            line = spot.span[0] + 1 if spot is not None else 0
            yield Declaration(_KINDS.get(attribute, attribute), below, line, _comment(spot), item)
            yield from _walk(item, _INSIDE.get(attribute, {}), here, below, spots)


def differing_options(one: Any, other: Any) -> Iterator[tuple[str, str, str]]:
    """(name, one's, other's) of syntax, edition and the options that steer code generators."""
    if (one.syntax or "proto2", one.edition) != (other.syntax or "proto2", other.edition):
        yield "syntax", _syntax(one), _syntax(other)
    for descriptor in one.options.DESCRIPTOR.fields:
        if descriptor.name in ("uninterpreted_option", "deprecated", "features"):
            continue
        ours, theirs = getattr(one.options, descriptor.name), getattr(other.options, descriptor.name)
        if ours != theirs:
            yield descriptor.name, repr(ours), repr(theirs)


def _syntax(proto: Any) -> str:
    if proto.syntax == "editions":
        from google.protobuf import descriptor_pb2

        return descriptor_pb2.Edition.Name(proto.edition).lower().replace("_", " ")
    return proto.syntax or "proto2"


def _made_by_compiler(proto: Any, attribute: str, index: int, item: Any) -> bool:
    """Map entries, and the oneofs of proto3 `optional` fields."""
    if attribute == "nested_type":
        return bool(item.options.map_entry)
    return attribute == "oneof_decl" and any(
        field.proto3_optional and field.HasField("oneof_index") and field.oneof_index == index for field in proto.field
    )


def _comment(spot: Any) -> str:
    if spot is None:
        return ""
    return _words([*spot.leading_detached_comments, spot.leading_comments, spot.trailing_comments])


def _words(parts: list[str]) -> str:
    return "\n".join(" ".join(part.split()) for part in parts if part.strip())
