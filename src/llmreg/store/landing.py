"""Which side of a merge, rebase or cherry-pick has landed already, and so keeps its version numbers."""

from __future__ import annotations

from llmreg.errors import UsageError
from llmreg.model.record import dataclass
from llmreg.store.baseline import choose
from llmreg.store.git import GitReader

_REMOTE_DEFAULTS = ("refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master")
_LOCAL_DEFAULTS = ("refs/heads/main", "refs/heads/master")


@dataclass(frozen=True, slots=True)
class Landing:
    """`tree` is the landed side: `commit`, or the empty tree where nothing is committed. `sides` are the commits that
    are put together; `settled` those whose versions were settled before (a rebased commit's parent). `state` is
    `merge`, `rebase`, `cherry-pick`, or empty when Git is in the middle of nothing."""

    revision: str
    commit: str | None
    tree: str
    why: str
    sides: tuple[str, ...]
    settled: tuple[str, ...] = ()
    state: str = ""


def landing(reader: GitReader, against: str | None, branch: str | None) -> Landing:
    """`against` is the landed revision where somebody names it, `branch` the registry's configured default branch.

    Raises UsageError when `against` is not part of what is being put together: its versions would come without its
    other work."""
    state, other = _state(reader)
    heads = [name for name in ("HEAD", other) if name]
    sides = tuple(oid for name in heads if (oid := reader.try_resolve(name)) is not None)
    if against is not None:
        commit = reader.resolve(against)
        if not any(reader.merge_base(commit, side) == commit for side in sides):
            raise UsageError(f"{against} is not merged here", hint=f"first `git merge {against}` or `git rebase`")
        return Landing(against, commit, commit, "asked for with --against", sides, state=state)
    if state in ("rebase", "cherry-pick"):
        parent = reader.try_resolve(f"{other}^1") if other else None
        why = f"what this {state} puts your commits on"
        return Landing("HEAD", sides[0], sides[0], why, sides, (parent,) if parent else (), state)
    if state == "merge":
        name, why = _landed_side(reader, branch)
        commit = reader.resolve(name)
        return Landing(name, commit, commit, why, sides, state=state)
    local = _local_fork(reader)
    if local is not None:
        return Landing(local[:12], local, local, "where this branch and the local default branch part", sides)
    chosen = choose(reader, None, staged=False, env={}, branch=branch)
    return Landing(chosen.revision, chosen.commit, chosen.tree, chosen.why, sides)


def _state(reader: GitReader) -> tuple[str, str]:
    """(what Git is in the middle of, the ref of the commit that it brings)."""
    inside = reader.repository.git_dir
    if (inside / "rebase-merge").exists() or (inside / "rebase-apply").exists():
        return "rebase", "REBASE_HEAD" if (inside / "REBASE_HEAD").exists() else ""
    if (inside / "MERGE_HEAD").exists():
        return "merge", "MERGE_HEAD"
    if (inside / "CHERRY_PICK_HEAD").exists():
        return "cherry-pick", "CHERRY_PICK_HEAD"
    return "", ""


def _landed_side(reader: GitReader, branch: str | None) -> tuple[str, str]:
    """Of a merge: the default branch's side; ours where neither is, because others may have ours already."""
    chosen = choose(reader, None, staged=True, env={}, branch=branch)
    merged = reader.resolve("MERGE_HEAD")
    if chosen.revision == "MERGE_HEAD":
        return "MERGE_HEAD", chosen.why
    local = _local_default(reader)
    if local is not None and reader.merge_base(merged, local) == merged:
        return "MERGE_HEAD", "the local default branch, which is being merged"
    return "HEAD", "the branch that is merged into"


def _local_default(reader: GitReader) -> str | None:
    """The tip of the local default branch, in a repository without a remote one, unless it is the current branch."""
    if any(reader.try_resolve(name) for name in _REMOTE_DEFAULTS):
        return None
    current = reader.symbolic_ref("HEAD")
    for name in _LOCAL_DEFAULTS:
        tip = reader.try_resolve(name)
        if tip is not None:
            return None if name == current else tip
    return None


def _local_fork(reader: GitReader) -> str | None:
    local, tip = _local_default(reader), reader.try_resolve("HEAD")
    return reader.merge_base(local, tip) if local and tip else None
