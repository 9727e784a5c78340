"""`diff`: two schemas side by side, wherever they are: files, registered versions, or paths at a revision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath

from llmreg.compat.judge import Earlier, Judge
from llmreg.compat.lines import with_lines
from llmreg.compat.policy import Terms
from llmreg.compat.schemas import Schemas
from llmreg.compat.selector import pick, split
from llmreg.compat.verdict import Candidate, accept_waived, judge_version, named
from llmreg.errors import NotFoundError, UsageError
from llmreg.formats import catalogue
from llmreg.formats.interface import Schema, Source
from llmreg.model.finding import Severity
from llmreg.model.kind import KINDS
from llmreg.model.mode import Direction, Mode
from llmreg.model.report import Report, SubjectReport
from llmreg.model.subject import RegistryConfig, Rules, SubjectConfig, named_policy
from llmreg.model.version import Version
from llmreg.store import layout, yamltext
from llmreg.store.git import GitReader
from llmreg.store.registry import SubjectView
from llmreg.store.revision import RevisionSnapshot
from llmreg.store.workspace import Workspace

_OLD = Version(1, 0, 0)


@dataclass(frozen=True, slots=True)
class DiffRequest:
    """`old` and `new`: a file, `SUBJECT@RANGE`, or `REV:PATH`. What is None follows from the subject, else defaults."""

    start: Path
    old: str
    new: str
    format: str | None = None
    mode: Mode | None = None
    writer: str | None = None
    kind: str | None = None
    policy: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Side:
    """One side as found: `label` for people, `path` what an annotation points at."""

    label: str
    data: bytes
    suffix: str
    path: str | None = None
    source: bytes = b""
    subject: SubjectView | None = None
    version: Version | None = None


def diff(request: DiffRequest) -> Report:
    """Both directions; the mode decides which of them counts. Raises LlmregError."""
    workspace = Workspace.around(request.start, request.environment)
    try:
        old = _side(request, request.old, workspace)
        new = _side(request, request.new, workspace)
        config = next((side.subject.config for side in (new, old) if side.subject is not None), None)
        registry = workspace.worktree() if workspace is not None and workspace.root is not None else None
        registry_config = registry.config if registry is not None else RegistryConfig()
        declared = request.format or (config.format if config else None)
        schema_format = catalogue.detect(new.data, new.suffix, declared)
        judge = Judge(schema_format, _terms(request, registry_config, config), dict(config.settings) if config else {})
        schemas = Schemas(registry) if registry is not None else None
        before, after = (_parse(side, schema_format.name, schemas) for side in (old, new))
        return Report((_compared(judge, old, new, before, after),), checked=1)
    finally:
        if workspace is not None:
            workspace.close()


def _compared(judge: Judge, old: _Side, new: _Side, before: Schema, after: Schema) -> SubjectReport:
    earlier = Earlier(_OLD, lambda: before)
    report = judge_version(new.label, judge, [earlier], Candidate(after)).report
    directions = {}
    for direction in Direction:
        judged = judge.pair(earlier, after, direction)
        directions[direction.value] = judged.verdict.value
        if direction not in judge.terms.rules.mode.directions:
            told = tuple(
                replace(finding, severity=min(finding.severity, Severity.INFO, key=lambda item: item.rank))
                for finding in judged.findings
            )
            report = replace(report, findings=report.findings + told)
    report = named(report, {str(_OLD): old.label})
    report = replace(report, pending=new.label, directions=directions)
    report = accept_waived(report)
    return with_lines(report, new.path, new.source) if new.path else report


def _terms(request: DiffRequest, registry: RegistryConfig, config: SubjectConfig | None) -> Terms:
    kind = request.kind or (config.kind if config else "data")
    if kind not in KINDS:
        raise UsageError(f"unknown kind {kind!r}", hint=f"one of {', '.join(KINDS)}")
    rules = Rules.of(registry, config) if config else Rules(KINDS[kind].mode, "closed", "declared", {})
    chosen = replace(rules, mode=request.mode or rules.mode, writer=request.writer or rules.writer)
    if request.policy is not None:
        chosen = replace(chosen, like=named_policy(request.policy))
    return Terms(chosen, KINDS[kind], budget_seconds=registry.budget_seconds)


def _side(request: DiffRequest, text: str, workspace: Workspace | None) -> _Side:
    """A file that exists goes first, then `SUBJECT@RANGE`, then `REV:PATH`."""
    file = request.start / text
    if file.is_file():
        data = file.read_bytes()
        return _Side(text, _as_json(data, file.suffix), file.suffix, text, data)
    name, _ = split(text)
    if workspace is not None and workspace.root is not None and workspace.worktree().has(name):
        return _registered(text, workspace)
    revision, colon, path = text.partition(":")
    if colon:
        return _at_revision(request, revision, path, text)
    raise NotFoundError(
        f"{text!r} is no file, no subject of a registry here, and no REV:PATH",
        hint="examples: schema.json, chat/reply@^1.2, main:schemas/reply.json",
    )


def _registered(text: str, workspace: Workspace) -> _Side:
    name, wanted = split(text)
    subject = workspace.worktree().subject(name)
    line = pick(subject, wanted)
    data = subject.version_bytes(str(line.version))
    path = subject.version_path(str(line.version))
    return _Side(f"{name}@{line.version}", data, PurePath(path).suffix, path, data, subject, line.version)


def _at_revision(request: DiffRequest, revision: str, path: str, text: str) -> _Side:
    with GitReader.open(request.start, env=request.environment) as reader:
        inside = (PurePath(reader.repository.prefix) / path).as_posix()
        snapshot = RevisionSnapshot(reader, reader.resolve(revision), revision, "")
        for candidate in (path, inside):
            if candidate in snapshot.entries(candidate):
                data = snapshot.read(candidate)
                suffix = PurePath(path).suffix
                return _Side(text, _as_json(data, suffix), suffix, candidate, data)
    raise NotFoundError(f"there is no {path} at {revision}", hint="paths count from the repository's top, or from here")


def _as_json(data: bytes, suffix: str) -> bytes:
    return yamltext.to_json(data) if suffix in (".yaml", ".yml") else data


def _parse(side: _Side, format_name: str, schemas: Schemas | None) -> Schema:
    if side.subject is not None and side.version is not None and schemas is not None:
        return schemas.registered(side.subject, side.version)
    owner = layout.parse_path(side.path or "").subject
    path = f"{owner}/schema" if owner else side.path
    resolve = schemas.resolve(format_name) if schemas is not None else None
    return catalogue.get(format_name).parse(
        Source(side.data, name=side.label, resolve=resolve, path=path, strict=False)
    )
