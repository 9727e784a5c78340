"""Which declaration of the writer is which declaration of the reader.

A field is its name if both sides have it, else its number (unless that number has another name known to the writer).
An extension is its full name; a map is its keys and values; an enum value is its name, by any alias, else its
number; a message is the type of the fields that hold it, a root its full name, else its short name.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import TypeAlias

from llmreg.formats.protobuf.model import Enum, Field, Message
from llmreg.formats.protobuf.outline import Differing, differing
from llmreg.formats.protobuf.side import Side
from llmreg.model.record import dataclass, field

FieldPair: TypeAlias = tuple[Field, Field]


@dataclass(eq=False)
class MessagePair:
    """A message of the writer and the message that reads it."""

    writer: Message
    reader: Message

    @cached_property
    def matches(self) -> dict[int, Field]:
        """The reader's field for each number of the writer that the reader knows."""
        names = self.reader.by_name
        found = {item.number: names[item.name] for item in self.writer.fields if item.name in names}
        for item in self.writer.fields:
            other = self.reader.by_number.get(item.number)
            if item.number not in found and other is not None and other.name not in self.writer.by_name:
                found[item.number] = other
        return found

    @cached_property
    def origins(self) -> dict[int, Field]:
        """The writer's field for each number of the reader that the writer knows."""
        return {other.number: self.writer.by_number[number] for number, other in self.matches.items()}

    @cached_property
    def pairs(self) -> tuple[FieldPair, ...]:
        """Fields known to both, in the writer's order."""
        return tuple((item, self.matches[item.number]) for item in self.writer.fields if item.number in self.matches)

    @cached_property
    def unread(self) -> tuple[Field, ...]:
        """The writer's fields that the reader does not know."""
        return tuple(item for item in self.writer.fields if item.number not in self.matches)

    @cached_property
    def unwritten(self) -> tuple[Field, ...]:
        """The reader's fields that the writer does not know."""
        return tuple(item for item in self.reader.fields if item.number not in self.origins)

    def lost_case(self, item: Field) -> str | None:
        """The reader's oneof that reads as "no case set" when the writer sets `item`, which the reader lacks."""
        if item.oneof is None or item.number in self.matches:
            return None
        for member in self.writer.members(item.oneof):
            other = self.matches.get(member.number)
            if other is not None and other.oneof is not None:
                return other.oneof
        return None


@lru_cache(maxsize=4)
def matched(writer: Side, reader: Side) -> Matching:
    """The matching of two sides, kept for the questions that follow each other about one pair of files."""
    return Matching(writer, reader)


@dataclass(eq=False)
class Matching:
    """Both sides and their message pairs, each made once."""

    writer: Side
    reader: Side
    _pairs: dict[tuple[str, str], MessagePair] = field(default_factory=dict)
    _same: dict[tuple[str, str], dict[tuple[int, int], bool]] = field(default_factory=dict)

    def pair(self, writer: str, reader: str) -> MessagePair:
        """The pair of two full names."""
        key = (writer, reader)
        known = self._pairs.get(key)
        return known or self._pairs.setdefault(
            key, MessagePair(self.writer.message(writer), self.reader.message(reader))
        )

    @cached_property
    def _differing(self) -> Differing:
        return differing(self.writer.nodes, self.reader.nodes)

    def settled(self, writer: str, reader: str) -> bool:
        """Whether two types have one name and are declared alike, with everything that they lead to: nothing can be
        found there."""
        return writer == reader and writer in self.writer.nodes and writer not in self._differing.behind

    def alike(self, pair: MessagePair) -> bool:
        """Whether the two messages by themselves have one name and are declared alike, their enums too."""
        name = pair.writer.full_name
        known = name == pair.reader.full_name and name in self.writer.nodes
        return known and name not in self._differing.own

    def below(self, pair: MessagePair) -> Iterator[tuple[FieldPair, MessagePair]]:
        """The message pairs that the fields of `pair` lead to, with the fields; through a map to its values. Those
        that are settled are left out."""
        for writer, reader in self._leading(pair) if self.alike(pair) else pair.pairs:
            if (writer.entry is None) != (reader.entry is None):
                continue
            mine, theirs = writer.below, reader.below
            if mine is not None and theirs is not None and not self.settled(mine, theirs):
                yield (writer, reader), self.pair(mine, theirs)

    def _leading(self, pair: MessagePair) -> Iterator[FieldPair]:
        """Of two messages that are alike, the fields that lead on."""
        ours, theirs = (message.raw.fields_by_number for message in (pair.writer, pair.reader))
        for number, part in self.writer.nodes[pair.writer.full_name].parts:
            if part in self._differing.behind:
                yield pair.writer.field(ours[number]), pair.reader.field(theirs[number])

    def same_enum(self, writer: Enum, reader: Enum, written: int, read: int) -> bool:
        """Whether the reader's number is the writer's value."""
        known = self._same.setdefault((writer.full_name, reader.full_name), {})
        if (written, read) not in known:
            known[written, read] = same_value(writer, reader, written, read)
        return known[written, read]


def same_value(writer: Enum, reader: Enum, written: int, read: int) -> bool:
    """By name if the reader has one of its names; else by number, unless the reader calls that number by the name of
    another value of the writer. A number without a name is itself."""
    homes = {reader.by_name[name] for name in writer.by_number.get(written, ()) if name in reader.by_name}
    if homes:
        return read in homes
    if written != read or written not in writer.by_number:
        return written == read
    return not any(name in writer.by_name for name in reader.by_number.get(read, ()))


def roots(matching: Matching, listed: tuple[str, ...]) -> list[tuple[Message, Message | None]]:
    """The writer's root messages, each with its reader: the listed ones, else every top-level message."""
    if listed:
        writers = [message for name in listed if (message := matching.writer.find(name)) is not None]
    else:
        writers = matching.writer.top_level()
    return [(message, counterpart(matching, message)) for message in writers]


def counterpart(matching: Matching, message: Message) -> Message | None:
    """The reader's message for one of the writer's."""
    return namesake(matching.reader, matching.writer, message)


def namesake(side: Side, home: Side, message: Message) -> Message | None:
    """By full name, else by the name below the package of `home`, which declares the message."""
    return side.find(message.full_name) or side.find(message.full_name.removeprefix(f"{home.package}."))
