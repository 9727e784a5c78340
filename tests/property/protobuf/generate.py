"""Random proto files, random changes to them, and random messages."""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass, field
from typing import Any

from llmreg.formats.protobuf import payload
from llmreg.formats.protobuf.model import Field, Message
from llmreg.formats.protobuf.probes import SCALARS
from llmreg.formats.protobuf.side import Side

HEADS = {"proto2": 'syntax = "proto2";', "proto3": 'syntax = "proto3";', "2023": 'edition = "2023";'}
WELL_KNOWN = [f"google.protobuf.{name}" for name in ("Int32Value", "StringValue", "BytesValue", "Timestamp", "Struct")]
TYPES = [*SCALARS, "E", "F", "S", "T", "M.N", *WELL_KNOWN]
KEYS = ("string", "int32", "int64", "bool", "uint32")
FEATURES = [
    ("features.message_encoding", "DELIMITED"),
    ("features.field_presence", "IMPLICIT"),
    ("features.field_presence", "LEGACY_REQUIRED"),
    ("features.utf8_validation", "NONE"),
    ("features.repeated_field_encoding", "EXPANDED"),
]
IMPORTS = ("wrappers", "timestamp", "struct")
EXTENSIBLE = 100  # extension fields are numbered from here


@dataclass
class Column:
    """One field of the random schema; `shape` is `one`, `optional`, `required`, `repeated`, `group` or `map`."""

    name: str
    number: int
    type: str
    shape: str = "one"
    key: str = "string"
    oneof: str | None = None
    options: dict[str, str] = field(default_factory=dict)


@dataclass
class File:
    """A random proto file with messages M, M.N, S, T, enums E, F and extensions of M."""

    syntax: str
    messages: dict[str, list[Column]]
    enums: dict[str, list[tuple[str, int]]]
    extensions: list[Column]
    closed: set[str] = field(default_factory=set)

    def text(self) -> str:
        parts = [HEADS[self.syntax], "package t;", *(f'import "google/protobuf/{name}.proto";' for name in IMPORTS)]
        for name, columns in self.messages.items():
            loose = [self._column(item) for item in columns if item.oneof is None]
            for oneof in sorted({item.oneof for item in columns if item.oneof}):
                members = " ".join(self._column(item, bare=True) for item in columns if item.oneof == oneof)
                loose.append(f"oneof {oneof} {{ {members} }}")
            if name == "M":
                loose.append("message N { int32 x = 1; }")
                loose += ["extensions 100 to 199;"] if self.syntax != "proto3" else []
            parts.append(f"message {name} {{ {' '.join(loose)} }}")
        if self.extensions and self.syntax != "proto3":
            parts.append(f"extend M {{ {' '.join(map(self._column, self.extensions))} }}")
        for name, values in self.enums.items():
            alias = "option allow_alias = true; " if len({number for _, number in values}) < len(values) else ""
            alias += "option features.enum_type = CLOSED; " if name in self.closed and self.syntax == "2023" else ""
            parts.append(f"enum {name} {{ {alias}{' '.join(f'{value} = {number};' for value, number in values)} }}")
        return "\n".join(parts)

    def _column(self, item: Column, *, bare: bool = False) -> str:
        fits = [name for name in item.options if self.syntax == "2023" or not name.startswith("features.")]
        options = ", ".join(f"{name} = {item.options[name]}" for name in fits)
        tail = f"{item.name} = {item.number}{f' [{options}]' if options else ''};"
        if item.shape == "map":
            return f"map<{item.key}, {item.type}> {tail}"
        if item.shape == "group" and self.syntax == "proto2":
            return (
                f"{'' if bare else 'optional '}group G{item.number} = {item.number} {{ optional {item.type} x = 1; }}"
            )
        label = {"repeated": "repeated ", "required": "required ", "optional": "optional "}.get(item.shape, "")
        if self.syntax == "proto2" and not label:
            label = "optional "
        if self.syntax == "2023" and label != "repeated ":
            label = ""
        return f"{'' if bare else label}{item.type} {tail}"


def random_file(rng: random.Random) -> File:
    messages = {
        name: [random_column(rng, number) for number in range(1, rng.randint(2, 5))] for name in ("M", "S", "T")
    }
    enums = {
        "E": [("E_ZERO", 0), ("E_ONE", 1), *([("E_TWO", 2)] if rng.random() < 0.5 else [])],
        "F": [("F_ZERO", 0), ("F_ONE", 1)],
    }
    extensions = [random_column(rng, EXTENSIBLE + number) for number in range(rng.choice([0, 0, 1, 2]))]
    for item in extensions:
        item.shape, item.oneof = rng.choice(["optional", "repeated"]), None
    return File(
        rng.choice(list(HEADS)), messages, enums, extensions, set(rng.choices(["E", "F"], k=rng.choice([0, 1])))
    )


def random_column(rng: random.Random, number: int) -> Column:
    shape = rng.choices(["one", "optional", "repeated", "map", "required", "group"], [5, 2, 3, 2, 0.3, 0.3])[0]
    column = Column(f"f{number}", number, rng.choice(TYPES), shape, rng.choice(KEYS))
    if shape == "one" and rng.random() < 0.25:
        column.oneof = rng.choice(["o", "p"])
    return column


def mutate(rng: random.Random, old: File) -> File:
    new = copy.deepcopy(old)
    homes = [*new.messages.values(), *([new.extensions] if new.extensions else [])]
    columns = rng.choice(homes)
    enum = new.enums[rng.choice(list(new.enums))]
    item = rng.choice(columns)
    other = rng.choice(columns)
    number = rng.randint(1, 8)
    changes: list[Any] = [
        lambda: columns.append(random_column(rng, number)),
        lambda: columns.remove(item),
        lambda: setattr(item, "name", f"g{number}"),
        lambda: setattr(item, "number", number),
        lambda: (setattr(item, "number", other.number), setattr(other, "number", item.number)),
        lambda: setattr(item, "type", rng.choice(TYPES)),
        lambda: setattr(item, "type", rng.choice(TYPES)),
        lambda: setattr(item, "shape", rng.choice(["one", "optional", "repeated", "map", "required", "group"])),
        lambda: setattr(item, "key", rng.choice(KEYS)),
        lambda: setattr(item, "oneof", rng.choice([None, "o", "p"])),
        lambda: item.options.update(json_name=f'"{rng.choice(["k", item.name, other.name])}"'),
        lambda: item.options.update(packed=rng.choice(["true", "false"])),
        lambda: item.options.update(default="1"),
        lambda: enum.append((f"{enum[0][0][0]}_NEW", rng.randint(-1, 4))),
        enum.pop,
        lambda: enum.__setitem__(-1, (f"{enum[0][0][0]}_OTHER", enum[-1][1])),
        lambda: enum.__setitem__(-1, (enum[-1][0], rng.randint(0, 4))),
        lambda: enum.insert(0, enum.pop()),
        lambda: setattr(new, "syntax", rng.choice(list(HEADS))),
        lambda: item.options.update([rng.choice(FEATURES)]),
        lambda: new.closed.symmetric_difference_update({"E"}),
        lambda: enum.append((f"{enum[0][0][0]}_ALIAS", enum[-1][1])),
        lambda: enum.insert(1, (f"{enum[0][0][0]}_ALIAS", enum[1][1])),
        lambda: new.extensions.append(Column(item.name, EXTENSIBLE + number, item.type, "optional")),
        lambda: (columns.remove(item), new.messages["M"].append(Column(item.name, number, item.type))),
    ]
    for change in rng.choices(changes, k=rng.choice([1, 1, 1, 2, 3])):
        try:
            change()
        except (ValueError, IndexError):
            continue
    return new


@dataclass(frozen=True)
class Author:
    """Writes random messages; an open one also writes enum numbers that the writer does not declare."""

    rng: random.Random
    side: Side
    closed: bool

    def recipe(self, model: Message, depth: int = 0) -> dict[int, Any]:
        recipe: dict[int, Any] = {}
        for item in model.fields:
            if self.rng.random() < 0.6 and depth < 3:
                recipe[item.number] = self.value(item, depth)
        return recipe

    def value(self, item: Field, depth: int) -> Any:
        if item.entry is not None:
            key, value = item.entry
            return [(self.scalar(key), self.one(value, depth)) for _ in range(self.rng.randint(0, 2))]
        if item.repeated:
            return [self.one(item, depth) for _ in range(self.rng.randint(0, 3))]
        return self.one(item, depth)

    def one(self, item: Field, depth: int) -> Any:
        if item.message is not None:
            return self.recipe(self.side.message(item.message), depth + 1)
        return self.scalar(item)

    def scalar(self, item: Field) -> Any:
        if item.enum is not None:
            odd = [] if self.closed or item.enum.closed else [-1, 3, 4, 7]
            return self.rng.choice([*item.enum.by_number, *odd])
        return random_scalar(self.rng, item)


def random_scalar(rng: random.Random, item: Field) -> Any:
    known = [*SCALARS[item.type], payload.zero(item)]
    if "int" in item.type or "fixed" in item.type:
        bits = rng.randint(0, 64 if "64" in item.type else 32)
        drawn = rng.getrandbits(bits) if bits else 0
        signed = item.type.startswith(("int", "s"))
        limit = (64 if "64" in item.type else 32) - signed
        known.append(min(drawn, 2**limit - 1) * (rng.choice([1, -1]) if signed else 1))
    return rng.choice(known)
