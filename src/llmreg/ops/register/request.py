"""What a registration is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from llmreg.compat.planner import Entry, Registered
from llmreg.model.record import dataclass, field
from llmreg.model.report import Report

Advance = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class RegisterRequest:
    """`entries` in order; `changed`: instead, every subject whose working file is pending, with `bump` as in `Entry`.
    Nothing is written unless every entry passes. `commit`, `message`, `branch`, `push`: what to do with the result in
    Git."""

    start: Path
    entries: tuple[Entry, ...] = ()
    changed: bool = False
    bump: str | None = None
    allow_undecided: bool = False
    commit: bool = False
    message: str | None = None
    branch: str | None = None
    push: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


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
