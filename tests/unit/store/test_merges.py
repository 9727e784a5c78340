"""Two people, one subject: whatever way the second pull request lands, a wrong ledger is noticed."""

import subprocess

import pytest

from llmreg.errors import ConflictError
from llmreg.store.git import GitReader
from llmreg.store.invariant import invariants
from llmreg.store.registry import RegistryView
from llmreg.store.revision import RevisionSnapshot

LEDGER = "subjects/chat/reply/versions.jsonl"


@pytest.fixture
def racing(scratch_repo):
    """`main` got 1.2.0 while `side` (checked out) registered 2.0.0."""
    scratch_repo.git("switch", "-qc", "side")
    scratch_repo.version("chat/reply", "2.0.0", '{"ours": 1}\n')
    scratch_repo.commit("ours")
    scratch_repo.git("switch", "-q", "main")
    scratch_repo.version("chat/reply", "1.2.0", '{"theirs": 1}\n')
    scratch_repo.commit("theirs")
    scratch_repo.git("switch", "-q", "side")
    return scratch_repo


def land(repo, how: str) -> None:
    """Bring the two together; it must conflict."""
    command = {
        "merge": ("merge", "-q", "main"),
        "squash": ("merge", "-q", "--squash", "main"),
        "rebase": ("rebase", "-q", "main"),
        "cherry-pick": ("cherry-pick", "side"),
    }[how]
    if how == "cherry-pick":
        repo.git("switch", "-qC", "picked", "main")
    with pytest.raises(subprocess.CalledProcessError):
        repo.git(*command)


def findings(repo) -> set[str]:
    with GitReader.open(repo.root) as reader:
        base, head = (
            RegistryView(RevisionSnapshot(reader, reader.resolve(name), name)).view("chat/reply")
            for name in ("main", "HEAD")
        )
        return {finding.rule for item in invariants().values() for finding in item.check(base, head)} - {"drift"}


@pytest.mark.parametrize("how", ["merge", "squash", "rebase", "cherry-pick"])
@pytest.mark.parametrize("resolution", ["theirs, then ours", "ours only", "ours first"])
def test_conflict_and_resolution(racing, how: str, resolution: str) -> None:
    theirs, ours = (racing.git("show", f"{name}:{LEDGER}").splitlines()[-1] for name in ("main", "side"))
    start = racing.git("show", f"main~1:{LEDGER}").splitlines()
    land(racing, how)
    with pytest.raises(ConflictError):
        _ = RegistryView(_worktree(racing)).view("chat/reply").ledger
    lines = {"theirs, then ours": [theirs, ours], "ours only": [ours], "ours first": [ours, theirs]}[resolution]
    racing.write(LEDGER, "".join(f"{line}\n" for line in [*start, *lines]))
    racing.git("add", "--all")
    racing.git("-c", "core.editor=true", "commit", "-qm", "landed")
    expected = {
        "theirs, then ours": set(),
        "ours only": {"ledger-prefix", "sha"},
        "ours first": {"ledger-prefix"},
    }[resolution]
    assert findings(racing) == expected


def test_identical_registrations_merge_to_one_line(scratch_repo) -> None:
    for branch in ("one", "two"):
        scratch_repo.git("switch", "-qc", branch, "main")
        scratch_repo.version("chat/reply", "1.2.0", "{}\n")
        scratch_repo.write(f"{branch}.txt", branch)
        scratch_repo.commit(branch)
    scratch_repo.git("merge", "-q", "-m", "both", "one")
    assert len(RegistryView(_worktree(scratch_repo)).view("chat/reply").ledger) == 3
    assert findings(scratch_repo) == set()


def test_reverting_a_registration_is_noticed(scratch_repo) -> None:
    scratch_repo.version("chat/reply", "1.2.0", "{}\n")
    scratch_repo.commit()
    scratch_repo.git("switch", "-qc", "undo")
    scratch_repo.git("revert", "--no-edit", "HEAD")
    assert findings(scratch_repo) == {"ledger-prefix", "immutable"}


@pytest.mark.parametrize("autocrlf", ["true", "input", "false"])
def test_checkouts_keep_the_bytes(scratch_repo, tmp_path, autocrlf: str) -> None:
    clone = tmp_path / "clone"
    scratch_repo.git(
        "clone", "-q", "-c", f"core.autocrlf={autocrlf}", "-c", "core.eol=crlf", str(scratch_repo.path), str(clone)
    )
    view = RegistryView(_worktree(scratch_repo, clone)).view("chat/reply")
    assert [finding for item in invariants().values() for finding in item.check(None, view)] == []


def _worktree(repo, root=None):
    from llmreg.store.worktree import WorktreeSnapshot

    return WorktreeSnapshot(root or repo.root)
