"""Git's index, read from its file, says what Git says of it; one that needs more is left to Git."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from llmreg.store.git import GitReader
from llmreg.store.indexfile import listed, mode_of, oid_of, staged
from llmreg.store.statcache import StatCache
from llmreg.store.worktree import WorktreeSnapshot

NAMES = [
    "a",
    "a.b",
    "a/b/c",
    "a/b/cd",
    "ä/\udcff",
    "x" * 300,
    "x" * 300 + "y",
    *(f"n{number}" for number in range(300)),
]


@pytest.fixture(params=["", "deep/reg"])
def repo(make_repo, request: pytest.FixtureRequest):
    """Paths of every length, and entries of every kind."""
    repo = make_repo(inside=request.param)
    for name in NAMES:
        long = "/".join(name[start : start + 200] for start in range(0, len(name), 200))
        place = os.fsencode(str(repo.root)) + b"/subjects/" + os.fsencode(long)
        Path(os.fsdecode(place)).parent.mkdir(parents=True, exist_ok=True)
        Path(os.fsdecode(place + b".json")).write_text(name[:5], errors="replace")
    (repo.root / "subjects/link").symlink_to("a")
    (repo.root / "subjects/run.json").write_text("x")
    (repo.root / "subjects/run.json").chmod(0o755)
    repo.git("add", "--all")
    return repo


def both(root: Path) -> tuple[dict[str, bytes] | None, dict[str, bytes]]:
    with GitReader.open(root) as reader:
        prefix = reader.repository.prefix
        oid_bytes = 32 if reader.repository.object_format == "sha256" else 20
        return staged(reader.index_file()[1], oid_bytes, prefix), listed(reader.index_facts(), prefix)


@pytest.mark.parametrize("version", [2, 3, 4])
def test_it_says_what_git_says(repo, version: int) -> None:
    if version == 3:
        repo.git("update-index", "--skip-worktree", str(repo.root / "subjects/n7.json"))
    repo.git("update-index", "--assume-unchanged", str(repo.root / "subjects/n8.json"))
    repo.git("update-index", f"--index-version={version}")
    if version == 4:
        repo.write("subjects/intended.json", "{}")
        repo.git("add", "--intent-to-add", str(repo.root / "subjects/intended.json"))
    found, asked = both(repo.root)
    assert found == asked
    assert len(asked) == len(NAMES) + 2
    assert asked["subjects/n8.json"] == b""
    assert bool(asked["subjects/n7.json"]) is (version != 3)
    assert mode_of(asked["subjects/link"]) == "120000"
    assert mode_of(asked["subjects/run.json"]) == "100755"
    assert oid_of(asked["subjects/a.json"]) == repo.git("hash-object", str(repo.root / "subjects/a.json"))


def test_a_conflict_has_no_record(make_repo) -> None:
    repo = make_repo()
    repo.registry()
    first = repo.commit()
    for branch in ("one", "two"):
        repo.git("checkout", "--quiet", "-b", branch, first)
        repo.write("subjects/a/schema.json", branch)
        repo.commit()
    with pytest.raises(subprocess.CalledProcessError):
        repo.git("merge", "one")
    found, asked = both(repo.root)
    assert found == asked
    assert "subjects/a/schema.json" not in asked


def test_a_split_index_is_left_to_git(repo) -> None:
    repo.git("update-index", "--split-index")
    repo.write("subjects/more.json", "{}")
    repo.git("add", "--all")
    found, asked = both(repo.root)
    assert found is None
    assert len(asked) == len(NAMES) + 3
    os.utime(repo.path / ".git/index", (2**31, 2**31))
    with GitReader.open(repo.root) as reader:
        match = WorktreeSnapshot(repo.root, cache=StatCache(reader)).compare_index()
    assert match is not None
    assert match.touched == match.gone == frozenset()


def test_a_damaged_file_is_left_to_git(repo) -> None:
    with GitReader.open(repo.root) as reader:
        _, data = reader.index_file()
        prefix = reader.repository.prefix
    assert staged(data, 20, prefix)
    for damaged in (
        b"",
        data[:8],
        b"DIRT" + data[4:],
        data[:7] + b"\x05" + data[8:],
        data[: len(data) // 2],
        data[:-21],
    ):
        assert staged(damaged, 20, prefix) is None
    more = (int.from_bytes(data[8:12], "big") + 1).to_bytes(4, "big")
    assert staged(data[:8] + more + data[12:], 20, prefix) is None
    for extension in (b"link", b"sdir", b"none"):
        assert staged(data[:-20] + extension + bytes(4) + data[-20:], 20, prefix) is None
