"""The values to try for a field: few, and chosen where encodings and ranges meet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from llmreg.formats.protobuf.model import Enum, Field, Message
from llmreg.formats.protobuf.payload import NOT_UTF8, zero
from llmreg.formats.protobuf.side import Side
from llmreg.model.record import dataclass, replace

_SIGNED_32 = (1, -1, 2**31 - 1, -(2**31))
_UNSIGNED_32 = (1, 2**31, 2**32 - 1)
_SIGNED_64 = (1, -1, 2**31, -(2**31) - 1, 2**53 + 1, 2**63 - 1, -(2**63))
_UNSIGNED_64 = (1, 2**31, 2**32, 2**63, 2**64 - 1)
_MAX_DEPTH = 3
_MAX_LEAVES = 200
SCALARS: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("int32", "sint32", "sfixed32"), _SIGNED_32),
    **dict.fromkeys(("uint32", "fixed32"), _UNSIGNED_32),
    **dict.fromkeys(("int64", "sint64", "sfixed64"), _SIGNED_64),
    **dict.fromkeys(("uint64", "fixed64"), _UNSIGNED_64),
    "bool": (True,),
    "float": (1.5, -2.0, float("inf")),
    "double": (1.5, 0.1, 1e300, float("inf")),
    "string": ("a", "é", "aGk=", "1"),
    "bytes": (b"\x61", b"\xff", b"\x08\x01", b"\x0a\x01\x61"),
}


@dataclass(frozen=True, slots=True)
class Probe:
    """One value for one field. `counts`: it is not the default, so it tells whether any value survives. `number` is
    the enum value that it tries, when it tries one."""

    value: Any
    counts: bool = True
    number: int | None = None


def probes(side: Side, item: Field, other: Field | None, *, closed: bool) -> Iterator[Probe]:
    """What to try for the writer's `item`, which the reader reads as `other` (None: it does not know it)."""
    if item.entry is not None:
        yield from _map_probes(side, item, other, closed)
        return
    values = list(_values(side, item, other, closed))
    if not item.repeated:
        yield from values
        if item.presence and item.message is None:
            yield Probe(zero(item), counts=False, number=zero(item) if item.enum else None)
        return
    for probe in values:
        yield Probe([probe.value], probe.counts, probe.number)
    two = [*values, *values, Probe(zero(item)), Probe(zero(item))][:2] if len(values) < 2 else values[:2]
    yield Probe([probe.value for probe in two], counts=bool(values), number=two[0].number)
    if item.message is None:
        yield Probe([zero(item)], counts=False, number=zero(item) if item.enum else None)
    elif other is not None and other.entry is not None:
        yield from _double_keys(side, item)


def late_probes(side: Side, item: Field) -> Iterator[Probe]:
    """For a message that is read as something else and survived so far: each leaf alone, each value of it."""
    part = item.entry[1] if item.entry else item
    if part.message is None:
        return
    for recipe in islice(_leaves(side, side.message(part.message), _MAX_DEPTH), _MAX_LEAVES):
        if item.entry is not None:
            yield Probe([(one(side, item.entry[0]), recipe)])
        else:
            yield Probe([recipe] if item.repeated else recipe)


def _leaves(side: Side, model: Message, depth: int) -> Iterator[dict[int, Any]]:
    """Recipes with one field set, in the message or below it; what lies nearest comes first."""
    for field in model.fields:
        if field.entry is None and field.message is None:
            for value in field.enum.by_number if field.enum else SCALARS[field.type]:
                yield {field.number: [value] if field.repeated else value}
    for field in model.fields:
        if field.message is not None and depth:
            for below in _leaves(side, side.message(field.message), depth - 1):
                yield {field.number: [below] if field.repeated else below}


def one(side: Side, item: Field) -> Any:
    """Some value of the field that is not its default."""
    return next(probes(side, item, None, closed=True), Probe(zero(item))).value


def _values(side: Side, item: Field, other: Field | None, closed: bool) -> Iterator[Probe]:
    if item.message is not None:
        yield Probe({})
        plain = plain_fields(side, side.message(item.message))
        if plain:
            yield Probe(plain)
    elif item.enum is not None:
        yield from _enum_values(item.enum, other.enum if other else None, closed)
    else:
        for value in SCALARS[item.type]:
            yield Probe(value)
        if item.type == "string" and not item.utf8:
            yield Probe(NOT_UTF8)


def plain_fields(side: Side, model: Message) -> dict[int, Any]:
    """Every singular scalar field set, one per oneof."""
    recipe: dict[int, Any] = {}
    taken: set[str] = set()
    for item in model.fields:
        if item.message is None and not item.repeated and item.oneof not in taken:
            recipe[item.number] = next(_values(side, item, None, closed=True), Probe(0)).value
            if item.oneof is not None:
                taken.add(item.oneof)
    return recipe


def _enum_values(writer: Enum, reader: Enum | None, closed: bool) -> Iterator[Probe]:
    """Each declared number but zero; of values that both sides know alike only the first. An open enum of an open
    writer also carries a number that nobody declared."""
    alike = False
    for number in writer.by_number:
        if number == 0:
            continue
        trivial = reader is not None and writer.by_number[number] == reader.by_number.get(number)
        if not (trivial and alike):
            yield Probe(number, number=number)
        alike = alike or trivial
    if not closed and not writer.closed:
        known = set(writer.by_number) | set(reader.by_number if reader else ())
        unknown = max(known) + 1 if max(known) < 2**31 - 1 else min(set(range(len(known) + 1)) - known)
        yield Probe(unknown, number=unknown)


def _map_probes(side: Side, item: Field, other: Field | None, closed: bool) -> Iterator[Probe]:
    assert item.entry is not None
    key, value = item.entry
    theirs = other.entry if other is not None else None
    keys = [probe.value for probe in _values(side, key, None, closed)]
    values = list(_values(side, value, theirs[1] if theirs else None, closed)) or [Probe(zero(value))]
    for probe in values:
        yield Probe([(keys[0], probe.value)], number=probe.number)
    kept = _kept_value(values, value, theirs[1] if theirs else None)
    for other_key in keys[1:]:
        yield Probe([(other_key, kept.value)], counts=kept.counts, number=kept.number)
    if value.message is None:
        yield Probe([(keys[0], zero(value))], counts=False, number=zero(value) if value.enum else None)
    yield Probe([(zero(key), kept.value)], counts=False, number=kept.number)


def _kept_value(values: list[Probe], value: Field, other: Field | None) -> Probe:
    """A value to try other keys with: of an enum one that both sides know alike, so that what is lost is the key's
    doing; where there is none, the first."""
    if value.enum is None or other is None or other.enum is None:
        return values[0]
    tries = [*values, Probe(zero(value), counts=False, number=zero(value))]
    ours, theirs = value.enum.by_number, other.enum.by_number
    for probe in tries:
        if probe.number is not None and ours.get(probe.number, ()) == theirs.get(probe.number):
            return replace(probe, number=None)
    return values[0]


def _double_keys(side: Side, item: Field) -> Iterator[Probe]:
    """A list of entries in which one key stands twice."""
    model = side.message(str(item.message))
    numbers = model.by_number
    if 1 in numbers and numbers[1].message is None and not numbers[1].repeated:
        entry = {number: one(side, numbers[number]) for number in (1, 2) if number in numbers}
        yield Probe([entry, entry])
