"""What the work tree changed, told from Git's index: the same as comparing it with the whole tree of the commit."""

from __future__ import annotations

import os
import time

import pytest

from llmreg.store.changed import touched, touched_since
from llmreg.store.git import GitReader
from llmreg.store.revision import RevisionSnapshot
from llmreg.store.statcache import StatCache
from llmreg.store.worktree import WorktreeSnapshot

FILES = 400


@pytest.fixture(params=["", "deep/reg"])
def changed(make_repo, request: pytest.FixtureRequest):
    """A registry with every kind of change, and its first commit."""
    repo = make_repo(inside=request.param)
    repo.registry()
    for number in range(FILES):
        repo.write(f"subjects/s{number}/schema.json", f"{number}\n")
    commit = repo.commit()

    def path(number: int):
        return repo.root / f"subjects/s{number}/schema.json"

    path(1).write_text("staged\n")
    path(2).unlink()
    repo.write("subjects/added/schema.json", "{}\n")
    repo.git("add", "--all")
    path(3).write_text("staged, then taken back\n")
    repo.git("add", "--all")
    path(3).write_text("3\n")
    path(4).write_text("not staged\n")
    path(5).unlink()
    path(6).chmod(0o755)
    repo.git("rm", "--cached", "--quiet", str(path(7)))
    repo.write("subjects/gone-again/schema.json", "{}\n")
    repo.git("add", "--all")
    (repo.root / "subjects/gone-again/schema.json").unlink()
    repo.write("subjects/untracked/schema.json", "{}\n")
    repo.write("subjects/intended/schema.json", "{}\n")
    repo.git("add", "--intent-to-add", str(repo.root / "subjects/intended/schema.json"))
    repo.write("subjects/vanished/schema.json", "{}\n")
    repo.git("add", "--intent-to-add", str(repo.root / "subjects/vanished/schema.json"))
    (repo.root / "subjects/vanished/schema.json").unlink()
    repo.git("update-index", "--assume-unchanged", str(path(8)))
    path(8).write_text("hidden\n")
    path(9).unlink()
    path(9).symlink_to("../s10/schema.json")
    repo.write("llmreg.yaml", "registry: 1\nmode: FULL\n")
    return repo, commit


def test_it_is_what_comparing_everything_says(changed) -> None:
    repo, commit = changed
    with GitReader.open(repo.root) as reader:
        head = WorktreeSnapshot(repo.root, cache=StatCache(reader))
        found = touched_since(reader, commit, head, reader.repository.prefix)
        assert found == touched(RevisionSnapshot(reader, commit), WorktreeSnapshot(repo.root))
        assert {"s1", "s2", "s4", "s5", "s6", "s8", "s9", "added", "untracked", "intended"} <= found
        assert not {"s3", "s7", "s10", "gone-again", "vanished"} & found


def test_few_files_and_many_changes_are_compared_one_by_one(make_repo) -> None:
    repo = make_repo()
    repo.registry()
    repo.subject("a", "1.0.0")
    commit = repo.commit()
    with GitReader.open(repo.root) as reader:
        assert touched_since(reader, commit, WorktreeSnapshot(repo.root, cache=StatCache(reader)), "") is None
        assert touched_since(reader, commit, WorktreeSnapshot(repo.root), "") is None
        assert touched_since(reader, commit, RevisionSnapshot(reader, commit), "") is None
    for number in range(FILES):
        repo.write(f"subjects/s{number}/schema.json", f"{number}\n")
    commit = repo.commit()
    later = time.time_ns() + 10**9
    for number in range(FILES):
        os.utime(repo.root / f"subjects/s{number}/schema.json", ns=(later, later))
    with GitReader.open(repo.root) as reader:
        assert touched_since(reader, commit, WorktreeSnapshot(repo.root, cache=StatCache(reader)), "") is None
