"""One pair of types by itself, as schemas for another engine: what else the two schemas hold cannot hide a finding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llmreg.formats.avro.canonical import hollow, inline
from llmreg.formats.avro.clue import NOTHING, Leaf
from llmreg.formats.avro.datum import encode
from llmreg.formats.avro.types import NO_DEFAULT, Field, Named, Primitive, Record, Type
from llmreg.model.record import replace

_NAME = "Pair"


def types(writer: Type, reader: Type, datum: Any) -> Leaf:
    """The two types without the insides of their records."""
    data = b"" if isinstance(writer, Record) or datum is NOTHING else encode(writer, datum)
    return Leaf(hollow(writer), hollow(reader), data)


def namesakes(writer: Named, reader: Named, datum: Any) -> Leaf:
    """Two named types under one name."""
    left, right, data = types(writer, reader, datum)
    return Leaf(left | {"name": _NAME}, right | {"name": _NAME}, data)


def names(writer: Named, reader: Named, datum: Any) -> Leaf:
    """The writer's type under the reader's name and aliases: the names alone differ."""
    left, right, data = types(writer, reader, datum)
    return Leaf(left, left | {"name": right["name"], "aliases": right.get("aliases", [])}, data)


def whole(writer: Type, reader: Type, datum: Any, *, logical: bool = True) -> Leaf:
    """The two types with everything in them; without logical types where a refusal is to be shown, because fastavro
    turns values into those of the writer's logical type."""
    data = b"" if datum is NOTHING else encode(writer, datum)
    return Leaf(inline(writer, logical=logical), inline(reader, logical=logical), data)


def added(field: Field) -> Leaf:
    """An empty record against one with the field."""
    text: dict[str, Any] = {"name": field.name, "type": hollow(field.type)}
    return Leaf(_record([]), _record([text]), b"")


def dropped(field: Field, datum_of: Callable[[Type], Any]) -> Leaf:
    """A record with the field against an empty one."""
    datum = datum_of(field.type)
    text = {"name": field.name, "type": inline(field.type)}
    return Leaf(_record([text]), _record([]), b"" if datum is NOTHING else encode(field.type, datum))


def met(sources: tuple[Field, ...], fields: tuple[Field, ...]) -> Leaf:
    """The writer's fields with numbers from 1 in them, against the reader's fields that they meet."""
    left = [{"name": each.name, "type": "int"} for each in sources]
    right = [
        {"name": each.name, "type": "int", "aliases": list(each.aliases)}
        | ({"default": 0} if each.default is not NO_DEFAULT else {})
        for each in fields
    ]
    return Leaf(_record(left), _record(right), bytes(2 * number for number in range(1, len(sources) + 1)))


def moved(writer: Record, reader: Record, source: Field, field: Field) -> tuple[tuple[Record, Record], dict[str, None]]:
    """The two records with one field each, of type null, and their datum: only names and aliases differ."""
    return (_alone(writer, source), _alone(reader, field)), {source.name: None}


def _alone(record: Record, field: Field) -> Record:
    null = replace(field, type=Primitive("null", field.pointer, field.home), default=NO_DEFAULT)
    return replace(record, fields=(null,), by_name={null.name: null}, aliased=bool(null.aliases))


def _record(fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "record", "name": _NAME, "fields": fields}
