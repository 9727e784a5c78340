"""What code can say about JSON: models with fields, literals, lists, maps, unions. One meaning for every language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Scalar:
    """`name` is JSON Schema's: string, integer, number, boolean, null. `limits` by keyword (`minimum`, `pattern`)."""

    name: str
    limits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Literal:
    """One of a few values: text, whole numbers, booleans, null."""

    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """`limits` as in `Scalar`: `minItems`, `maxItems`."""

    item: Type
    limits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object whose every value is of one type."""

    value: Type


@dataclass(frozen=True, slots=True)
class Union:
    options: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A model or alias of the same module."""

    name: str


@dataclass(frozen=True, slots=True)
class Anything:
    """Any JSON value."""


Type = Scalar | Literal | ListOf | MapOf | Union | Named | Anything


@dataclass(frozen=True, slots=True)
class Field:
    """`name` is the key in the document. `default` is what the schema says, where `has_default`."""

    name: str
    type: Type
    required: bool
    description: str = ""
    has_default: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True)
class Model:
    """An object with declared keys; `closed`: no others are allowed."""

    name: str
    fields: tuple[Field, ...]
    description: str = ""
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Alias:
    """A name for a type that is no model."""

    name: str
    type: Type
    description: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """Definitions in the order in which they were met, the root last; `notes`: what no type says, with its place."""

    root: str
    definitions: tuple[Model | Alias, ...]
    notes: tuple[str, ...] = ()
