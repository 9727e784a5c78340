"""An untouched file is not hashed again; one that was touched always is, whatever its times and flags pretend."""

import os
import time
from pathlib import Path

import pytest

from llmreg.store import statcache
from llmreg.store.git import GitReader
from llmreg.store.staged import StagedSnapshot
from llmreg.store.statcache import StatCache
from llmreg.store.worktree import WorktreeSnapshot

PATH = "subjects/chat/reply/schema.json"


@pytest.fixture
def settled(scratch_repo, monkeypatch: pytest.MonkeyPatch):
    """The cache is asked from the first file on, and every file is older than the index."""
    monkeypatch.setattr(statcache, "_MANY", 1)
    index = scratch_repo.path / ".git/index"
    scratch_repo.git("update-index", "--really-refresh")
    later = time.time() + 5
    os.utime(index, (later, later))
    return scratch_repo


def hashed(root: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The files that were read, while every entry is right."""
    read: set[str] = set()
    original = WorktreeSnapshot.read

    def spy(self: WorktreeSnapshot, path: str) -> bytes:
        read.add(path)
        return original(self, path)

    with GitReader.open(root) as reader:
        snapshot = WorktreeSnapshot(root, "sha1", StatCache(reader))
        with monkeypatch.context() as patch:
            patch.setattr(WorktreeSnapshot, "read", spy)
            entries = dict(snapshot.entries("subjects"))
        assert entries == dict(WorktreeSnapshot(root).entries("subjects"))
    return read


def test_untouched_files_are_not_read(settled, monkeypatch) -> None:
    assert hashed(settled.root, monkeypatch) == set()


@pytest.mark.parametrize("flag", [None, "--assume-unchanged", "--skip-worktree"])
def test_same_size_and_time_do_not_deceive(settled, monkeypatch, flag: str | None) -> None:
    if flag:
        settled.git("update-index", flag, PATH)
        os.utime(settled.path / ".git/index", (time.time() + 5,) * 2)
    path = settled.root / PATH
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b"1.1.0", b"6.6.6"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert hashed(settled.root, monkeypatch) == {PATH}


def test_a_file_as_young_as_the_index_is_read(settled, monkeypatch) -> None:
    os.utime(settled.path / ".git/index", (1, 1))
    assert PATH in hashed(settled.root, monkeypatch)


def test_an_unknown_listing_means_nothing_is_known(settled, monkeypatch) -> None:
    monkeypatch.setattr(GitReader, "index_file", lambda self: (2**62, b"another version's bytes"))
    monkeypatch.setattr(GitReader, "index_facts", lambda self: b"another version's words\0")
    assert PATH in hashed(settled.root, monkeypatch)


@pytest.mark.parametrize("inside", ["", "deep/reg"])
def test_the_index_as_difference_equals_the_index_as_listing(make_repo, inside: str) -> None:
    repo = make_repo(inside=inside)
    repo.registry()
    repo.subject("a", "1.0.0")
    repo.subject("a/b", "1.0.0")
    repo.subject("gone", "1.0.0")
    repo.commit()
    repo.version("a", "1.1.0", "{}\n")
    repo.subject("new", "1.0.0")
    repo.git("add", "--all")
    repo.git("rm", "-qr", "--cached", f"{inside}/subjects/gone".lstrip("/"))
    with GitReader.open(repo.root) as reader:
        whole = StagedSnapshot(reader).entries("")
        few = StagedSnapshot(reader)
        few.warm(["subjects/a", "subjects/new", "subjects/gone"])
        for prefix in ("subjects/a", "subjects/new", "subjects/gone", "llmreg.yaml"):
            expected = {path: entry for path, entry in whole.items() if path.startswith(prefix)}
            assert dict(few.entries(prefix)) == expected
        assert few.read("subjects/a/versions/1.1.0.json") == b"{}\n"
