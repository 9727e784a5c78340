"""`diff`: two schemas side by side, wherever they are: files, registered versions, or paths at a revision; or the files
of two folders."""

from __future__ import annotations

from contextlib import ExitStack

from llmreg.compat.bothways import compare_both_ways
from llmreg.compat.judge import Judge
from llmreg.compat.lines import with_lines
from llmreg.compat.policy import Terms
from llmreg.compat.schemas import Schemas
from llmreg.compat.trees import Pair, compare_trees
from llmreg.errors import NotFoundError, UsageError
from llmreg.formats import catalogue
from llmreg.formats.interface import Schema
from llmreg.llm.profiles.wanted import wanted
from llmreg.model.kind import KINDS
from llmreg.model.record import replace
from llmreg.model.report import Report, SubjectReport
from llmreg.model.subject import RegistryConfig, Rules, SubjectConfig, named_policy
from llmreg.ops.diff.folder import is_folder, trees
from llmreg.ops.diff.request import DiffRequest
from llmreg.ops.diff.side import Side, find, parse
from llmreg.store.workspace import Workspace

__all__ = ["DiffRequest", "diff"]


def diff(request: DiffRequest) -> Report:
    """Both directions; the mode decides which of them counts. Raises LlmregError."""
    with ExitStack() as open_files:
        workspace = Workspace.around(request.start, request.environment)
        if workspace is not None:
            open_files.enter_context(workspace)
        registry = workspace.worktree() if workspace is not None and workspace.root is not None else None
        schemas = Schemas(registry) if registry is not None else None
        registry_config = registry.config if registry is not None else RegistryConfig()
        if all(is_folder(request.start, text, registry) for text in (request.old, request.new)):
            if request.import_roots:
                raise UsageError("--proto-path is for files: of two folders, each is a tree of its own")
            return _folders(request, registry_config, schemas)
        old, new = (find(request, text, workspace, open_files) for text in (request.old, request.new))
        config = next((side.subject.config for side in (new, old) if side.subject is not None), None)
        declared = request.format or (config.format if config else None)
        _refuse_two_formats(old, new, request.format)
        schema_format = catalogue.detect(new.data, new.suffix, declared, new.label)
        judge = Judge(schema_format, _terms(request, registry_config, config), dict(config.settings) if config else {})
        before, after = (parse(side, schema_format, schemas) for side in (old, new))
        report = _compared(judge, Pair(old.label, new.label, before, after))
        report = _ordered(report, judge, (before, after), wanted(registry_config, config))
        if schema_format.name == "prompt" and registry is not None and schemas is not None:
            from llmreg.llm.prompts.registry import Prompts  # loaded where prompts are compared
            from llmreg.ops.diff.prompts import with_variables

            report = with_variables(report, (old, before), (new, after), judge.terms, Prompts(registry, schemas))
        return Report((with_lines(report, new.path, new.source) if new.path else report,), checked=1)


def _refuse_two_formats(old: Side, new: Side, declared: str | None) -> None:
    known = [(side.label, name) for side in (old, new) if (name := side.known_format(declared)) is not None]
    if len({name for _, name in known}) > 1:
        said = ", ".join(f"{label} is {name}" for label, name in known)
        raise UsageError(f"{said}: only schemas of one format can be compared")


def _folders(request: DiffRequest, registry: RegistryConfig, schemas: Schemas | None) -> Report:
    schema_format, old, new = trees(request)
    judge = Judge(schema_format, _terms(request, registry, None))
    resolve = schemas.resolve(schema_format.name) if schemas is not None else None
    reports, notes = compare_trees(judge, old, new, resolve, lambda pair: _compared(judge, pair))
    return Report(tuple(reports), notes=notes, checked=len(reports))


def _compared(judge: Judge, pair: Pair) -> SubjectReport:
    return compare_both_ways(judge, pair.new, pair.before, pair.after, pair.old)


def _ordered(
    report: SubjectReport, judge: Judge, sides: tuple[Schema, Schema], names: tuple[str, ...]
) -> SubjectReport:
    """With what the profiles of the subject make of the order of properties."""
    if not names:
        return report
    from llmreg.llm.profiles import catalogue as profiles
    from llmreg.llm.profiles.generation import order_findings, with_followers

    try:
        chosen = profiles.choose(names)
    except NotFoundError as error:
        return replace(report, notes=(*report.notes, f"`profiles`: {error.message}"))
    found = tuple(judge.terms.apply(finding) for finding in order_findings(*sides, chosen))
    return replace(report, findings=(*with_followers(report.findings, *sides, chosen), *found))


def _terms(request: DiffRequest, registry: RegistryConfig, config: SubjectConfig | None) -> Terms:
    kind = request.kind or (config.kind if config else "data")
    if kind not in KINDS:
        raise UsageError(f"unknown kind {kind!r}", hint=f"one of {', '.join(KINDS)}")
    rules = Rules.of(registry, config) if config else Rules(KINDS[kind].mode, "closed", "declared", {})
    chosen = replace(rules, mode=request.mode or rules.mode, writer=request.writer or rules.writer)
    if request.policy is not None:
        chosen = replace(chosen, like=named_policy(request.policy))
    return Terms(chosen, KINDS[kind], budget_seconds=registry.budget_seconds)
