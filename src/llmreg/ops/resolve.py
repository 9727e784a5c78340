"""`resolve`: after somebody else registered first, take their versions and register ours under the next free number."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llmreg.compat.draft import DraftRegistry
from llmreg.compat.planner import Decision, Entry, Planner, Registered
from llmreg.errors import ConflictError, InputError
from llmreg.model.finding import Severity
from llmreg.model.problem import Problem
from llmreg.model.record import dataclass, field
from llmreg.model.report import Baseline, Report
from llmreg.model.subject import LedgerLine, content_id
from llmreg.model.version import Bump, Version
from llmreg.store import layout
from llmreg.store.git import GitReader
from llmreg.store.invariant import invariants
from llmreg.store.landing import Landing, landing
from llmreg.store.layout import Role
from llmreg.store.ledger import parse_ledger
from llmreg.store.overlay import OverlaySnapshot, put
from llmreg.store.registry import RegistryView, SubjectView
from llmreg.store.survey import Survey
from llmreg.store.workspace import Workspace
from llmreg.store.write import RegistryWriter

_MARKER = re.compile(rb"^(?:<{7}|>{7}|\|{7})(?: |\r?$)", re.MULTILINE)
_SETTLED = (Role.CONFIG, Role.WORKING, Role.LEDGER, Role.VERSION)


@dataclass(frozen=True, slots=True)
class ResolveRequest:
    """`against` names the landed side; None asks Git which one it is."""

    start: Path
    subject: str
    against: str | None = None
    allow_undecided: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ResolveResult:
    """`dropped`: our versions that had not landed. `restored`: files taken from the baseline. `registered`: the version
    that the working file is now; None when nothing was in conflict, or when the report does not pass and so nothing was
    written. `forgotten`: dropped versions whose content is registered nowhere now (only the working file is)."""

    subject: str
    baseline: Baseline
    state: str
    report: Report
    dropped: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    registered: Registered | None = None
    forgotten: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "subject": self.subject,
            "state": self.state or None,
            "dropped": list(self.dropped),
            "restored": list(self.restored),
            "registered": self.registered.to_json() if self.registered else None,
            "forgotten": list(self.forgotten),
            **self.report.to_json(),
        }


@dataclass(frozen=True, slots=True)
class _Sides:
    """The subject as it lies here and at the baseline; `ours`: every line of ours that has not landed, by version."""

    here: SubjectView
    base: SubjectView
    ours: tuple[LedgerLine, ...]
    taken: Mapping[int, str]

    @property
    def kept(self) -> tuple[LedgerLine, ...] | None:
        """Our lines behind the baseline's in a ledger that may stay as it is; None where it must be built again."""
        try:
            ledger = self.here.ledger
        except InputError:
            return None
        if not self.here.ledger_bytes.startswith(self.base.ledger_bytes) or _restored(self.here, self.base):
            return None
        kept = ledger[len(self.base.ledger) :]
        orphans = {path for stem in _stems(self.ours) for path in self.here.version_paths.get(stem, ())}
        broken = any(
            finding.severity is Severity.ERROR and finding.file not in orphans
            for code in ("sha", "order")
            for finding in invariants()[code].check(None, self.here)
        )
        lost = any(_digest(self.here, line) != line.sha256 for line in kept)
        moved = any(content_id(line.fp, self.taken) != line.id for line in kept)
        return None if broken or lost or moved else kept


def resolve(request: ResolveRequest) -> ResolveResult:
    """Take the baseline's ledger and version files, drop ours that have not landed, judge the working file as a person
    merged it, and register it under the next free number. Nothing is written when it does not pass.

    Safe to repeat. Raises ConflictError while the working file holds conflict markers, and other LlmregErrors."""
    writer = RegistryWriter(layout.find_root(request.start), request.environment)
    with writer.locked() as held, Workspace.open(writer.root, request.environment) as workspace:
        now = workspace.worktree()
        here = now.subject(request.subject)
        landed = landing(workspace.reader, request.against, now.config.branch)
        baseline = Baseline(landed.revision, landed.commit, landed.why)
        _refuse_markers(here)
        sides = _sides(workspace, here, landed)
        kept = sides.kept
        stale = _stale(sides, kept)
        if kept is not None and not stale and all(line in kept for line in sides.ours):
            held.stage(_settled(workspace.reader, here) if landed.state else ())
            report = Report(baseline=baseline, allow_undecided=request.allow_undecided)
            return ResolveResult(request.subject, baseline, landed.state, report)
        restored = {} if kept is not None else _restored(here, sides.base)
        changes: dict[str, bytes | None] = {**dict.fromkeys(stale), **restored}
        if kept is None:
            changes[layout.ledger_path(here.name)] = sides.base.ledger_bytes
        decision = _decide(now, sides, changes)
        report = Report((decision.report,), baseline, checked=1, allow_undecided=request.allow_undecided)
        if not report.ok:
            return ResolveResult(request.subject, baseline, landed.state, report)
        put(writer.root, changes, last=layout.ledger_path(here.name))
        held.register(here.name, decision.plan)
        held.stage([*changes, *_settled(workspace.reader, here)])
        known = {line.sha256 for line in (*sides.base.ledger, *(kept or ()), decision.plan.line)}
        gone = [line for line in sides.ours if line not in (kept or ()) and line != decision.plan.line]
        return ResolveResult(
            subject=request.subject,
            baseline=baseline,
            state=landed.state,
            report=report,
            dropped=_stems(gone),
            restored=tuple(sorted(restored)),
            registered=decision.registered,
            forgotten=_stems([line for line in gone if line != sides.ours[-1] and line.sha256 not in known]),
        )


def _sides(workspace: Workspace, here: SubjectView, landed: Landing) -> _Sides:
    registry = workspace.at(landed.tree, landed.revision)
    base = registry.view(here.name)
    lines = _readable_lines(here.ledger_bytes)
    for side in landed.sides:
        lines += _readable_lines(workspace.at(side).view(here.name).ledger_bytes)
    settled = set(base.ledger_bytes.splitlines())
    for commit in landed.settled:
        settled.update(workspace.at(commit).view(here.name).ledger_bytes.splitlines())
    ours = {line.to_line(): line for line in lines if line.to_line().rstrip() not in settled}
    return _Sides(here, base, tuple(sorted(ours.values(), key=lambda line: line.version)), _taken(here, registry))


def _readable_lines(ledger: bytes) -> list[LedgerLine]:
    """Every line that is one, also between conflict markers."""
    lines: list[LedgerLine] = []
    for text in ledger.splitlines(keepends=True):
        try:
            lines += parse_ledger(text, "")
        except InputError:
            continue
    return lines


def _taken(here: SubjectView, base: RegistryView) -> dict[int, str]:
    """id → fingerprint over what has landed and what the other subjects hold here; one of those may be in conflict as
    well, so ledgers that cannot be read are passed over."""
    around = [subject for name, subject in Survey(RegistryView(here.snapshot)).subjects.items() if name != here.name]
    landed = Survey(base).subjects.values() if base.has_config else ()
    return {line.id: line.fp for subject in (*around, *landed) for line in subject.readable_ledger}


def _refuse_markers(here: SubjectView) -> None:
    """What people edit, people merge."""
    for path in (layout.config_path(here.name), here.working_path):
        if path is None or path not in here.entries:
            continue
        data = here.snapshot.read(path)
        found = _MARKER.search(data)
        if found:
            line = data.count(b"\n", 0, found.start()) + 1
            raise ConflictError(
                f"{path}:{line}: unresolved conflict",
                problems=[Problem("conflict-marker", "unresolved conflict", line=line)],
                hint="merge this file by hand, then run the same command again",
            )


def _restored(here: SubjectView, base: SubjectView) -> dict[str, bytes]:
    """The baseline's version files that are missing here, or are not what they were."""
    paths = [path for group in base.version_paths.values() for path in group]
    wrong = [path for path in paths if path not in here.entries or here.entries[path].oid != base.entries[path].oid]
    return dict(base.snapshot.read_many(wrong))


def _stale(sides: _Sides, kept: tuple[LedgerLine, ...] | None) -> list[str]:
    """Files of our versions that have not landed and do not stay."""
    staying = set(_stems(kept or ()))
    return [
        path
        for stem in _stems(sides.ours)
        for path in sides.here.version_paths.get(stem, ())
        if stem not in staying and path not in sides.base.entries
    ]


def _decide(now: RegistryView, sides: _Sides, changes: Mapping[str, bytes | None]) -> Decision:
    view = RegistryView(OverlaySnapshot(now.snapshot, changes))
    last = sides.ours[-1] if sides.ours else None
    entry = Entry(
        subject=sides.here.name,
        bump="auto" if last is not None and last.bump is Bump.MAJOR else None,
        version=_prerelease(last, view.view(sides.here.name)),
        meta=last.meta if last is not None else {},
    )
    return Planner(DraftRegistry(view), sides.taken).decide(entry)


def _prerelease(last: LedgerLine | None, subject: SubjectView) -> str | None:
    """A pre-release stays one, at the next free number: `2.0.0-rc.1`, else `2.0.0-rc.2`; None for a release."""
    if last is None or not last.version.prerelease:
        return None
    version, words = last.version, last.version.prerelease
    while version in subject.versions and last not in subject.ledger:
        *head, tail = words
        words = (*head, str(int(tail) + 1)) if tail.isdecimal() else (*words, "1")
        version = Version(version.major, version.minor, version.patch, words)
    return str(version)


def _settled(reader: GitReader, here: SubjectView) -> list[str]:
    """The working file, and what Git still waits to hear of: that its conflict is settled."""
    prefix = reader.repository.prefix
    _, unmerged = reader.index([prefix + layout.subject_dir(here.name)])
    paths = [path.removeprefix(prefix) for path in sorted(unmerged)]
    ours = [path for path in paths if layout.parse_path(path).role in _SETTLED]
    return [*([here.working_path] if here.working_path else []), *ours]


def _digest(subject: SubjectView, line: LedgerLine) -> str:
    paths = subject.version_paths.get(str(line.version), ())
    return hashlib.sha256(subject.snapshot.read(paths[0])).hexdigest() if paths else ""


def _stems(lines: tuple[LedgerLine, ...] | list[LedgerLine]) -> tuple[str, ...]:
    return tuple(str(line.version) for line in lines)
