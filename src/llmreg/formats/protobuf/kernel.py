"""The trusted judge of one payload: what does the reader make of what the writer wrote?

It decodes the payload under both sides and compares the two messages over the fields that are set. It knows nothing of
how the payload was found, so it serves as the search's oracle and, on freshly loaded descriptors, as its verifier.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from llmreg.formats.protobuf import wellknown
from llmreg.formats.protobuf.identity import Matching, MessagePair
from llmreg.formats.protobuf.model import Field, Message
from llmreg.formats.protobuf.runtime import parse_error
from llmreg.formats.protobuf.side import Side
from llmreg.formats.protobuf.values import as_bytes, entries, same_default, same_scalar
from llmreg.model.record import dataclass, field

REJECT, REQUIRED, PHANTOM = "REJECT", "REQUIRED", "PHANTOM"
DROPPED, CHANGED, DEFAULT = "DROPPED", "CHANGED", "DEFAULT"
PRESENCE, ONEOF_CASE = "PRESENCE", "ONEOF_CASE"
WIRE, JSON = "wire", "json"
_STEP = re.compile(r"\(([\w.]+)\)|(\w+)")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: on which surface, whether unknown JSON keys are refused, whether an open enum's writer keeps to
    the declared numbers, and whether unset fields are compared too."""

    surface: str
    reject_unknown: bool = False
    closed: bool = True
    defaults: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """One difference that the reader sees. `detail` is the runtime's own text for REJECT."""

    kind: str
    pair: MessagePair
    writer: Field | None = None
    reader: Field | None = None
    written: Any = field(default=None, repr=False)
    read: Any = field(default=None, repr=False)
    detail: str = ""


def check(matching: Matching, pair: MessagePair, question: Question, payload: bytes | str) -> list[Outcome] | None:
    """Every difference; [] when the reader reads the payload right; None when the writer does not write it."""
    written, _ = decode(matching.writer, pair.writer, question, payload, writes=True)
    if written is None or not written.IsInitialized() or not _may_write(matching, pair, question, written):
        return None
    read, detail = decode(matching.reader, pair.reader, question, payload)
    if read is None:
        return [Outcome(REJECT, pair, detail=detail)]
    missing = [_missing(matching, pair, path) for path in read.FindInitializationErrors()]
    try:
        return missing + list(_Reading(matching, question).messages(pair, written, read))
    except UnicodeDecodeError:
        return None  # the runtime cannot show a map key that is not UTF-8, so nothing can be compared


def _may_write(matching: Matching, pair: MessagePair, question: Question, written: Any) -> bool:
    try:
        return _writable(matching.writer, pair.writer, written, question)
    except UnicodeDecodeError:
        return True  # such a map key again: the writer's own parser took it


def decode(
    side: Side, message: Message, question: Question, payload: bytes | str, *, writes: bool = False
) -> tuple[Any, str]:
    """The message, or None and why not. JSON of the writer must be known to it; a reader may ignore unknown keys."""
    from google.protobuf import json_format
    from google.protobuf.message import DecodeError

    target = message.make()
    try:
        if isinstance(payload, bytes):
            return type(target).FromString(payload), ""
        ignore = not (writes or question.reject_unknown)
        json_format.ParseDict(json.loads(payload), target, ignore_unknown_fields=ignore, descriptor_pool=side.pool)
    except DecodeError as error:
        return None, str(error)
    except (json_format.ParseError, ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        return None, parse_error(error)
    return target, ""


def _writable(side: Side, model: Message, message: Any, question: Question) -> bool:
    """Nothing unknown to the writer, and of an open enum the declared numbers only when the writer is closed."""
    from google.protobuf.unknown_fields import UnknownFieldSet

    if len(UnknownFieldSet(message)) > 0:
        return False
    for raw, value in message.ListFields():
        item = model.by_number[raw.number]
        part = item.entry[1] if item.entry else item
        values = list(value.values()) if item.entry else list(value) if item.repeated else [value]
        if part.enum is not None and question.closed and any(v not in part.enum.by_number for v in values):
            return False
        if part.message is not None:
            below = side.message(part.message)
            if not all(_writable(side, below, v, question) for v in values):
                return False
    return True


def _missing(matching: Matching, pair: MessagePair, path: str) -> Outcome:
    """The required field behind a path such as `sub.list[0].name` or `(pkg.ext).name`."""
    message, found = pair.reader, None
    bare = re.sub(r"\[[^\]]*\]", "", path)
    for extension, name in _STEP.findall(bare):
        found = message.by_name.get(f"[{extension}]" if extension else name)
        below = found.raw.message_type if found is not None else None
        if below is not None:
            message = matching.reader.message(below.full_name)
    return Outcome(REQUIRED, pair, reader=found, detail=path)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One comparison of a written and a read message."""

    matching: Matching
    question: Question

    def messages(self, pair: MessagePair, written: Any, read: Any) -> Iterator[Outcome]:
        there = {raw.number: value for raw, value in read.ListFields()}
        here = {raw.number: value for raw, value in written.ListFields()}
        for number, value in here.items():
            item, other = pair.writer.by_number[number], pair.matches.get(number)
            if other is None:
                oneof = pair.lost_case(item)
                if oneof is not None and read.WhichOneof(oneof) is None:
                    yield Outcome(ONEOF_CASE, pair, item, None, value)
            elif other.number in there:
                yield from self.values(pair, item, other, value, there[other.number])
            else:
                yield from self._unset(pair, item, other, value)
        for number, value in there.items():
            origin = pair.origins.get(number)
            if origin is None or origin.number not in here:
                yield Outcome(PHANTOM, pair, origin, pair.reader.by_number[number], None, value)
        if self.question.defaults:
            yield from self._defaults(pair, here, there)

    def values(self, pair: MessagePair, item: Field, other: Field, written: Any, read: Any) -> Iterator[Outcome]:
        """Two set fields: maps by key, lists by position, a single value as a list of one."""
        if item.entry and other.entry:
            yield from self._maps(pair, item, other, dict(written), dict(read))
            return
        if item.entry or other.entry:
            if not self._entries_equal(item, other, written, read):
                yield Outcome(CHANGED, pair, item, other, written, read)
            return
        many = (list(written) if item.repeated else [written], list(read) if other.repeated else [read])
        if len(many[0]) != len(many[1]):
            yield Outcome(CHANGED, pair, item, other, written, read)
            return
        for one, two in zip(*many, strict=True):
            below, same = self._one(item, other, one, two)
            yield from below
            if not same:
                yield Outcome(CHANGED, pair, item, other, written, read)
                return

    def _unset(self, pair: MessagePair, item: Field, other: Field, written: Any) -> Iterator[Outcome]:
        """The writer set the field and the reader has nothing: the same value where the reader has no "is set", or a
        loss."""
        bare = not (other.presence or other.repeated)
        plain = bare and item.entry is None and item.message is None
        values = list(written) if item.repeated and plain else [written]
        if plain and len(values) == 1 and self._scalar(item, other, values[0], other.default):
            yield Outcome(PRESENCE, pair, item, other, written)
        else:
            yield Outcome(DROPPED, pair, item, other, written)

    def _defaults(self, pair: MessagePair, here: Mapping[int, Any], there: Mapping[int, Any]) -> Iterator[Outcome]:
        for item, other in pair.pairs:
            if item.number in here or other.number in there or item.required:
                continue
            if not same_default(self.matching, item, other):
                yield Outcome(DEFAULT, pair, item, other, item.default, other.default)

    def _maps(
        self, pair: MessagePair, item: Field, other: Field, written: Mapping[Any, Any], read: Mapping[Any, Any]
    ) -> Iterator[Outcome]:
        assert item.entry is not None
        assert other.entry is not None
        for key, value in written.items():
            homes = [k for k in read if self._scalar(item.entry[0], other.entry[0], key, k)]
            if not homes:
                kind = CHANGED if len(read) == len(written) else DROPPED
                yield Outcome(kind, pair, item, other, written, read)
                return
            below, same = self._one(item.entry[1], other.entry[1], value, read[homes[0]])
            yield from below
            if not same:
                yield Outcome(CHANGED, pair, item, other, written, read)
                return

    def _entries_equal(self, item: Field, other: Field, written: Any, read: Any) -> bool:
        """A map and a list of entry messages hold the same pairs, in any order."""
        mine, theirs = entries(item, written), entries(other, read)
        if mine is None or theirs is None or len(mine) != len(theirs):
            return False
        own = self._entry_fields(item, self.matching.writer)
        foreign = self._entry_fields(other, self.matching.reader)
        rest = list(theirs)
        for entry in mine:
            home = next((there for there in rest if self._entry_equal(own, foreign, entry, there)), None)
            if home is None:
                return False
            rest.remove(home)
        return True

    def _entry_equal(
        self, own: tuple[Field, Field], foreign: tuple[Field, Field], mine: tuple[Any, Any], theirs: tuple[Any, Any]
    ) -> bool:
        if not self._scalar(own[0], foreign[0], mine[0], theirs[0]):
            return False
        below, same = self._one(own[1], foreign[1], mine[1], theirs[1])
        return same and not list(below)

    def _entry_fields(self, item: Field, side: Side) -> tuple[Field, Field]:
        if item.entry is not None:
            return item.entry
        numbers = side.message(str(item.message)).by_number
        return numbers[1], numbers[2]

    def _one(self, item: Field, other: Field, written: Any, read: Any) -> tuple[Iterator[Outcome], bool]:
        """Differences below, and whether the two values are the same otherwise."""
        if item.message is not None and other.message is not None:
            pair = self.matching.pair(item.message, other.message)
            return self.messages(pair, written, read), True
        if item.message is not None:
            return iter(()), self._message_as_scalar(item, other, written, read)
        if other.message is not None:
            return iter(()), self._scalar_as_message(item, other, written, read)
        return iter(()), self._scalar(item, other, written, read)

    def _message_as_scalar(self, item: Field, other: Field, written: Any, read: Any) -> bool:
        if self.question.surface == JSON and item.message in wellknown.WRAPPERS:
            inner = self.matching.writer.message(str(item.message)).by_name["value"]
            return self._scalar(inner, other, written.value, read)
        return bool(as_bytes(read) == written.SerializeToString(deterministic=True))

    def _scalar_as_message(self, item: Field, other: Field, written: Any, read: Any) -> bool:
        from google.protobuf.message import DecodeError

        if self.question.surface == JSON and other.message in wellknown.WRAPPERS:
            inner = self.matching.reader.message(str(other.message)).by_name["value"]
            return self._scalar(item, inner, written, read.value)
        content = as_bytes(written)
        try:
            return content is not None and type(read).FromString(content) == read
        except DecodeError:
            return False

    def _scalar(self, item: Field, other: Field, written: Any, read: Any) -> bool:
        if item.enum is not None and other.enum is not None:
            return self.matching.same_enum(item.enum, other.enum, written, read)
        return same_scalar(item, other, written, read)
