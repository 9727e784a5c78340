"""What the rules of this format are handed: both sides, the hits of the search, and how to speak of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from llmreg.formats.protobuf.identity import Matching, MessagePair
from llmreg.formats.protobuf.model import Enum, Field
from llmreg.formats.protobuf.search import BREAKING, IGNORED, INFO, LOSSY, Hit
from llmreg.formats.protobuf.side import Side
from llmreg.model.finding import ChangeClass, Finding, Place, Severity, Status, Witness
from llmreg.model.record import dataclass, field

_CLASSES = {
    BREAKING: (ChangeClass.BREAKING, Severity.ERROR),
    LOSSY: (ChangeClass.BREAKING, Severity.ERROR),
    INFO: (ChangeClass.HINT, Severity.INFO),
    IGNORED: (ChangeClass.IGNORED, Severity.WARN),
}
NO_PAYLOAD = "no payload differs: this breaks generated code, which holds no data"


@dataclass(frozen=True, slots=True)
class Lost:
    """A root of the writer without counterpart. `fails`: the subject lists it, or no other root has one either."""

    full_name: str
    pointer: str
    fails: bool
    witness: Witness | None


@dataclass(frozen=True, slots=True)
class Reused:
    """`pointer` is the new version's declaration; the witness was written by the older version, or is read by it."""

    message: str
    pointer: str
    witness: Witness


@dataclass(frozen=True, slots=True)
class EnumValue:
    """One value of the writer's enum; `places` are the finding's `writer` and `reader`."""

    value: str
    number: int
    places: Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class Evidence:
    """`witness` gives the confirmed witness of a hit, None when it cannot be shown in a root message. `severities` are
    those that settings change, by level. `reused` are numbers and names of older versions that come back in the new
    one, which `new_writes` tells to be the writer."""

    matching: Matching
    hits: Sequence[Hit] = ()
    pairs: Sequence[MessagePair] = ()
    lost: Sequence[Lost] = ()
    reused: Sequence[Reused] = ()
    new_writes: bool = False
    witness: Callable[[Hit], Witness | None] = lambda _: None
    severities: Mapping[str, Severity] = field(default_factory=dict)

    @property
    def writer(self) -> Side:
        return self.matching.writer

    @property
    def reader(self) -> Side:
        return self.matching.reader

    def of(self, aspect: str) -> Iterator[Hit]:
        """The hits that one aspect is to blame for."""
        return (hit for hit in self.hits if hit.aspect == aspect)

    def found(self, hit: Hit, message: str, **fields: Any) -> Iterator[Finding]:
        """The finding of a hit with its witness; none when the hit cannot be shown in a root message."""
        witness = self.witness(hit)
        if witness is None:
            return
        cls, severity = _CLASSES[hit.level]
        places = {
            "writer": self.writer.place(hit.writer.pointer if hit.writer else hit.pair.writer.pointer),
            "reader": self.reader.place(hit.reader.pointer if hit.reader else hit.pair.reader.pointer),
        }
        yield Finding(
            rule="",
            cls=cls,
            severity=self.severities.get(hit.level, severity),
            message=message,
            status=Status.WITNESSED,
            witness=witness,
            surface=None if hit.level == IGNORED else hit.surface,
            level=None if hit.level == IGNORED else hit.level,
            **(places | fields),
        )

    def enum_value(self, hit: Hit) -> EnumValue:
        """The enum value that a hit tried: its name and number, and where both sides declare it."""
        ours, theirs = (_enum(item) for item in (hit.writer, hit.reader))
        number = hit.number or 0
        names = ours.by_number.get(number, (str(number),))
        there = next((theirs.by_name[name] for name in names if name in theirs.by_name), number)
        places = {
            "writer": self.writer.place(ours.place(number)),
            "reader": self.reader.place(theirs.place(there)),
        }
        return EnumValue(names[0], number, places)

    def claimed(self, message: str, writer: str | None, reader: str | None) -> Finding:
        """A finding of the `source` surface: generated code changes, payloads do not."""
        return Finding(
            rule="",
            cls=ChangeClass.BREAKING,
            severity=Severity.ERROR,
            message=message,
            writer=None if writer is None else self.writer.place(writer),
            reader=None if reader is None else self.reader.place(reader),
            claim=NO_PAYLOAD,
            surface="source",
            level=BREAKING,
        )


def _enum(item: Field | None) -> Enum:
    part = item.entry[1] if item is not None and item.entry else item
    assert part is not None
    assert part.enum is not None
    return part.enum


def named(hit: Hit) -> str:
    """The field or enum value in backticks, as the message of a finding starts."""
    item = hit.writer or hit.reader
    if item is None:
        return f"`{hit.pair.writer.pointer.lstrip('/')}`"
    return f"`{item.name}`"
