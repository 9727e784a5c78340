"""What a registration is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llmreg.model.report import Report
from llmreg.model.version import Bump

Advance = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One version to register. `data` None: the subject's working file. `bump` None: the computed one, but never a
    major; `auto`: the computed one, whatever it is. `format` and `kind` are for a subject that does not exist yet."""

    subject: str
    data: bytes | None = None
    file: str = ""
    bump: str | None = None
    version: str | None = None
    meta: Mapping[str, str] = field(default_factory=dict)
    format: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class RegisterRequest:
    """`entries` in order; `changed`: instead, every subject whose working file is pending. Nothing is written unless
    every entry passes. `commit`, `message`, `branch`, `push`: what to do with the result in Git."""

    start: Path
    entries: tuple[Entry, ...] = ()
    changed: bool = False
    allow_undecided: bool = False
    commit: bool = False
    message: str | None = None
    branch: str | None = None
    push: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Registered:
    """One version that now exists. `new` is False when exactly it existed before."""

    subject: str
    version: str
    id: int
    sha256: str
    bump: Bump
    why: str
    path: str
    new: bool = True

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class RegisterResult:
    """`report` is what `check` would say; when it does not pass, nothing was registered."""

    report: Report
    registered: tuple[Registered, ...] = ()
    commit: str | None = None
    pushed: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "registered": [item.to_json() for item in self.registered],
            "commit": self.commit,
            "pushed": self.pushed,
            **self.report.to_json(),
        }
