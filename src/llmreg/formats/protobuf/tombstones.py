"""Numbers and names that an older version used, a later one dropped, and the reader uses again.

Give the older versions only where the reader is the new version: then a declaration that the writer lacks is new.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from llmreg.formats.protobuf import payload
from llmreg.formats.protobuf.model import Enum, Field, Message
from llmreg.formats.protobuf.probes import one
from llmreg.formats.protobuf.runtime import runtime
from llmreg.formats.protobuf.side import Side
from llmreg.formats.protobuf.witness import show
from llmreg.model.finding import Witness


@dataclass(frozen=True, slots=True)
class Reused:
    """`pointer` is the reader's new declaration; the witness holds the older version's bytes."""

    message: str
    pointer: str
    witness: Witness | None


def reused(writer: Side, reader: Side, earlier: Sequence[Side]) -> Iterator[Reused]:
    """Each declaration of the reader once, against the latest of the older versions that used its number or name."""
    told: set[str] = set()
    for past in reversed(earlier):
        for item in [*_messages(writer, reader, past), *_enums(writer, reader, past)]:
            if item.pointer not in told:
                told.add(item.pointer)
                yield item


def _messages(writer: Side, reader: Side, past: Side) -> Iterator[Reused]:
    for message in reader.declared():
        old, before = past.find(message.full_name), writer.find(message.full_name)
        if old is None or before is None:
            continue
        for item in message.fields:
            if item.number not in before.by_number and item.name not in before.by_name:
                yield from _field(past, old, message, item)


def _field(past: Side, old: Message, message: Message, item: Field) -> Iterator[Reused]:
    known = old.by_number.get(item.number)
    namesake = old.by_name.get(item.name)
    if known is not None and (known.name != item.name or known.kind != item.kind):
        text = f"`{item.name}`: an older version used its number {item.number} for `{known.name}` ({known.kind})"
        yield Reused(text, item.pointer, _bytes(past, old, message, known))
    elif namesake is not None and namesake.kind != item.kind:
        text = f"`{item.name}`: an older version used this name for number {namesake.number} ({namesake.kind})"
        yield Reused(text, item.pointer, _json(past, old, message, reader_field=item, known=namesake))


def _enums(writer: Side, reader: Side, past: Side) -> Iterator[Reused]:
    olds = {enum.pointer: enum for enum in past.enums()}
    befores = {enum.pointer: enum for enum in writer.enums()}
    for enum in reader.enums():
        old, before = olds.get(enum.pointer), befores.get(enum.pointer)
        if old is None or before is None:
            continue
        for name, number in enum.values:
            if number in before.by_number or name in before.by_name:
                continue
            names = old.by_number.get(number)
            if names is not None and name not in names:
                text = f"`{name}`: an older version used its number {number} for `{names[0]}`"
                yield Reused(text, enum.place(number), _carried(past, old, reader, enum, number))
            elif name in old.by_name and old.by_name[name] != number:
                text = f"`{name}`: an older version used this name for number {old.by_name[name]}"
                yield Reused(text, enum.place(number), None)


def _bytes(past: Side, old: Message, message: Message, known: Field) -> Witness | None:
    """The older field's bytes, if the reader takes them for the new field."""
    built = payload.build(past, old, {known.number: one(past, known)})
    content = payload.wire(built)
    if content is None:
        return None
    read = _read(message, content)
    taken = {raw.number: value for raw, value in read.ListFields()} if read is not None else {}
    if read is not None and known.number not in taken:
        return None
    item = message.by_number[known.number]
    if read is None:
        told = "the reader cannot parse it"
    else:
        value = show(taken[known.number], item)
        told = f"the reader reads `{item.name}` as {value}; an older version wrote `{known.name}`"
    return Witness(payload.document(past, built), content.hex(), told, (runtime(),))


def _json(past: Side, old: Message, message: Message, *, reader_field: Field, known: Field) -> Witness | None:
    """The older field's JSON, which the reader takes for the new field by its key."""
    if known.key not in reader_field.accepted:
        return None
    document = payload.document(past, payload.build(past, old, {known.number: one(past, known)}))
    if not document:
        return None
    told = f"the reader takes the key `{known.key}` for its new field `{reader_field.name}` ({reader_field.kind})"
    return Witness(document, None, told, (runtime(),)) if message.by_key.get(known.key) is reader_field else None


def _carried(past: Side, old: Enum, reader: Side, enum: Enum, number: int) -> Witness | None:
    """The number in a message whose only field 1 is the enum."""
    carrier = past.carrier(old)
    built = payload.build(past, carrier, {1: number})
    content = payload.wire(built)
    read = _read(reader.carrier(enum), content) if content is not None else None
    if content is None or read is None or not read.HasField("value"):
        return None
    told = f"in a field of this enum the reader reads {show(number, reader.carrier(enum).by_number[1])}"
    return Witness(payload.document(past, built), content.hex(), told, (runtime(),))


def _read(message: Message, content: bytes) -> Any:
    from google.protobuf.message import DecodeError

    try:
        return message.make.FromString(content)
    except DecodeError:
        return None
