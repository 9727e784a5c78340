"""`log`: the versions of a subject, newest first, with the commit that brought each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from llmreg.model.record import dataclass
from llmreg.model.subject import LedgerLine, VersionStatus
from llmreg.store.history import Origin, Provenance, provenance
from llmreg.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Logged:
    """One version. `origin` is None for one that is not committed, or whose commit this clone does not hold."""

    line: LedgerLine
    ordinal: int
    status: VersionStatus
    origin: Origin | None = None

    def to_json(self) -> dict[str, Any]:
        line, origin = self.line, self.origin
        return {
            "version": str(line.version),
            "ordinal": self.ordinal,
            "bump": line.bump.value,
            "mode": line.mode.value,
            "id": line.id,
            "sha256": line.sha256,
            "refs": list(line.refs),
            "meta": dict(line.meta),
            "deprecated": self.status.deprecated,
            "retired": self.status.retired,
            "commit": origin.commit if origin else None,
            "author": origin.author if origin else None,
            "email": origin.email if origin else None,
            "date": _date(origin.time) if origin else None,
            "summary": origin.subject if origin else None,
            "pull_request": origin.pull_request if origin else None,
        }


@dataclass(frozen=True, slots=True)
class Log:
    """`warning` says why commits are missing."""

    subject: str
    versions: tuple[Logged, ...]
    warning: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "subject": self.subject,
            "versions": [version.to_json() for version in self.versions],
            "warning": self.warning,
        }


def log(start: Path, env: Mapping[str, str], subject: str, revision: str | None = None) -> Log:
    """The versions in the work tree, or at a revision, in reverse order of registration. Raises NotFoundError."""
    with Workspace.open(start, env) as workspace:
        view = workspace.head(revision).subject(subject)
        lines, stati = view.ledger, view.config.status
        history = _history(workspace, subject, revision)
        versions = [
            Logged(
                line=line,
                ordinal=number,
                status=stati.get(str(line.version), VersionStatus()),
                origin=history.origins.get((subject, str(line.version))),
            )
            for number, line in enumerate(lines, start=1)
        ]
        return Log(subject, tuple(reversed(versions)), history.warning)


def _history(workspace: Workspace, subject: str, revision: str | None) -> Provenance:
    if not workspace.in_git:
        return Provenance({}, "in no Git repository: where the versions came from is unknown")
    reader = workspace.reader
    tip = reader.try_resolve(revision or "HEAD")
    return provenance(reader, tip, subject) if tip else Provenance({}, "no commit yet")


def _date(seconds: int) -> str:
    """ISO 8601, in UTC; a commit may claim a time that no calendar has."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, OSError, ValueError):
        return str(seconds)
