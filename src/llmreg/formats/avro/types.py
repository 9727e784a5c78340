"""The parsed types of a schema: a graph of nodes in which every name is resolved, so recursion is a cycle.

Nodes compare by identity: two `int` at two places are two nodes, because a finding points at one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

PRIMITIVES: Final = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})
NO_DEFAULT: Final = object()


@dataclass(frozen=True, slots=True)
class Logical:
    """A logical type that its base allows: `unit` in nanoseconds for times, `precision` and `scale` for decimals."""

    name: str
    precision: int = 0
    scale: int = 0
    family: str = ""
    unit: int = 0


@dataclass(slots=True, eq=False)
class Type:
    """`pointer` is where the type is defined in the text `home`; `logical` is None where there is none or an unknown
    one, which the specification wants ignored."""

    kind: str
    pointer: str
    home: object
    logical: Logical | None = None

    def parts(self) -> Iterable[Type]:
        """The types that this one is made of."""
        return ()

    def label(self) -> str:
        """What the type is called in a union's JSON encoding and in messages."""
        return self.kind


@dataclass(slots=True, eq=False)
class Primitive(Type):
    """One of the eight primitive types."""


@dataclass(slots=True, eq=False)
class Array(Type):
    """`items` is the type of each item."""

    items: Type = field(kw_only=True)

    def parts(self) -> Iterable[Type]:
        return (self.items,)


@dataclass(slots=True, eq=False)
class Map(Type):
    """`values` is the type of each value; keys are strings."""

    values: Type = field(kw_only=True)

    def parts(self) -> Iterable[Type]:
        return (self.values,)


@dataclass(slots=True, eq=False)
class Union(Type):
    """`branches` in their order, which is the order of their numbers on the wire."""

    branches: tuple[Type, ...] = field(kw_only=True)

    def parts(self) -> Iterable[Type]:
        return self.branches


@dataclass(slots=True, eq=False)
class Named(Type):
    """A record, enum or fixed. `name` is the full name, `aliases` are full names too."""

    name: str = field(kw_only=True)
    aliases: frozenset[str] = field(kw_only=True, default=frozenset())
    doc: str = field(kw_only=True, default="")

    @property
    def short(self) -> str:
        """The unqualified name, by which types match."""
        return self.name.rpartition(".")[2]

    @property
    def namespace(self) -> str:
        return self.name.rpartition(".")[0]

    def label(self) -> str:
        return self.name


@dataclass(slots=True, eq=False)
class Enum(Named):
    """`default` is the symbol that stands for every unknown one; None where there is none."""

    symbols: tuple[str, ...] = field(kw_only=True)
    default: str | None = field(kw_only=True, default=None)


@dataclass(slots=True, eq=False)
class Fixed(Named):
    """`size` in bytes."""

    size: int = field(kw_only=True)


@dataclass(slots=True, eq=False)
class Field:
    """`default` is the JSON value of the text, or NO_DEFAULT; `pointer` is the field's own place."""

    name: str
    type: Type
    pointer: str
    home: object
    default: Any = NO_DEFAULT
    aliases: tuple[str, ...] = ()
    doc: str = ""

    @property
    def optional(self) -> bool:
        """Whether a reader can do without the writer's value."""
        return self.default is not NO_DEFAULT


@dataclass(slots=True, eq=False)
class Record(Named):
    """`fields` in their order, which is their order on the wire; filled in when the whole record is read, because a
    field may hold the record itself. `aliased`: whether any field has aliases."""

    fields: tuple[Field, ...] = field(kw_only=True, default=())
    by_name: dict[str, Field] = field(kw_only=True, default_factory=dict)
    aliased: bool = field(kw_only=True, default=False)

    def parts(self) -> Iterable[Type]:
        return (each.type for each in self.fields)


def size_of(type_: Type) -> int:
    """In bytes; 0 for a type without a size."""
    return type_.size if isinstance(type_, Fixed) else 0


def walk(root: Type) -> Iterator[Type]:
    """Every type that `root` is made of, each once, itself first, in document order."""
    seen: set[Type] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            yield node
            stack.extend(reversed(tuple(node.parts())))
