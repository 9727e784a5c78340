"""Findings: what a check found, where, how bad it is, and the document that proves it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from llmreg.model.jsontext import dumps, plain
from llmreg.model.mode import Direction
from llmreg.model.record import dataclass


class Severity(StrEnum):
    """`error` fails a check, `warn` and `info` are told, `off` is not."""

    ERROR = "error"
    WARN = "warn"
    INFO = "info"
    OFF = "off"

    @property
    def rank(self) -> int:
        return ("off", "info", "warn", "error").index(self.value)


class ChangeClass(StrEnum):
    """What kind of change a finding tells of; each change has exactly one class."""

    BREAKING = "breaking"
    WIDENING = "widening"
    NARROWING = "narrowing"
    IGNORED = "ignored"
    ORDER = "order"
    PROMPT_VISIBLE = "prompt-visible"
    HINT = "hint"
    NONE = "none"
    INTEGRITY = "integrity"  # not a change of meaning: the registry's own files break an invariant
    INVALID = "invalid"  # not a change of meaning: the schema or an example is wrong by itself


class Status(StrEnum):
    """`witnessed`: a document proves it. `claimed`: no document can, and `claim` says why."""

    WITNESSED = "witnessed"
    CLAIMED = "claimed"


@dataclass(frozen=True, slots=True)
class Place:
    """A JSON Pointer into one side's schema; for Protobuf and Avro into its tree of names (`/Message/field`).

    `line` counts from 1 in that side's file, where it is known. `file` is set where that is another file, which the
    schema imports."""

    pointer: str
    line: int | None = None
    file: str | None = None

    def __str__(self) -> str:
        return self.pointer or "/"

    def to_json(self) -> dict[str, Any]:
        fields: dict[str, Any] = {"pointer": self.pointer}
        return fields | {name: getattr(self, name) for name in ("line", "file") if getattr(self, name) is not None}


@dataclass(frozen=True, slots=True)
class Witness:
    """A document that the writer writes and the reader refuses, loses or reads as something else.

    `document` is a JSON value (Avro: its JSON encoding; Protobuf: ProtoJSON), `bytes` the same in hex where the format
    has a binary form, `expected` what the reader makes of it in words, `confirmed_by` the engines, with versions, that
    agreed and had no part in finding it."""

    document: Any
    bytes: str | None = None
    expected: str | None = None
    confirmed_by: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        document, exact = plain(self.document), dumps(self.document)
        try:
            text = dumps(document)
        except ValueError:  # a number beyond every float, such as 1E+400: no rounding could tell it
            document, text = self.document, exact
        fields: dict[str, Any] = {
            "document": document,
            "bytes": self.bytes,
            "confirmed_by": list(self.confirmed_by),
        }
        if exact != text:
            fields["text"] = exact
        if self.expected is not None:
            fields["expected"] = self.expected
        return fields


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause. A format fills rule, class, default severity, message, places, witness; `compat` adds direction,
    version and policy.

    Messages speak of "writer" and "reader", so that they hold in both directions. `fix` says what to do instead.
    `surface` and `level` (`breaking`, `lossy`, `info`) are Protobuf's. `file` is relative to the registry's root."""

    rule: str
    cls: ChangeClass
    severity: Severity
    message: str
    writer: Place | None = None
    reader: Place | None = None
    direction: Direction | None = None
    against: str | None = None
    status: Status = Status.CLAIMED
    witness: Witness | None = None
    claim: str | None = None
    fix: str | None = None
    surface: str | None = None
    level: str | None = None
    waived: str | None = None
    file: str | None = None
    line: int | None = None

    def to_json(self) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "rule": self.rule,
            "class": self.cls.value,
            "severity": self.severity.value,
            "direction": self.direction.value if self.direction else None,
            "against": self.against,
            "writer": self.writer.to_json() if self.writer else None,
            "reader": self.reader.to_json() if self.reader else None,
            "message": self.message,
            "status": self.status.value,
            "witness": self.witness.to_json() if self.witness else None,
        }
        extra = ("claim", "fix", "surface", "level", "waived", "file", "line")
        return fields | {name: getattr(self, name) for name in extra if getattr(self, name) is not None}
