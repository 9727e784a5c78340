"""Decide one registration: its bytes, its version, and whether it may be."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from llmreg.compat.bump import step
from llmreg.compat.draft import DraftRegistry, DraftSubject
from llmreg.compat.examples import example_findings
from llmreg.compat.lines import with_lines
from llmreg.compat.schemas import Schemas
from llmreg.compat.subject import SubjectCase
from llmreg.compat.verdict import Outcome
from llmreg.errors import ConflictError, InputError, NotFoundError, RegistryError, UsageError
from llmreg.formats import catalogue
from llmreg.formats.interface import Format, Schema
from llmreg.model.finding import Severity
from llmreg.model.kind import KINDS
from llmreg.model.record import dataclass, field, replace
from llmreg.model.report import SubjectReport, Verdict
from llmreg.model.subject import LedgerLine, SubjectConfig, content_id, fingerprint, name_problem
from llmreg.model.version import Bump, Version
from llmreg.store import layout
from llmreg.store.invariant import invariants
from llmreg.store.write import Plan


@dataclass(frozen=True, slots=True)
class Entry:
    """One version to register. `data` None: the subject's working file. `bump` None: the computed one, but never a
    major; `auto`: the computed one, whatever it is. `format` and `kind` are for a subject that does not exist yet.
    `source`: the code that `data` was generated from, as `subject.yaml` keeps it."""

    subject: str
    data: bytes | None = None
    file: str = ""
    bump: str | None = None
    version: str | None = None
    meta: Mapping[str, str] = field(default_factory=dict)
    format: str | None = None
    kind: str | None = None
    source: Mapping[str, str] | None = None


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
class Decision:
    """What one entry comes to. `config`: of a subject to be created; `working`: its working file, when it is given.
    `source`: what `subject.yaml` of a subject that exists is to say from now on."""

    report: SubjectReport
    registered: Registered
    plan: Plan
    config: SubjectConfig | None = None
    working: tuple[str, bytes] | None = None
    source: Mapping[str, str] | None = None


class Planner:
    """Judges entries one after the other; each sees the versions planned before it."""

    def __init__(self, draft: DraftRegistry, taken: Mapping[int, str]) -> None:
        self._draft = draft
        self._taken = dict(taken)
        self._schemas = Schemas(draft)
        self._sound: set[str] = set()
        self._spellings: dict[str, str] = {}

    def decide(self, entry: Entry) -> Decision:
        """Raises SchemaError for a schema that its format refuses, UsageError and ConflictError for a bad number."""
        subject, created = self._subject(entry)
        moved = entry.source if created is None and entry.source != subject.config.source else None
        if subject.name not in self._sound:  # the files stay as they are while versions are planned
            _refuse_broken(subject)
            self._sound.add(subject.name)
        schema_format = catalogue.get(subject.config.format)
        path, source, data = _content(subject, entry, schema_format)
        known = _registered_already(subject, entry, data)
        case = SubjectCase(subject, self._schemas, self._draft.view.config)
        if known is not None:
            report = SubjectReport(
                subject.name, schema_format.name, case.rules()[0].mode, Verdict.COMPATIBLE, version=str(known.version)
            )
            again = Plan(known, schema_format.extensions[0], data)
            before = _registered(subject, known, schema_format, "registered before", new=False)
            return Decision(report, before, again, source=moved)
        try:
            outcome, schema = self._judge(case, subject, entry, data)
        except InputError as error:
            raise error.named(path if entry.data is None else entry.file or "the schema") from None
        findings = (*outcome.report.findings, *example_findings(subject.view, schema_format, schema))
        report = with_lines(replace(outcome.report, findings=findings), path, source)
        line = self._line(subject, outcome, schema, data, entry)
        why = outcome.report.bump.why if outcome.report.bump else ""
        subject.add(line, data)
        self._schemas.keep(subject, line.version, schema)
        self._taken[line.id] = line.fp
        return Decision(
            report,
            _registered(subject, line, schema_format, why),
            Plan(line, schema_format.extensions[0], data),
            created,
            (path, source) if entry.data is not None else None,
            moved,
        )

    def _subject(self, entry: Entry) -> tuple[DraftSubject, SubjectConfig | None]:
        """The subject, and its configuration when it is created here: only a given file can start one."""
        if self._draft.has(entry.subject) or entry.data is None:
            return self._draft.subject(entry.subject), None
        problem = name_problem(entry.subject)
        if problem:
            raise UsageError(f"{entry.subject!r} cannot name a subject: {problem}")
        self._refuse_twin(entry.subject)
        kind = entry.kind or "data"
        if kind not in KINDS:
            raise UsageError(f"unknown kind {kind!r}", hint=f"one of {', '.join(KINDS)}")
        found = catalogue.detect(entry.data, PurePath(entry.file).suffix, entry.format)
        config = SubjectConfig(format=found.name, kind=kind, source=entry.source)
        return self._draft.create(entry.subject, config), config

    def _refuse_twin(self, name: str) -> None:
        """A new subject whose folders differ from another's only in case: on many a disk they would be one."""
        if not self._spellings:
            self._spellings = {part.casefold(): part for known in self._draft.view.names for part in _folders(known)}
        for part in _folders(name):
            known = self._spellings.setdefault(part.casefold(), part)
            if known != part:
                raise UsageError(f"{part!r} and {known!r} differ only in case", hint=f"write {known!r}")

    def _judge(self, case: SubjectCase, subject: DraftSubject, entry: Entry, data: bytes) -> tuple[Outcome, Schema]:
        number = _number(subject, entry.version)
        declared = None if entry.bump in (None, "auto") else Bump(entry.bump)
        outcome = case.pending(data, declared, number)
        if outcome.breaks and declared is None and number is None:
            if entry.bump == "auto":
                outcome = case.pending(data, Bump.MAJOR, None)
            else:
                outcome = outcome._replace(report=_with_way_out(outcome.report, entry.subject))
        return outcome, outcome.schema

    def _line(self, subject: DraftSubject, outcome: Outcome, schema: Schema, data: bytes, entry: Entry) -> LedgerLine:
        refs = tuple(sorted({str(reference) for reference in schema.references}))
        fp = fingerprint(subject.config.format, schema.canonical(), refs)
        number = outcome.next_version
        lower = [line.version for line in subject.ledger if line.version < number and not line.version.prerelease]
        return LedgerLine(
            version=number,
            sha256=hashlib.sha256(data).hexdigest(),
            id=content_id(fp, self._taken),
            fp=fp,
            bump=step(max(lower, default=None), number),
            mode=outcome.report.mode,
            refs=refs,
            meta={**_generator(entry.source or subject.config.source), **entry.meta},
        )


def _generator(source: Mapping[str, str] | None) -> dict[str, str]:
    """The generator is part of a generated schema's identity: another release of it may write another schema."""
    return {"generator": source["generator"]} if source and "generator" in source else {}


def _refuse_broken(subject: DraftSubject) -> None:
    """Nothing is registered on top of files that contradict each other; a file that a crash left is adopted."""
    known = {str(line.version) for line in subject.ledger}
    for code in ("names", "order", "sha"):
        for found in invariants()[code].check(None, subject.view):
            where = layout.parse_path(found.file or "")
            orphan = where.role is layout.Role.VERSION and where.stem not in known
            if found.severity is Severity.ERROR and not orphan and found.file != layout.config_path(subject.name):
                raise RegistryError(f"{subject.name}: {found.message}", hint=found.fix or "see `llmreg check`")


def _content(subject: DraftSubject, entry: Entry, schema_format: Format) -> tuple[str, bytes, bytes]:
    """(working path, its source, the bytes to register)."""
    if entry.data is None:
        if subject.view.working is None or subject.view.working_source is None:
            name = layout.working_path(subject.name, schema_format.extensions[0])
            raise NotFoundError(f"{subject.name} has no working file", hint=f"write {name}, or pass a FILE")
        path, data = subject.view.working
        return path, subject.view.working_source, schema_format.render_stored(data)
    data, extension = entry.data, schema_format.extensions[0]
    is_yaml = PurePath(entry.file).suffix in (".yaml", ".yml")
    if is_yaml:
        from llmreg.store import yamltext

        data, extension = yamltext.to_json(entry.data, entry.file), ".yaml"
    path = subject.view.working_path or layout.working_path(subject.name, extension)
    stored = schema_format.render_stored(data)
    return path, entry.data if is_yaml and path.endswith(".yaml") else stored, stored


def _registered_already(subject: DraftSubject, entry: Entry, data: bytes) -> LedgerLine | None:
    """The line of these very bytes, when nothing newer was registered after it."""
    digest = hashlib.sha256(data).hexdigest()
    if entry.version is not None:
        number = _parsed(entry.version)
        return next((line for line in subject.ledger if line.version == number and line.sha256 == digest), None)
    newest = max(subject.ledger, key=lambda line: line.version, default=None)
    pins = set(subject.config.references.values())
    same = newest is not None and newest.sha256 == digest and (not pins or pins == set(newest.refs))
    return newest if same else None


def _parsed(text: str) -> Version:
    try:
        return Version.parse(text)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _folders(name: str) -> list[str]:
    """`a/b/c` is `a`, `a/b` and itself."""
    parts = name.split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]


def _number(subject: DraftSubject, text: str | None) -> Version | None:
    """The number that was asked for. Raises when it is taken or not above its major's earlier versions."""
    if text is None:
        return None
    number = _parsed(text)
    same_major = [line.version for line in subject.ledger if line.version.major == number.major]
    if number in same_major:
        raise ConflictError(
            f"{subject.name} {number} is registered already, with other content", hint="versions never change"
        )
    if same_major and number < max(same_major):
        raise UsageError(f"{number} is below {max(same_major)}, which is registered", hint="versions only grow")
    return number


def _with_way_out(report: SubjectReport, subject: str) -> SubjectReport:
    """A break is registered only when somebody declares it."""
    note = f"to declare the break: llmreg register {subject} --bump major"
    return replace(report, notes=(*report.notes, note))


def _registered(
    subject: DraftSubject, line: LedgerLine, schema_format: Format, why: str, *, new: bool = True
) -> Registered:
    path = layout.version_path(subject.name, line.version, schema_format.extensions[0])
    return Registered(subject.name, str(line.version), line.id, line.sha256, line.bump, why, path, new)
