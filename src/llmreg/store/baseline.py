"""Which revision a check compares with, and why: asked for, or the hook's, or CI's, or the merge base, or HEAD."""

from __future__ import annotations

from collections.abc import Mapping

from llmreg.errors import GitError, LlmregError
from llmreg.model.record import dataclass
from llmreg.model.report import Baseline
from llmreg.store.git import GitReader

_FROM_REF = "PRE_COMMIT_FROM_REF"
_DEFAULT_BRANCHES = ("refs/remotes/origin/main", "refs/remotes/origin/master")


@dataclass(frozen=True, slots=True)
class ChosenBaseline(Baseline):
    """`tree` is what to compare with: the commit, or the empty tree where there is none. `fork` is the commit where
    this line of work left the baseline (the commit itself when HEAD contains it).

    `moved`: the baseline holds work that HEAD has not seen, so a path that differs is ours only if it also differs from
    `fork`; without a fork nobody can tell, and a path that is gone is "unknown, the baseline moved", not deleted."""

    tree: str = ""
    fork: str | None = None
    moved: bool = False


def choose(
    reader: GitReader,
    against: str | None,
    *,
    staged: bool,
    env: Mapping[str, str],
    branch: str | None = None,
    head: str = "HEAD",
) -> ChosenBaseline:
    """The baseline of a check of `head` (git-store note §8).

    `branch` is the registry's configured one (`origin/main`). Raises GitError when a revision that somebody named does
    not resolve, or when a shallow clone hides where this branch left the default branch; both say what to fetch.
    """
    tip = reader.try_resolve(head)
    if against is not None:
        return _named(reader, tip, against, "asked for with --against")
    if tip is None:
        return _empty(reader, "no commit yet: everything is new")
    if staged and not env.get(_FROM_REF):
        return _under_index(reader, tip, branch)
    return _from_environment(reader, tip, env) or _from_branch(reader, tip, branch, head)


def _from_environment(reader: GitReader, tip: str, env: Mapping[str, str]) -> ChosenBaseline | None:
    """What pre-commit, GitHub or GitLab say about the change that is being looked at."""
    hook = env.get(_FROM_REF)
    if hook and hook.strip("0"):
        return _named(reader, tip, hook, f"pre-commit's {_FROM_REF}")
    base = env.get("GITHUB_BASE_REF")
    if base:
        parents = reader.parents(tip)
        if len(parents) > 1:
            return _first_parent(reader, parents[0])
        if reader.is_shallow and reader.try_resolve(f"refs/remotes/origin/{base}") is None:
            raise GitError(
                f"HEAD is no merge commit, and this shallow clone does not hold {base}, which the pull request is for",
                hint="check out GitHub's merge commit with `fetch-depth: 2`, or set `fetch-depth: 0`",
            )
    gitlab = env.get("CI_MERGE_REQUEST_DIFF_BASE_SHA")
    if gitlab:
        return _named(reader, tip, gitlab, "GitLab's CI_MERGE_REQUEST_DIFF_BASE_SHA")
    return None


def _under_index(reader: GitReader, tip: str, branch: str | None) -> ChosenBaseline:
    """HEAD; while the default branch is being merged into ours, that branch: its ledgers come first."""
    if (reader.repository.git_dir / "MERGE_HEAD").exists():
        merged, upstream = reader.try_resolve("MERGE_HEAD"), _upstream(reader, branch)
        if merged and upstream and reader.merge_base(merged, upstream[1]) == merged:
            return ChosenBaseline("MERGE_HEAD", merged, "the default branch, which is being merged", merged, merged)
    return ChosenBaseline("HEAD", tip, "the commit that the staged changes go on top of", tip, tip)


def _first_parent(reader: GitReader, parent: str) -> ChosenBaseline:
    try:
        commit = reader.resolve("HEAD^1")
    except GitError:
        raise GitError(
            f"HEAD is GitHub's merge commit, but its first parent {parent[:7]} is not in this clone",
            hint="set `fetch-depth: 2` in the checkout step",
        ) from None
    return ChosenBaseline("HEAD^1", commit, "first parent of GitHub's merge commit", commit, commit)


def _named(reader: GitReader, tip: str | None, revision: str, why: str) -> ChosenBaseline:
    commit = reader.resolve(revision)
    if tip is None or commit == tip:
        return ChosenBaseline(revision, commit, why, commit, commit)
    fork = reader.merge_base(commit, tip)
    return ChosenBaseline(revision, commit, why, commit, fork, moved=fork != commit)


def _from_branch(reader: GitReader, tip: str, branch: str | None, head: str) -> ChosenBaseline:
    upstream = _upstream(reader, branch)
    if upstream is None:
        return ChosenBaseline(head, tip, "no default branch is known: the last commit", tip, tip)
    name, commit = upstream
    short = name.removeprefix("refs/remotes/").removeprefix("refs/heads/")
    if commit == tip:
        return ChosenBaseline(head, tip, f"HEAD is {short}: the last commit", tip, tip)
    base = reader.merge_base(commit, tip)
    if base is not None:
        return ChosenBaseline(base[:12], base, f"merge base of HEAD and {short}", base, base)
    if reader.is_shallow:
        raise GitError(
            f"this shallow clone does not hold the commit where HEAD left {short}",
            hint="set `fetch-depth: 0`, or `git fetch --unshallow`, or name the baseline with --against",
        )
    return ChosenBaseline(head, tip, f"HEAD and {short} have no common commit: the last commit", tip, tip)


def _upstream(reader: GitReader, branch: str | None) -> tuple[str, str] | None:
    """(name, commit) of the default branch: the configured one, `origin/HEAD`, `origin/main`, `origin/master`."""
    if branch is not None:
        for name in (branch, f"refs/remotes/origin/{branch}", f"refs/heads/{branch}"):
            try:
                return name, reader.resolve(name)
            except LlmregError:
                continue
        raise GitError(
            f"the configured branch {branch!r} is not in this clone",
            hint=f"fetch it: git fetch origin +refs/heads/{branch}:refs/remotes/origin/{branch}",
        )
    remote = reader.symbolic_ref("refs/remotes/origin/HEAD")
    for name in ((remote,) if remote else ()) + _DEFAULT_BRANCHES:
        commit = reader.try_resolve(name)
        if commit is not None:
            return name, commit
    return None


def _empty(reader: GitReader, why: str) -> ChosenBaseline:
    tree = reader.empty_tree()
    return ChosenBaseline("", None, why, tree, tree)
