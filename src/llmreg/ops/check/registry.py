"""Check a registry: the subjects that changed since the baseline, or all of them."""

from __future__ import annotations

from typing import NamedTuple

from llmreg.compat.affected import with_affected
from llmreg.compat.loosened import config_findings
from llmreg.errors import NotFoundError
from llmreg.model.finding import Finding
from llmreg.model.record import replace
from llmreg.model.report import Report, SubjectReport
from llmreg.ops.check.request import Advance, CheckRequest
from llmreg.ops.check.share import Order, judged, sides_of, view_of
from llmreg.store import layout
from llmreg.store.baseline import ChosenBaseline, choose
from llmreg.store.changed import INDEX, changed_paths, subjects_in, touched, touched_since
from llmreg.store.invariant import invariants
from llmreg.store.registry import RegistryView
from llmreg.store.staged import LABEL as STAGED_LABEL
from llmreg.store.workspace import Workspace


class _Scope(NamedTuple):
    """What is compared: `names` to look at, `ours` False for a subject that only the baseline moved."""

    head: RegistryView
    base: RegistryView | None
    baseline: ChosenBaseline | None
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()
    everything: bool = False


def check_registry(
    request: CheckRequest, workspace: Workspace, subjects: tuple[str, ...], advance: Advance | None
) -> Report:
    """One report over every subject in scope, in order of name. Raises LlmregError for what cannot be read at all."""
    revision = (workspace.reader.resolve(request.head), request.head) if request.head else None
    head = view_of(request, workspace, revision)
    if not head.has_config:
        raise NotFoundError(f"there is no llmreg.yaml in {head.snapshot.label}", hint="stage it: git add llmreg.yaml")
    config = head.config
    scope = _scope(request, workspace, head, subjects)
    scope.head.warm(scope.names)
    if scope.base is not None:
        scope.base.warm(scope.names)
    sides = sides_of(request, head, scope.base, everything=scope.everything)
    base = (scope.baseline.tree, scope.baseline.revision) if scope.base is not None and scope.baseline else None
    alone = replace(request, environment=dict(request.environment))  # `os.environ` itself cannot be sent
    order = Order(alone, revision, base, scope.everything, frozenset(subjects))
    told = list(judged(order, sides, scope.names, advance))
    reports = [report for one in told for report in one.reports]
    if any(one.prompts for one in told):
        from llmreg.ops.check.prompts import with_prompts  # most checks have neither a prompt nor variables

        reports = with_prompts(sides, reports)
    general = [*config_findings(sides.base_config, config), *_across(scope, reports)]
    bindings: tuple[str, ...] = ()
    if head.snapshot.entries(layout.BINDINGS):
        from llmreg.ops.check.bindings import affected_bindings  # a registry without bindings does not wait for it

        bindings, found = affected_bindings(sides, scope.names, reports)
        general += found
    return Report(
        with_affected(reports, head),
        scope.baseline,
        tuple(general),
        scope.notes,
        checked=len(scope.names),
        bindings=bindings,
    )


def _scope(request: CheckRequest, workspace: Workspace, head: RegistryView, subjects: tuple[str, ...]) -> _Scope:
    for name in subjects:
        head.subject(name)  # one that is missing is the caller's mistake, not an unchanged subject
    if request.everything or not (workspace.in_git or request.against or request.staged):
        why = () if request.everything else ("in no Git repository: everything that needs no baseline was checked",)
        return _Scope(head, None, None, subjects or head.names, why, everything=True)
    baseline = choose(
        workspace.reader,
        request.against,
        staged=request.staged,
        env=request.environment,
        branch=head.config.branch,
        head=request.head or "HEAD",
    )
    base = workspace.at(baseline.tree, baseline.revision)
    changed, notes = _changed(request, workspace, head, baseline)
    if not changed and not subjects and _all_files_run(request):
        note = "nothing is staged (pre-commit run --all-files): everything was checked"
        return _Scope(head, None, baseline, head.names, (note,), everything=True)
    return _Scope(head, base, baseline, subjects or tuple(sorted(changed)), notes)


def _changed(
    request: CheckRequest, workspace: Workspace, head: RegistryView, baseline: ChosenBaseline
) -> tuple[set[str], tuple[str, ...]]:
    """The subjects that this line of work changed; what only the baseline changed since is not ours."""
    changed = _differing(request, workspace, head, baseline.tree, baseline.revision)
    if not baseline.moved:
        return changed, ()
    if baseline.fork is None:
        return changed, (f"{baseline.revision} and HEAD have no common commit here: its newer work may look undone",)
    ours = _differing(request, workspace, head, baseline.fork, "")
    notes = (f"{baseline.revision} has moved since this branch left it; only what changed here was checked",)
    return changed & ours, notes if changed - ours else ()


def _differing(request: CheckRequest, workspace: Workspace, head: RegistryView, tree: str, name: str) -> set[str]:
    if request.staged:
        return subjects_in(change.path for change in changed_paths(workspace.reader, tree, INDEX, workspace.prefix))
    if request.head:
        oid = workspace.reader.resolve(request.head)
        return subjects_in(change.path for change in changed_paths(workspace.reader, tree, oid, workspace.prefix))
    found = touched_since(workspace.reader, tree, head.snapshot, workspace.prefix)
    return touched(workspace.at(tree, name).snapshot, head.snapshot) if found is None else found


def _all_files_run(request: CheckRequest) -> bool:
    """`pre-commit run --all-files` has nothing staged and names no revisions."""
    return request.staged and bool(request.environment.get("PRE_COMMIT"))


def _across(scope: _Scope, reports: list[SubjectReport]) -> list[Finding]:
    """What only the whole registry shows. Both scans cost with the registry's size: names are compared when a subject
    was added, ids when a version was added outside the hook, where somebody waits."""
    names, ids = invariants()["names"], invariants()["id"]
    if scope.base is None or scope.everything:
        return names.check_all(scope.head) + ids.check_all(scope.head)
    findings = []
    if any(scope.head.has(name) and not scope.base.has(name) for name in scope.names):
        findings += names.check_all(scope.head)
    if any(report.version is not None for report in reports) and scope.head.snapshot.label != STAGED_LABEL:
        findings += ids.check_all(scope.head)
    return findings
