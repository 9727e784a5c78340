"""Which property of a field is to blame for what its reader sees.

Each aspect is read by exactly one rule. The order of the questions is that of a parser: it finds the field (number or
key), then decodes its type, then its shape, then its value.
"""

from __future__ import annotations

from llmreg.formats.protobuf import wellknown
from llmreg.formats.protobuf.kernel import DEFAULT, JSON, ONEOF_CASE, PRESENCE, WIRE
from llmreg.formats.protobuf.model import Enum, Field

REMOVED, EXTENSION_REMOVED, REQUIRED_ADDED, ONEOF = "removed", "extension-removed", "required", "oneof"
NUMBER, NAME, JSON_NAME, EXTENSION = "number", "name", "json-name", "extension"
TYPE, LABEL, MAP, UTF8 = "type", "label", "map", "utf8"
DEFAULT_VALUE, HAS_PRESENCE = "default", "presence"
VALUE_REMOVED, VALUE_RENAMED, VALUE_RENUMBERED, OPENNESS = (
    "enum-value-removed",
    "enum-value-renamed",
    "enum-value-renumbered",
    "enum-openness",
)


def of_pair(item: Field, other: Field, kind: str, surface: str, number: int | None) -> str:
    """The aspect for a field that both sides know; `number` is the enum value that was tried."""
    if kind == DEFAULT:
        return DEFAULT_VALUE
    if kind in (PRESENCE, ONEOF_CASE):
        return HAS_PRESENCE if kind == PRESENCE else ONEOF
    if surface == WIRE and item.number != other.number:
        return NUMBER
    if surface == JSON and item.key not in other.accepted:
        return _key(item, other)
    if item.entry is not None or other.entry is not None:
        return _map(item, other, surface, number)
    return _shape(item, other, surface, number)


def of_unread(item: Field, other: Field | None, kind: str, surface: str) -> str:
    """The aspect for a field that the reader does not know; `other` is the one that it takes it for."""
    if kind == ONEOF_CASE:
        return ONEOF
    if other is not None:
        return NUMBER if surface == WIRE else JSON_NAME
    return EXTENSION_REMOVED if item.extension else REMOVED


def of_enum(writer: Enum, reader: Enum, number: int, surface: str) -> str:
    """The aspect for one enum number that does not arrive."""
    names = writer.by_number.get(number, ())
    if not names:
        return OPENNESS
    if surface == JSON:
        return VALUE_RENAMED if names[0] not in reader.by_name and number in reader.by_number else VALUE_REMOVED
    if any(name in reader.by_name for name in names) or number in reader.by_number:
        return VALUE_RENUMBERED
    return VALUE_REMOVED


def type_differs(item: Field, other: Field) -> bool:
    """Whether the two fields' types are different keywords, or one of them has a JSON form of its own."""
    special = {item.message, other.message} & (wellknown.WRAPPERS | wellknown.SPECIAL_JSON)
    return item.type != other.type or bool(special and item.message != other.message)


def shape_differs(item: Field, other: Field) -> bool:
    """Whether a message may be read as something else: another type, or a map with another value type."""
    if item.entry is not None and other.entry is not None:
        return type_differs(item.entry[1], other.entry[1])
    return type_differs(item, other) or (item.entry is None) != (other.entry is None)


def _key(item: Field, other: Field) -> str:
    if item.extension or other.extension:
        return EXTENSION
    return JSON_NAME if item.name == other.name else NAME


def _shape(item: Field, other: Field, surface: str, number: int | None) -> str:
    if type_differs(item, other):
        return TYPE
    if item.repeated != other.repeated:
        return LABEL
    if item.enum is not None and other.enum is not None and number is not None:
        return of_enum(item.enum, other.enum, number, surface)
    if item.utf8 != other.utf8:
        return UTF8
    return TYPE


def _map(item: Field, other: Field, surface: str, number: int | None) -> str:
    if item.entry is None or other.entry is None:
        return MAP
    value, theirs = item.entry[1], other.entry[1]
    alike = item.entry[0].type == other.entry[0].type and not type_differs(value, theirs)
    if alike and value.enum is not None and theirs.enum is not None and number is not None:
        return of_enum(value.enum, theirs.enum, number, surface)
    if alike and (item.entry[0].utf8, value.utf8) != (other.entry[0].utf8, theirs.utf8):
        return UTF8
    return MAP
