"""`check`: everything that CI and the hook must know about a change, in one report."""

from __future__ import annotations

import time

from llmreg.errors import NotFoundError, UsageError
from llmreg.model.record import replace
from llmreg.ops.check.registry import check_registry
from llmreg.ops.check.request import Advance, CheckRequest, CheckResult
from llmreg.ops.check.targets import split_targets, working_files
from llmreg.store.registry import RegistryView
from llmreg.store.workspace import Workspace

__all__ = ["CheckRequest", "CheckResult", "check"]


def check(request: CheckRequest, advance: Advance | None = None) -> CheckResult:
    """Check a registry, or loose schema files where the targets are such. Raises LlmregError."""
    _refuse_nonsense(request)
    began = time.monotonic()
    try:
        workspace = Workspace.open(request.start, request.environment)
    except NotFoundError:
        if not request.targets:
            raise
        result = _loose(request, request.targets)
    else:
        with workspace:
            result = _in_registry(request, workspace, advance)
    report = replace(result.report, allow_undecided=request.allow_undecided, seconds=time.monotonic() - began)
    return replace(result, report=report)


def _in_registry(request: CheckRequest, workspace: Workspace, advance: Advance | None) -> CheckResult:
    subjects, files = split_targets(request, workspace)
    if files and subjects:
        raise UsageError("name subjects or loose files, not both in one run")
    if request.against_tags and subjects:
        files, subjects = working_files(subjects, workspace), ()
    if files or request.against_tags:
        return _loose(request, files, workspace.worktree() if workspace.root is not None else None)
    return CheckResult(check_registry(request, workspace, subjects, advance), workspace.prefix)


def _loose(request: CheckRequest, files: tuple[str, ...], registry: RegistryView | None = None) -> CheckResult:
    from llmreg.ops.check.loose import check_files  # the hook, which has no loose files, does not wait for it

    return check_files(request, files, registry)


def _refuse_nonsense(request: CheckRequest) -> None:
    if request.staged and request.head:
        raise UsageError("--staged judges the index and --head a revision: choose one")
    if request.everything and (request.targets or request.against_tags):
        raise UsageError("--all checks every subject: name none")
    if request.everything and request.against:
        raise UsageError("--all needs no baseline: leave --against out, or leave --all out")
    if request.against and request.against_tags:
        raise UsageError("--against and --against-tags are two baselines: choose one")
    if request.against_tags and not request.targets:
        raise UsageError(
            "--against-tags compares loose files with releases: name the files",
            hint="a registry's earlier versions are in its ledger; `llmreg check --all` judges them",
        )
