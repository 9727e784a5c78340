"""The node of the internal dialect: operators, JSON types and constants.

An atom is guarded: it says something about one JSON type and holds for every value of the others.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final, TypeAlias

NULL, BOOLEAN, NUMBER, STRING, ARRAY, OBJECT = 1, 2, 4, 8, 16, 32
ALL_TYPES: Final = 63
TYPES: Final = (NULL, BOOLEAN, NUMBER, STRING, ARRAY, OBJECT)
TYPE_NAMES: Final = {
    "null": NULL, "boolean": BOOLEAN, "number": NUMBER, "string": STRING, "array": ARRAY, "object": OBJECT,
}  # fmt: skip

TRUE, FALSE, AND, OR, NOT, ONE, REF, TYPE, ENUM, OPAQUE = (
    "true", "false", "and", "or", "not", "one", "ref", "type", "enum", "opaque",
)  # fmt: skip
MIN, MAX, MULTIPLE, SPELLED = "min", "max", "multiple", "spelled"
MIN_LENGTH, MAX_LENGTH, PATTERN = "min-length", "max-length", "pattern"
MIN_ITEMS, MAX_ITEMS, UNIQUE, ITEM, ITEMS, AT_LEAST, AT_MOST = (
    "min-items", "max-items", "unique", "item", "items", "at-least", "at-most",
)  # fmt: skip
REQUIRED, MIN_PROPERTIES, MAX_PROPERTIES, PROPERTY, PATTERN_PROPERTY, ADDITIONAL, NAMES = (
    "required", "min-properties", "max-properties", "property", "pattern-property", "additional", "names",
)  # fmt: skip

GUARDS: Final = {
    MIN: NUMBER, MAX: NUMBER, MULTIPLE: NUMBER, SPELLED: NUMBER,
    MIN_LENGTH: STRING, MAX_LENGTH: STRING, PATTERN: STRING,
    MIN_ITEMS: ARRAY, MAX_ITEMS: ARRAY, UNIQUE: ARRAY, ITEM: ARRAY, ITEMS: ARRAY, AT_LEAST: ARRAY, AT_MOST: ARRAY,
    REQUIRED: OBJECT, MIN_PROPERTIES: OBJECT, MAX_PROPERTIES: OBJECT, PROPERTY: OBJECT, PATTERN_PROPERTY: OBJECT,
    ADDITIONAL: OBJECT, NAMES: OBJECT,
}  # fmt: skip

Number: TypeAlias = int | Fraction
# The type's bit keeps `true` apart from `1`, which are equal in Python.
Scalar: TypeAlias = tuple[int, bool | Number | str | None]
# A document while it is searched for: numbers are `int` or `Fraction`.
Value: TypeAlias = bool | Number | str | list[Any] | dict[str, Any] | None


class Pointed(Fraction):
    """An integral number to be written with a decimal point: no integer in draft 4, an ordinary one elsewhere."""

    __slots__ = ()


class Unspelled(Fraction):
    """An integral number of which it is not known how it is written."""

    __slots__ = ()


class Node:
    """Hash-consed: equal nodes of one table are one object."""

    __slots__ = ("args", "flipped", "guard", "id", "kids", "mask", "negation", "op", "restricted")

    def __init__(self, op: str, args: tuple[Any, ...], kids: tuple[Node, ...], number: int) -> None:
        self.op = op
        self.args = args
        self.kids = kids
        self.id = number
        self.guard = GUARDS.get(op, 0)
        self.negation: Node | None = None
        # Born as the negation of another node: the reader's side of a question.
        self.flipped = False
        self.restricted: dict[int, Node] | None = None
        self.mask = -1

    def __repr__(self) -> str:
        inner = ", ".join([*(repr(arg) for arg in self.args), *(repr(kid) for kid in self.kids)])
        return f"{self.op}({inner})" if inner else self.op


def type_of(value: Value) -> int:
    if value is None:
        return NULL
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, str):
        return STRING
    if isinstance(value, list):
        return ARRAY
    return OBJECT if isinstance(value, dict) else NUMBER


def identity(value: Value) -> object:
    """A hashable key: equal keys exactly for values that are equal in JSON."""
    if isinstance(value, list):
        return (ARRAY, tuple(identity(item) for item in value))
    if isinstance(value, dict):
        return (OBJECT, frozenset((key, identity(item)) for key, item in value.items()))
    return (type_of(value), value)
