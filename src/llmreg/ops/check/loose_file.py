"""Judge one loose file against itself at every release, with what it imports from around it on both sides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import PurePath

from llmreg.compat.bump import UNCHANGED
from llmreg.compat.judge import Earlier, Judge
from llmreg.compat.lines import with_lines
from llmreg.compat.policy import Terms
from llmreg.compat.subject import invalid_findings
from llmreg.compat.verdict import Candidate, accept_waived, judge_version, named
from llmreg.errors import InputError, NotFoundError
from llmreg.formats import catalogue
from llmreg.formats.interface import Format, Importing, Schema, Source
from llmreg.model.kind import KINDS
from llmreg.model.mode import Mode
from llmreg.model.record import dataclass, field, replace
from llmreg.model.report import SubjectReport, Undecided, Verdict, worst
from llmreg.model.subject import Rules, named_policy
from llmreg.model.version import Version
from llmreg.ops.check.request import CheckRequest
from llmreg.store import bufroots, yamltext
from llmreg.store.around import FilesAround
from llmreg.store.gitsnapshot import GitSnapshot
from llmreg.store.worktree import WorktreeSnapshot

Resolver = Callable[[str], Callable[[str, str], Schema]]


@dataclass(frozen=True, slots=True)
class State:
    """One state of the repository: a release that the files answer to, or the head that answers."""

    name: str
    snapshot: GitSnapshot | WorktreeSnapshot
    files: FilesAround


@dataclass(slots=True)
class LooseCheck:
    """`releases` oldest first; `roots` are folders that imports count from, before all others; `resolver` gives, for a
    format, the resolver of references into the registry around, None where there is none."""

    request: CheckRequest
    head: State
    releases: Sequence[State]
    roots: tuple[str, ...] = ()
    resolver: Resolver | None = None
    _rules: Rules = field(init=False)

    def __post_init__(self) -> None:
        request = self.request
        like = named_policy(request.policy)
        self._rules = Rules(_mode(request), request.writer or "closed", breaking="declared", policy={}, like=like)

    def check(self, path: str) -> SubjectReport:
        """Raises NotFoundError or LimitError for a file that cannot be read; one that is no schema is a finding."""
        text = self.head.snapshot.read(path)
        schema_format = catalogue.detect(_as_json(text, path), PurePath(path).suffix, file=path)
        judge = Judge(schema_format, Terms(self._rules, KINDS["data"]))
        try:
            new = self._source(schema_format, self.head, path, text)
            before = self._before(schema_format, path)
            report = self._unchanged(schema_format, path, new, before) or _judged(judge, path, new, before)
        except InputError as error:
            findings = tuple(invalid_findings(error))
            report = SubjectReport(path, schema_format.name, self._rules.mode, Verdict.UNDECIDED, findings)
        return with_lines(report, path, text)

    def _source(self, schema_format: Format, state: State, path: str, text: bytes) -> Source:
        strict = state is self.head
        source = Source(
            _as_json(text, path),
            name=path if strict else f"{path} at {state.name}",
            resolve=self.resolver(schema_format.name) if self.resolver is not None else None,
            strict=strict,
            path=path,
        )
        if not isinstance(schema_format, Importing):
            return source
        return replace(source, files=state.files, roots=self.roots + bufroots.import_roots(path, state.files))

    def _before(self, schema_format: Format, path: str) -> list[tuple[str, Source]]:
        """The file at each release that has it, oldest first; what is the same is judged once."""
        found: dict[object, tuple[str, Source]] = {}
        for release in self.releases:
            try:
                data = release.snapshot.read(path)
            except NotFoundError:
                continue
            source = self._source(schema_format, release, path, data)
            key = data if len(self.releases) == 1 else _identity(schema_format, source)
            found[key] = (release.name, source)
        return list(found.values())

    def _unchanged(
        self, schema_format: Format, path: str, new: Source, before: Sequence[tuple[str, Source]]
    ) -> SubjectReport | None:
        """The report on a file that is as it was, with everything that it imports; None for any other.

        Where imports make files wait for each other, this is most of the time: such a file is not compiled."""
        if len(before) != 1 or not isinstance(schema_format, Importing):
            return None
        (name, old), mode = before[0], self._rules.mode
        fingerprint = schema_format.fingerprint(new)
        try:
            if schema_format.fingerprint(old) != fingerprint:
                return None
        except InputError:
            return None
        return SubjectReport(path, schema_format.name, mode, Verdict.COMPATIBLE, bump=UNCHANGED, against=name)


def _judged(judge: Judge, path: str, new: Source, before: Sequence[tuple[str, Source]]) -> SubjectReport:
    schema = judge.format.parse(new)
    history, names, unread = [], {}, []
    for number, (name, source) in enumerate(before):
        version = Version(1, number, 0)
        try:
            history.append(Earlier(version, partial(lambda known: known, judge.format.parse(source))))
            names[str(version)] = name
        except InputError as error:  # what broke it may be mended now; nobody can tell what was written with it
            unread.append(Undecided("baseline-unreadable", error.message, against=name))
    report = judge_version(path, judge, history, Candidate(schema)).report
    report = accept_waived(_named(report, names, new=not before))
    if not unread:
        return report
    verdict = worst([report.verdict, Verdict.UNDECIDED])
    return replace(report, verdict=verdict, undecided=(*report.undecided, *unread))


def _identity(schema_format: Format, source: Source) -> object:
    """Equal for texts that mean the same without a look."""
    if not isinstance(schema_format, Importing):
        return source.data
    try:
        return schema_format.fingerprint(source)
    except InputError:
        return source.data


def _mode(request: CheckRequest) -> Mode:
    """Releases out there are all still in use, so that several of them mean transitive."""
    mode = request.mode or Mode.BACKWARD
    if request.against_tags and mode.directions and not mode.transitive:
        return Mode(f"{mode}_TRANSITIVE")
    return mode


def _as_json(data: bytes, path: str) -> bytes:
    return yamltext.to_json(data, path) if path.endswith((".yaml", ".yml")) else data


def _named(report: SubjectReport, names: Mapping[str, str], *, new: bool) -> SubjectReport:
    """Loose files have revisions, not versions: say those."""
    note = ("new file: nothing to compare it with",) if new else ()
    return replace(named(report, names), pending=None, notes=report.notes + note)
