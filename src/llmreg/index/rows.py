"""What the index holds, as plain values: one subject with everything that follows from its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from llmreg.model.subject import LedgerLine, SubjectConfig


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a version came from on the exported branch: commit, author, committer's time (seconds, UTC), the commit's
    subject line, pull request. Without e-mail addresses: the index is made to be published."""

    commit: str
    author: str
    time: int
    subject: str
    pull_request: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version. `number` is its line in the ledger; `references` are (name in the text, subject, version).

    `verdict` is that of the step from the version before it, None for a first one; `report` the whole answer."""

    number: int
    line: LedgerLine
    data: bytes
    guid: str
    digests: Mapping[str, str]
    references: tuple[tuple[str, str, str], ...] = ()
    origin: Origin | None = None
    verdict: str | None = None
    report: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """One subject. `mode` and `writer` are those in force. `fields` and `texts` are what search looks through: names
    and descriptions of the latest version's schema."""

    name: str
    config: SubjectConfig
    mode: str
    writer: str
    latest: str | None
    versions: tuple[VersionRow, ...] = ()
    fields: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MomentRow:
    """What the history alone says of a version: a commit registered, deprecated or retired it. (`generation`, `slot`)
    never changes, whatever later commits do; events follow from moments and from what is known of the subject now."""

    generation: int
    slot: int
    subject: str
    version: str
    type: str
    reason: str | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class EventRow:
    """Something that happened: `type` is `schema.registered`, `schema.deprecated`, `schema.retired` or
    `schema.incompatibility.detected`; (`generation`, `position`) is its place in the stream."""

    generation: int
    position: int
    type: str
    subject: str
    version: str
    time: int
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.generation}.{self.position}"
