"""The static rule table: what is proved to be read right. It is the only source of `compatible`.

Each answer is `safe` (with the proof beside it), `unsafe`, or None where the table says nothing. The table is directed,
writer to reader, and has one part per surface. Proofs refer to the encoding: a varint holds 64 bits, 32-bit signed
values are sign-extended to 64, an unknown field is skipped, a parser takes packed and unpacked lists alike, and a
number in ProtoJSON is its decimal text.
"""

from __future__ import annotations

from llmreg.formats.protobuf import wellknown
from llmreg.formats.protobuf.identity import Matching, MessagePair, same_value
from llmreg.formats.protobuf.kernel import WIRE, Question
from llmreg.formats.protobuf.model import Enum, Field
from llmreg.formats.protobuf.search import shared_oneofs
from llmreg.formats.protobuf.values import same_default
from llmreg.model.record import dataclass

SAFE, UNSAFE = "safe", "unsafe"
_SIGNED_32 = frozenset({"int32", "sint32", "sfixed32"})
_UNSIGNED_32 = frozenset({"uint32", "fixed32"})
_SIGNED_64 = frozenset({"int64", "sint64", "sfixed64"})
_UNSIGNED_64 = frozenset({"uint64", "fixed64"})

# The writer's varint, read at the reader's width and sign, is the same number: every value of the writer's type fits.
_WIRE_SAFE = frozenset(
    {
        ("int32", "int64"),
        ("uint32", "uint64"),
        ("uint32", "int64"),
        ("sint32", "sint64"),
        ("bool", "int32"),
        ("bool", "int64"),
        ("bool", "uint32"),
        ("bool", "uint64"),
        ("string", "bytes"),  # the same bytes, and bytes are not checked
    }
)


@dataclass(frozen=True, slots=True)
class Table:
    """The answers for one comparison and surface."""

    matching: Matching
    question: Question

    def proves(self, pair: MessagePair, item: Field, other: Field) -> bool:
        """Whether the search need not look for a loss in the field."""
        return self.both(pair, item, other) == SAFE

    def both(self, pair: MessagePair, item: Field, other: Field) -> str | None:
        """Whether every value of the writer's field arrives at the reader's, nested messages left out."""
        if self.question.surface != WIRE and pair.reader.by_key.get(item.key) is not other:
            return UNSAFE  # the reader's parser gives the key to another field
        if item.signature == other.signature:
            return SAFE  # declared alike on both sides
        if self._never_written(item):
            return self._set(item, other)
        return _all([self._found(item, other), self._set(item, other), self._shape(item, other)])

    def _never_written(self, item: Field) -> bool:
        """An implicit zero is not written, and an enum may declare no other number."""
        if item.enum is None or item.repeated or item.presence:
            return False
        return (self.question.closed or item.enum.closed) and set(item.enum.by_number) == {0}

    def unread(self, pair: MessagePair, item: Field) -> str:
        """A field that the reader does not know is skipped, unless the reader takes it for another or refuses it."""
        if self.question.surface == WIRE:
            return UNSAFE if item.number in pair.reader.by_number else SAFE
        taken = item.key in pair.reader.by_key
        return UNSAFE if taken or self.question.reject_unknown else SAFE

    def unwritten(self, other: Field) -> str:
        """A field that the writer never sets reads as unset, which only `required` refuses."""
        return UNSAFE if other.required else SAFE

    def oneofs(self, pair: MessagePair) -> str:
        """Fields that were set together must not exclude each other at the reader."""
        return UNSAFE if shared_oneofs(pair) else SAFE

    def _found(self, item: Field, other: Field) -> str:
        if self.question.surface == WIRE:
            return SAFE if item.number == other.number else UNSAFE
        return SAFE if item.key in other.accepted else UNSAFE

    def _set(self, item: Field, other: Field) -> str:
        """Required fields and defaults: what the reader makes of a field that is not there."""
        if other.required and not item.required:
            return UNSAFE
        if item.required or item.entry or other.entry:
            return SAFE
        return SAFE if same_default(self.matching, item, other) else UNSAFE

    def _shape(self, item: Field, other: Field) -> str | None:
        if item.entry is not None and other.entry is not None:
            return _all(
                [self.value(mine, theirs, bare=True) for mine, theirs in zip(item.entry, other.entry, strict=True)]
            )
        if item.entry is not None or other.entry is not None:
            return self._map_as_list(item, other)
        if item.repeated == other.repeated:
            return self.value(item, other, bare=item.repeated)
        if self.question.surface != WIRE or item.repeated:
            return UNSAFE  # ProtoJSON tells a list from a value; two elements do not fit one
        return self.value(item, other, bare=True)  # a parser takes one element as a list of one

    def _map_as_list(self, item: Field, other: Field) -> str | None:
        """On the wire a map is a list of entries; a list may name a key twice, a map may not."""
        if self.question.surface != WIRE or item.entry is None:
            return UNSAFE
        if not other.repeated or other.message is None:
            return None
        theirs = self.matching.reader.message(other.message)
        if (
            other.type != "message"
            or any(field.required for field in theirs.fields)
            or not {1, 2} <= theirs.by_number.keys()
        ):
            return None
        if item.entry[1].message is not None or theirs.by_number[1].repeated or theirs.by_number[2].repeated:
            return None
        return _all([self.value(mine, theirs.by_number[mine.number], bare=True) for mine in item.entry])

    def value(self, item: Field, other: Field, *, bare: bool) -> str | None:
        """One value of the writer's type read as one of the reader's. `bare`: a zero is written too (lists, maps)."""
        if item.message is not None or other.message is not None:
            return self._messages(item, other, bare)
        if item.enum is not None and other.enum is not None:
            return self._enums(item, item.enum, other.enum, bare)
        if item.enum is not None or other.enum is not None:
            return self._enum_as_scalar(item, other)
        if item.type == other.type:
            return UNSAFE if self.question.surface == WIRE and other.utf8 and not item.utf8 else SAFE
        if self.question.surface == WIRE:
            if (item.type, other.type) == ("bytes", "string"):
                return UNSAFE if other.utf8 else SAFE
            return SAFE if (item.type, other.type) in _WIRE_SAFE else UNSAFE
        return SAFE if _json_fits(item.type, other.type) else UNSAFE

    def _messages(self, item: Field, other: Field, bare: bool) -> str | None:
        """Nested messages are judged on their own; here only whether one message is read as one message."""
        both = item.message is not None and other.message is not None
        if self.question.surface == WIRE:
            if both:
                return SAFE if item.type == other.type else UNSAFE
            if item.type == "message" and (other.type == "bytes" or (other.type == "string" and not other.utf8)):
                # the bytes are the message; an empty one is "not set" where the reader cannot tell
                return SAFE if other.presence or bare else UNSAFE
            return UNSAFE
        special = {item.message, other.message} & (wellknown.SPECIAL_JSON | wellknown.WRAPPERS)
        if both and (not special or item.message == other.message):
            return SAFE
        if {item.message, other.message} <= wellknown.WRAPPERS:
            return self.value(self._inner(item), self._inner(other, reads=True), bare=True)
        if not special or both:
            return None if both else UNSAFE
        return self._wrapper(item, other)

    def _inner(self, item: Field, *, reads: bool = False) -> Field:
        """The field of a wrapper message."""
        side = self.matching.reader if reads else self.matching.writer
        return side.message(str(item.message)).by_name["value"]

    def _wrapper(self, item: Field, other: Field) -> str | None:
        """A wrapper and its scalar have the same JSON text; an implicit zero reads as unset."""
        if item.message in wellknown.WRAPPERS and other.message is None:
            fits = self.value(self._inner(item), other, bare=True)
            return fits if (other.presence and not other.required) or item.repeated else UNSAFE
        if other.message in wellknown.WRAPPERS and item.message is None:
            return self.value(item, self._inner(other, reads=True), bare=True)
        return None

    def _enum_as_scalar(self, item: Field, other: Field) -> str | None:
        """An enum number is an int32 varint on the wire; in JSON a name is a string and an integer is a number."""
        if self.question.surface != WIRE:
            if item.enum is not None:
                named = self.question.closed or item.enum.closed
                return SAFE if other.type == "string" and named else UNSAFE
            return SAFE if item.type in _SIGNED_32 and other.enum is not None and not other.enum.closed else UNSAFE
        if other.enum is not None:
            known = not other.enum.closed or (item.type == "bool" and {0, 1} <= other.enum.by_number.keys())
            return SAFE if item.type in ("int32", "bool") and known else UNSAFE
        assert item.enum is not None
        if other.type in ("int32", "int64"):
            return SAFE
        limited = self.question.closed or item.enum.closed
        if other.type in ("uint32", "uint64"):
            return SAFE if limited and min(item.enum.by_number) >= 0 else UNSAFE
        return SAFE if other.type == "bool" and limited and item.enum.by_number.keys() <= {0, 1} else UNSAFE

    def _enums(self, item: Field, writer: Enum, reader: Enum, bare: bool) -> str:
        """Each number that may be written must be taken by the reader as the same value."""
        numbers = set(writer.by_number)
        if not self.question.closed and not writer.closed:
            if reader.closed:
                return UNSAFE
            # any number that neither side declares is itself on both
            numbers |= set(reader.by_number)
        for number in numbers:
            if number == 0 and not (bare or item.presence):
                continue  # never written; the default was compared
            if not self._number_arrives(writer, reader, number):
                return UNSAFE
        return SAFE

    def _number_arrives(self, writer: Enum, reader: Enum, number: int) -> bool:
        names = writer.by_number.get(number)
        if self.question.surface != WIRE and names is not None:
            return names[0] in reader.by_name
        if reader.closed and number not in reader.by_number:
            return False
        return same_value(writer, reader, number, number)


def _json_fits(writer: str, reader: str) -> bool:
    """Whether every value's JSON text is a value of the reader's type, and the same one."""
    if reader in _SIGNED_32 | _UNSIGNED_32:
        group = _SIGNED_32 if reader in _SIGNED_32 else _UNSIGNED_32
        return writer in group
    if reader in _SIGNED_64:
        return writer in _SIGNED_64 | _SIGNED_32 | _UNSIGNED_32
    if reader in _UNSIGNED_64:
        return writer in _UNSIGNED_64 | _UNSIGNED_32
    # a double holds every 32-bit integer exactly, and the shortest text of a float reads back as that float
    return reader == "double" and writer in _SIGNED_32 | _UNSIGNED_32 | {"float"}


def _all(answers: list[str | None]) -> str | None:
    if UNSAFE in answers:
        return UNSAFE
    return None if None in answers else SAFE
