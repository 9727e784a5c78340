"""`show`: the exact bytes of one version, and everything that is known about it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llmreg.compat.schemas import Schemas
from llmreg.compat.selector import select
from llmreg.compat.served import served
from llmreg.errors import InputError, RegistryError
from llmreg.formats.interface import Schema
from llmreg.model.jsontext import decode
from llmreg.model.record import dataclass, field
from llmreg.model.subject import LedgerLine, VersionStatus
from llmreg.store.registry import RegistryView, SubjectView
from llmreg.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Shown:
    """One version: `data` as registered. `ordinal` is its line in the ledger, which Kafka clients see as its version.

    `digests` and `guid` are computed from the parsed schema; empty and None, with `problem`, where it cannot be."""

    subject: str
    line: LedgerLine
    ordinal: int
    format: str
    kind: str
    path: str
    data: bytes
    status: VersionStatus
    digests: Mapping[str, str] = field(default_factory=dict)
    guid: str | None = None
    problem: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Raises DocumentError when the bytes are no UTF-8 text."""
        line = self.line
        return {
            "subject": self.subject,
            "version": str(line.version),
            "ordinal": self.ordinal,
            "id": line.id,
            "guid": self.guid,
            "format": self.format,
            "kind": self.kind,
            "mode": line.mode.value,
            "bump": line.bump.value,
            "status": {"deprecated": self.status.deprecated, "retired": self.status.retired},
            "refs": list(line.refs),
            "sha256": line.sha256,
            "fp": line.fp,
            "digests": dict(self.digests),
            "meta": dict(line.meta),
            "path": self.path,
            "problem": self.problem,
            "text": decode(self.data),
        }


def show(start: Path, env: Mapping[str, str], target: str, revision: str | None = None) -> tuple[str, bytes]:
    """(path, bytes) of the version that `SUBJECT@RANGE` names, as registered.

    Raises NotFoundError, RegistryError when the file does not hold what was registered: nobody should build on it."""
    with Workspace.open(start, env) as workspace:
        subject, line = select(workspace.head(revision), target)
        return subject.version_path(str(line.version)), _bytes(subject, line)


def describe(start: Path, env: Mapping[str, str], target: str, revision: str | None = None) -> Shown:
    """The same with everything that is known about the version."""
    with Workspace.open(start, env) as workspace:
        view = workspace.head(revision)
        subject, line = select(view, target)
        data = _bytes(subject, line)
        schema, problem = _parsed(view, subject, line)
        return Shown(
            subject=subject.name,
            line=line,
            ordinal=subject.ledger.index(line) + 1,
            format=subject.config.format,
            kind=subject.config.kind,
            path=subject.version_path(str(line.version)),
            data=data,
            status=subject.config.status.get(str(line.version), VersionStatus()),
            digests=schema.digests() if schema else {},
            guid=_guid(view, schema) if schema else None,
            problem=problem,
        )


def _bytes(subject: SubjectView, line: LedgerLine) -> bytes:
    data = subject.version_bytes(str(line.version))
    if hashlib.sha256(data).hexdigest() != line.sha256:
        path = subject.version_path(str(line.version))
        raise RegistryError(
            f"{path} does not hold the bytes that were registered as {subject.name}@{line.version}",
            hint="versions never change: restore the file with `git restore`, and see `llmreg check`",
        )
    return data


def _parsed(view: RegistryView, subject: SubjectView, line: LedgerLine) -> tuple[Schema | None, str | None]:
    """The schema, or None and why it cannot be read: an old version stays visible when the rules got stricter."""
    try:
        return Schemas(view).registered(subject, line.version), None
    except InputError as error:
        return None, error.message


def _guid(view: RegistryView, schema: Schema) -> str | None:
    """None where a reference leads nowhere."""
    found = served(view, schema)
    return None if found is None else found.guid
