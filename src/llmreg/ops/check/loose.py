"""Loose schema files in any Git repository, compared with themselves at an earlier revision; no registry needed."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from llmreg.compat.judge import Earlier, Judge
from llmreg.compat.lines import with_lines
from llmreg.compat.policy import Terms
from llmreg.compat.subject import invalid_findings
from llmreg.compat.verdict import Candidate, accept_waived, judge_version, named
from llmreg.errors import InputError, NotFoundError
from llmreg.formats import catalogue
from llmreg.formats.interface import Format, Schema, Source
from llmreg.model.kind import KINDS
from llmreg.model.mode import Mode
from llmreg.model.report import Baseline, Report, SubjectReport, Verdict
from llmreg.model.snapshot import Snapshot
from llmreg.model.subject import Rules, named_policy
from llmreg.model.version import Version
from llmreg.ops.check.request import CheckRequest, CheckResult
from llmreg.store import yamltext
from llmreg.store.baseline import choose
from llmreg.store.git import GitReader
from llmreg.store.revision import RevisionSnapshot
from llmreg.store.staged import StagedSnapshot
from llmreg.store.worktree import WorktreeSnapshot


@dataclass(frozen=True, slots=True)
class _Release:
    """One revision that the files answer to."""

    name: str
    snapshot: RevisionSnapshot


def check_files(request: CheckRequest, targets: Sequence[str]) -> CheckResult:
    """Compare the files with their blobs at the baseline, or at every tag that matches (transitively)."""
    with GitReader.open(request.start, env=request.environment) as reader:
        top = reader.repository.top_level
        if top is None:
            raise NotFoundError("loose files need a work tree", hint="run this in a clone that is not bare")
        paths = sorted(set(_expand(request.start, targets, top)))
        if not paths:
            raise NotFoundError(f"no file matches {' '.join(targets)}")
        releases, baseline = _releases(request, reader)
        head = _head(request, reader, top)
        reports = [_check_file(request, path, head, releases) for path in paths]
        return CheckResult(Report(tuple(reports), baseline, checked=len(reports)))


def _head(request: CheckRequest, reader: GitReader, top: Path) -> Snapshot:
    if request.staged:
        return StagedSnapshot(reader, "")
    if request.head:
        return RevisionSnapshot(reader, reader.resolve(request.head), request.head, "")
    return WorktreeSnapshot(top, reader.repository.object_format)


def _expand(start: Path, targets: Sequence[str], top: Path) -> Iterator[str]:
    """Paths from the repository's top. Links in the folders are resolved; a file that is a link is refused later."""
    for target in targets:
        found = glob.glob(target, root_dir=start, recursive=True) if set(target) & set("*?[") else [target]  # noqa: PTH207
        for name in found:
            file = Path(os.path.realpath((start / name).parent)) / Path(name).name
            if file.is_dir():
                continue
            try:
                yield file.relative_to(top).as_posix()
            except ValueError:
                raise NotFoundError(f"{name} is not in the repository {top}") from None


def _releases(request: CheckRequest, reader: GitReader) -> tuple[list[_Release], Baseline]:
    if request.against_tags:
        tags = reader.tags(request.against_tags)
        if not tags:
            raise NotFoundError(
                f"no tag matches {request.against_tags!r}", hint="a shallow clone has none: git fetch --tags"
            )
        found = [_Release(name, RevisionSnapshot(reader, oid, name, "")) for name, oid in tags]
        return found, Baseline(request.against_tags, None, _counted(len(tags)))
    chosen = choose(reader, request.against, staged=request.staged, env=request.environment)
    snapshot = RevisionSnapshot(reader, chosen.tree, chosen.revision, "")
    return [_Release(chosen.revision, snapshot)], Baseline(chosen.revision, chosen.commit, chosen.why)


def _counted(tags: int) -> str:
    return "the one tag that matches" if tags == 1 else f"the {tags} tags that match"


def _check_file(request: CheckRequest, path: str, head: Snapshot, releases: Sequence[_Release]) -> SubjectReport:
    source = head.read(path)
    data = _as_json(source, path)
    schema_format = catalogue.detect(data, Path(path).suffix)
    like = named_policy(request.policy)
    rules = Rules(_mode(request), request.writer or "closed", breaking="declared", policy={}, like=like)
    judge = Judge(schema_format, Terms(rules, KINDS["data"]))
    try:
        new = _parse(schema_format, data, path, strict=True)
        before = _before(schema_format, path, releases)
        history = [
            Earlier(Version(1, number, 0), partial(lambda schema: schema, schema))
            for number, (_, schema) in enumerate(before)
        ]
        report = judge_version(path, judge, history, Candidate(new)).report
    except InputError as error:
        findings = tuple(invalid_findings(error))
        broken = SubjectReport(path, schema_format.name, rules.mode, Verdict.UNDECIDED, findings)
        return with_lines(broken, path, source)
    names = {f"1.{number}.0": name for number, (name, _) in enumerate(before)}
    return with_lines(accept_waived(_named(report, names)), path, source)


def _mode(request: CheckRequest) -> Mode:
    """Releases out there are all still in use, so that several of them mean transitive."""
    mode = request.mode or Mode.BACKWARD
    if request.against_tags and mode.directions and not mode.transitive:
        return Mode(f"{mode}_TRANSITIVE")
    return mode


def _before(schema_format: Format, path: str, releases: Sequence[_Release]) -> list[tuple[str, Schema]]:
    """The file at each release that has it, oldest first; equal bytes are parsed and judged once."""
    found: dict[bytes, tuple[str, Schema]] = {}
    for release in releases:
        try:
            data = release.snapshot.read(path)
        except NotFoundError:
            continue
        name = f"{path} at {release.name}"
        found[data] = (release.name, _parse(schema_format, _as_json(data, path), name, strict=False))
    return list(found.values())


def _parse(schema_format: Format, data: bytes, name: str, *, strict: bool) -> Schema:
    return schema_format.parse(Source(data, name=name, strict=strict, path=name))


def _as_json(data: bytes, path: str) -> bytes:
    return yamltext.to_json(data, path) if path.endswith((".yaml", ".yml")) else data


def _named(report: SubjectReport, names: dict[str, str]) -> SubjectReport:
    """Loose files have revisions, not versions: say those."""
    note = () if names else ("new file: nothing to compare it with",)
    return replace(named(report, names), pending=None, notes=report.notes + note)
