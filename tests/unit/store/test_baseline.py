"""Which revision a check compares with, for every way it is started; shallow clones say what to fetch."""

from pathlib import Path

import pytest

from llmreg.errors import GitError
from llmreg.store.baseline import choose
from llmreg.store.git import GitReader


def chosen(repo_path: Path, against: str | None = None, *, staged: bool = False, branch: str | None = None, **env: str):
    with GitReader.open(repo_path) as reader:
        return choose(reader, against, staged=staged, env=env, branch=branch)


@pytest.fixture
def forked(scratch_repo):
    """`main` with two commits after the fork, `side` (checked out) with one."""
    fork = scratch_repo.git("rev-parse", "HEAD")
    scratch_repo.subject("theirs", "1.0.0")
    scratch_repo.commit("theirs (#7)")
    scratch_repo.git("update-ref", "refs/remotes/origin/main", "main")
    scratch_repo.git("switch", "-qc", "side", fork)
    scratch_repo.subject("ours", "1.0.0")
    scratch_repo.commit("ours")
    return scratch_repo


def test_asked_for(forked) -> None:
    base = chosen(forked.path, "main")
    assert (base.commit, base.tree) == (forked.git("rev-parse", "main"),) * 2
    assert base.fork == forked.git("merge-base", "main", "side")
    assert base.moved
    assert "--against" in base.why
    assert not chosen(forked.path, "HEAD~1").moved


def test_merge_base_with_the_default_branch(forked) -> None:
    fork = forked.git("merge-base", "main", "side")
    assert chosen(forked.path).commit == fork
    assert chosen(forked.path).why == "merge base of HEAD and origin/main"
    forked.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    assert chosen(forked.path).commit == fork
    assert chosen(forked.path, branch="main").why == "merge base of HEAD and main"
    with pytest.raises(GitError, match="configured branch 'gone'") as caught:
        chosen(forked.path, branch="gone")
    assert "+refs/heads/gone:refs/remotes/origin/gone" in (caught.value.hint or "")


def test_no_upstream_and_on_the_default_branch(scratch_repo) -> None:
    head = scratch_repo.git("rev-parse", "HEAD")
    assert (chosen(scratch_repo.path).commit, chosen(scratch_repo.path).revision) == (head, "HEAD")
    scratch_repo.git("update-ref", "refs/remotes/origin/main", head)
    assert chosen(scratch_repo.path).why == "HEAD is origin/main: the last commit"


def test_staged_is_head(forked) -> None:
    assert chosen(forked.path, staged=True).commit == forked.git("rev-parse", "HEAD")


def test_unborn_head_is_the_empty_tree(make_repo) -> None:
    for object_format, empty in (
        ("sha1", "4b825dc642cb6eb9a060e54bf8d69288fbee4904"),
        ("sha256", "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"),
    ):
        repo = make_repo(object_format, object_format=object_format)
        for staged in (True, False):
            base = chosen(repo.path, staged=staged)
            assert (base.commit, base.tree, base.moved) == (None, empty, False)


def test_pre_commit_and_gitlab(forked) -> None:
    first = forked.git("rev-parse", "main~1")
    for env in ({"PRE_COMMIT_FROM_REF": first}, {"CI_MERGE_REQUEST_DIFF_BASE_SHA": first}):
        base = chosen(forked.path, **env)
        assert base.commit == first
        assert next(iter(env)) in base.why
    assert chosen(forked.path, staged=True, PRE_COMMIT_FROM_REF=first).commit == first
    assert chosen(forked.path, PRE_COMMIT_FROM_REF="0" * 40).why.startswith("merge base")


def test_github_merge_commit_at_depth_2_and_1(forked, tmp_path: Path) -> None:
    forked.git("switch", "-q", "--detach", "main")
    forked.git("merge", "-q", "--no-ff", "-m", "Merge side into main", "side")
    forked.git("update-ref", "refs/heads/merged", "HEAD")
    for depth in (2, 1):
        clone = tmp_path / f"depth{depth}"
        forked.git("clone", "-q", f"--depth={depth}", "--branch=merged", f"file://{forked.path}", str(clone))
        if depth == 2:
            base = chosen(clone, GITHUB_BASE_REF="main")
            assert (base.revision, base.commit) == ("HEAD^1", forked.git("rev-parse", "main"))
            assert not base.moved
        else:
            with pytest.raises(GitError, match="first parent") as caught:
                chosen(clone, GITHUB_BASE_REF="main")
            assert caught.value.hint == "set `fetch-depth: 2` in the checkout step"


def test_github_pull_request_whose_own_commit_was_checked_out(forked, tmp_path: Path) -> None:
    clone = tmp_path / "shallow"
    forked.git("clone", "-q", "--depth=1", "--branch=side", f"file://{forked.path}", str(clone))
    with pytest.raises(GitError, match="does not hold main, which the pull request is for") as caught:
        chosen(clone, GITHUB_BASE_REF="main")
    assert "fetch-depth: 0" in (caught.value.hint or "")
    assert chosen(forked.path, GITHUB_BASE_REF="main").commit


def test_shallow_clone_without_a_merge_base(forked, tmp_path: Path) -> None:
    clone = tmp_path / "shallow"
    forked.git("clone", "-q", "--depth=1", "--no-single-branch", "--branch=side", f"file://{forked.path}", str(clone))
    forked.git("remote", "set-head", "origin", "main", cwd=clone)
    with pytest.raises(GitError, match="shallow clone does not hold the commit") as caught:
        chosen(clone)
    assert "fetch-depth: 0" in (caught.value.hint or "")
    base = chosen(clone, "origin/main")
    assert base.moved
    assert base.fork is None
    with pytest.raises(GitError, match="knows no revision") as caught:
        chosen(clone, "HEAD~1")
    assert "fetch-depth: 2" in (caught.value.hint or "")


def test_merging_the_default_branch_into_ours(forked) -> None:
    """Its ledgers come first, so it is what the merge commit is compared with."""
    forked.git("merge", "-q", "--no-ff", "--no-commit", "main")
    base = chosen(forked.path, staged=True)
    assert (base.revision, base.commit) == ("MERGE_HEAD", forked.git("rev-parse", "main"))
    forked.git("merge", "--abort")
    forked.git("switch", "-q", "main")
    forked.git("merge", "-q", "--no-ff", "--no-commit", "side")
    assert chosen(forked.path, staged=True).revision == "HEAD"
