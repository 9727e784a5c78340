"""`lint`: schemas against provider profiles, without any provider."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from llmreg.compat.lines import with_lines
from llmreg.compat.schemas import Schemas
from llmreg.errors import UsageError
from llmreg.llm import loading
from llmreg.llm.export.fixes import fixed
from llmreg.llm.loading import Loaded
from llmreg.llm.profiles import catalogue, decoder
from llmreg.llm.profiles.engine import compiled, lint_schema, verdict
from llmreg.llm.profiles.profile import Profile
from llmreg.model.finding import Finding
from llmreg.model.jsontext import decode
from llmreg.model.mode import Mode
from llmreg.model.record import dataclass, field
from llmreg.model.report import Report, SubjectReport, Verdict
from llmreg.store.atomic import replace_all
from llmreg.store.workspace import Workspace

_DECODER = "llguidance"


@dataclass(frozen=True, slots=True)
class LintRequest:
    """`targets`: subjects (`SUBJECT`: the working file, `SUBJECT@RANGE`: a version) and files. `profiles`: names, with
    `@date` or without, or `all`. `fix`: rewrite working and loose files where a repair loses nothing."""

    start: Path
    targets: tuple[str, ...]
    profiles: tuple[str, ...]
    fix: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LintResult:
    """The report, whose notes say for each schema and profile what no finding means; how many places were repaired."""

    report: Report
    root_prefix: str = ""
    repaired: int = 0


def lint(request: LintRequest, read: Callable[[str], bytes]) -> LintResult:
    """Every finding of every profile, schema by schema. Raises LlmregError for what cannot be read."""
    if not request.targets:
        raise UsageError("name at least one subject or file")
    profiles = catalogue.choose(request.profiles)
    findings: list[Finding] = []
    notes: list[str] = []
    repaired = 0
    with _registry(request) as workspace:
        for target in request.targets:
            loaded = _load(request, workspace, target, read)
            found, told = _judged(loaded, profiles)
            if request.fix and loaded.editable:
                number = _repair(request, workspace, loaded, found)
                if number:
                    repaired += number
                    notes.append(f"{loaded.label}: {number} place{'s' if number > 1 else ''} repaired in {loaded.path}")
                    loaded = _load(request, workspace, target, read)
                    found, told = _judged(loaded, profiles)
            elif request.fix:
                notes.append(f"{loaded.label}: a registered version is never changed; --fix repairs the working file")
            findings += _placed(loaded, found)
            notes += told
        prefix = workspace.prefix if workspace is not None else ""
    report = Report(general=tuple(findings), notes=tuple(notes), linted=request.targets)
    return LintResult(report, prefix, repaired)


@contextmanager
def _registry(request: LintRequest) -> Iterator[Workspace | None]:
    """The registry around; None where there is none, which is fine for loose files."""
    workspace = Workspace.around(request.start, request.environment)
    if workspace is None:
        yield None
        return
    with workspace:
        yield workspace


def _load(request: LintRequest, workspace: Workspace | None, target: str, read: Callable[[str], bytes]) -> Loaded:
    file = request.start / target
    view = workspace.worktree() if workspace is not None else None
    if file.is_file():
        resolve = Schemas(view).resolve("json") if view is not None else None
        return loading.from_file(_from_root(file, workspace, target), read(str(file)), resolve)
    if view is None:
        raise UsageError(f"no file {target}, and no registry around here that could have a subject of that name")
    return loading.from_registry(view, target, working=True)


def _from_root(file: Path, workspace: Workspace | None, target: str) -> str:
    root = workspace.root if workspace is not None else None
    if root is None:
        return target
    try:
        return file.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return target


def _judged(loaded: Loaded, profiles: tuple[Profile, ...]) -> tuple[list[Finding], list[str]]:
    findings: list[Finding] = []
    notes = []
    for profile in profiles:
        found = lint_schema(loaded.document, profile, name=loaded.name)
        version = decoder.available() if profile.id == _DECODER else None
        if version is not None:
            found += compiled(loaded.document, profile, found)
        findings += found
        real = f"; compiled with llguidance {version}" if version is not None else ""
        notes.append(f"{loaded.label}: {verdict(profile, found)}{real}")
    return findings, notes


def _placed(loaded: Loaded, findings: list[Finding]) -> tuple[Finding, ...]:
    """With file and line."""
    report = SubjectReport(loaded.label, "json", Mode.NONE, Verdict.COMPATIBLE, findings=tuple(findings))
    return with_lines(report, loaded.path, loaded.source).findings


def _repair(request: LintRequest, workspace: Workspace | None, loaded: Loaded, found: list[Finding]) -> int:
    if loaded.path.endswith((".yaml", ".yml")):
        return 0
    text, number = fixed(decode(loaded.source), found)
    if number:
        root = workspace.root if workspace is not None and workspace.root is not None else request.start
        replace_all({root / loaded.path: text.encode()})
    return number
