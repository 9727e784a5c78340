"""What the rules of this format are handed: both sides, the hits of the search, and how to speak of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from llmreg.formats.protobuf.identity import Matching, MessagePair
from llmreg.formats.protobuf.model import Field, Side
from llmreg.formats.protobuf.search import BREAKING, IGNORED, INFO, LOSSY, Hit
from llmreg.model.finding import ChangeClass, Finding, Place, Severity, Status, Witness

_CLASSES = {
    BREAKING: (ChangeClass.BREAKING, Severity.ERROR),
    LOSSY: (ChangeClass.BREAKING, Severity.ERROR),
    INFO: (ChangeClass.HINT, Severity.INFO),
    IGNORED: (ChangeClass.IGNORED, Severity.WARN),
}
NO_PAYLOAD = "no payload differs: this breaks generated code, which holds no data"


@dataclass(frozen=True, slots=True)
class Lost:
    """A root of the writer without counterpart: its full name, pointer and whether the subject lists it."""

    full_name: str
    pointer: str
    listed: bool
    witness: Witness | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """`witness` gives the confirmed witness of a hit, None when it cannot be shown in a root message. `severities` are
    those that settings change, by level. `earlier` are older versions of the subject, for re-used numbers."""

    matching: Matching
    hits: Sequence[Hit] = ()
    pairs: Sequence[MessagePair] = ()
    lost: Sequence[Lost] = ()
    earlier: Sequence[Side] = ()
    witness: Callable[[Hit], Witness | None] = lambda _: None
    reuse: Callable[[Side, str, Field], Witness | None] = lambda *_: None
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
            "writer": self.place(self.writer, hit.writer.pointer if hit.writer else hit.pair.writer.pointer),
            "reader": self.place(self.reader, hit.reader.pointer if hit.reader else hit.pair.reader.pointer),
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

    def claimed(self, message: str, writer: str | None, reader: str | None) -> Finding:
        """A finding of the `source` surface: generated code changes, payloads do not."""
        return Finding(
            rule="",
            cls=ChangeClass.BREAKING,
            severity=Severity.ERROR,
            message=message,
            writer=None if writer is None else self.place(self.writer, writer),
            reader=None if reader is None else self.place(self.reader, reader),
            claim=NO_PAYLOAD,
            surface="source",
            level=BREAKING,
        )

    def place(self, side: Side, pointer: str) -> Place:
        """A place with its line, where the subject's own file has it."""
        return Place(pointer, side.line(pointer))


def named(hit: Hit) -> str:
    """The field or enum value in backticks, as the message of a finding starts."""
    item = hit.writer or hit.reader
    if item is None:
        return f"`{hit.pair.writer.pointer.lstrip('/')}`"
    return f"`{item.name}`"
