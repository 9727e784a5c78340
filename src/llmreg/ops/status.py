"""`deprecate` and `retire`: the facts about a version that may change after it was registered."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from llmreg.compat.selector import pick, split
from llmreg.errors import UsageError
from llmreg.model.record import dataclass
from llmreg.model.version import Version
from llmreg.store import layout
from llmreg.store.changed import INDEX, changed_paths
from llmreg.store.clear import clear_status
from llmreg.store.edit import set_status
from llmreg.store.git import GitReader
from llmreg.store.registry import RegistryView
from llmreg.store.survey import Survey
from llmreg.store.write import Held, RegistryWriter

Status = Literal["deprecated", "retired"]


@dataclass(frozen=True, slots=True)
class StatusRequest:
    """`target` is SUBJECT@VERSION; `reason` None takes the status back. `commit`, `message`: what Git does with it."""

    start: Path
    environment: Mapping[str, str]
    target: str
    status: Status
    reason: str | None
    commit: bool = False
    message: str | None = None


@dataclass(frozen=True, slots=True)
class StatusResult:
    """`changed` is False where `subject.yaml` said so before. `dependents`: versions that refer to a version that is
    now retired. `latest`: the version that `SUBJECT@latest` now means, None when all are retired."""

    subject: str
    version: str
    status: Status
    reason: str | None
    changed: bool
    path: str
    latest: str | None
    dependents: tuple[str, ...] = ()
    commit: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def set_version_status(request: StatusRequest) -> StatusResult:
    """Write the status into `subject.yaml`, stage it, and commit it when asked to.

    Nothing else changes: a retired version stays readable by its exact number and keeps its id, so every version may
    be retired, the last one too. Raises UsageError, NotFoundError."""
    name, version = _exactly(request.target)
    if request.reason is not None and not request.reason.strip():
        raise UsageError("a reason is required: people will ask why", hint="--reason 'use 2.0.0 instead'")
    writer = RegistryWriter(layout.find_root(request.start), request.environment)
    with writer.locked() as held:
        number = str(pick(held.view.subject(name), version).version)
        changed = _edit(held, name, number, request.status, request.reason)
        path = layout.config_path(name)
        held.stage([path])
        message = request.message or _message(request, f"{name}@{number}")
        commit = _commit(writer, path, message) if request.commit else None
        survey = Survey(RegistryView(held.view.snapshot))
        retired = request.status == "retired" and request.reason is not None
        latest = survey.subject(name).latest
        return StatusResult(
            subject=name,
            version=number,
            status=request.status,
            reason=request.reason,
            changed=changed,
            path=path,
            latest=str(latest.version) if latest else None,
            dependents=survey.users().get(f"{name}@{number}", ()) if retired else (),
            commit=commit,
        )


def _exactly(target: str) -> tuple[str, str]:
    """(subject, version); a status is a fact about one version, so a range is refused."""
    name, version = split(target)
    try:
        return name, str(Version.parse(version))
    except ValueError:
        found = f"{version!r} is no version number" if version else "no version is named"
        raise UsageError(f"{target!r}: {found}", hint=f"name one version exactly: {name}@1.2.0") from None


def _edit(held: Held, name: str, version: str, status: Status, reason: str | None) -> bool:
    """Whether `subject.yaml` had to change."""
    path = layout.config_path(name)
    before = held.view.snapshot.read(path)
    known = held.view.subject(name).config.status.get(version)
    if reason is None:
        after = clear_status(before, version, status)
    elif known is not None and getattr(known, status) == reason:
        after = before
    else:
        after = set_status(before, version, status, reason)
    if after != before:
        held.write_file(path, after)
    return after != before


def _commit(writer: RegistryWriter, path: str, message: str) -> str | None:
    """The commit's id; None where a run before has committed it."""
    with GitReader(writer.repository) as reader:
        tip = reader.try_resolve("HEAD") or reader.empty_tree()
        staged = {change.path for change in changed_paths(reader, tip, INDEX)}
    return writer.git.commit([writer.repository.prefix + path], message) if path in staged else None


def _message(request: StatusRequest, pin: str) -> str:
    verb = {"deprecated": "Deprecate", "retired": "Retire"}[request.status]
    if request.reason is None:
        return f"{verb} {pin} no more"
    return f"{verb} {pin}\n\n{request.reason}\n"
