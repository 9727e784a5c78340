"""A snapshot that reads each file once, and files opened without following links."""

import os
from pathlib import Path

import pytest

from llmreg.store.kept import KeptSnapshot
from llmreg.store.memory import MemorySnapshot
from llmreg.store.openfolders import OpenFolders, content
from llmreg.store.registry import RegistryView
from llmreg.store.worktree import WorktreeSnapshot

_DESCRIPTORS = Path("/proc/self/fd")


class Counting(MemorySnapshot):
    """Counts what is read."""

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(files)
        self.count: dict[str, int] = {}

    def read(self, path: str) -> bytes:
        self.count[path] = self.count.get(path, 0) + 1
        return super().read(path)


def test_each_file_is_read_once_until_it_is_forgotten() -> None:
    under = Counting({"subjects/a/schema.json": b"1", "subjects/a/subject.yaml": b"2"})
    kept = KeptSnapshot(under)
    both = ["subjects/a/schema.json", "subjects/a/subject.yaml"]
    assert kept.read(both[0]) == b"1"
    assert kept.read_many([*both, "missing"]) == {both[0]: b"1", both[1]: b"2"}
    assert kept.read(both[1]) == b"2"
    assert under.count == {both[0]: 1, both[1]: 1}
    kept.forget()
    kept.read(both[0])
    assert under.count[both[0]] == 2
    assert (kept.label, list(kept.entries("subjects"))) == (under.label, both)


def test_a_mode_is_told_without_hashing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "subjects/a").mkdir(parents=True)
    (tmp_path / "subjects/a/schema.json").write_text("{}")
    (tmp_path / "subjects/a/link.json").symlink_to("schema.json")
    view = RegistryView(WorktreeSnapshot(tmp_path)).view("a")
    monkeypatch.setattr(WorktreeSnapshot, "_hash", lambda *_: pytest.fail("hashed"))
    modes = {path.rpartition("/")[2]: view.entries.mode(path) for path in view.entries}
    assert modes == {"link.json": "120000", "schema.json": "100644"}
    assert RegistryView(MemorySnapshot({"subjects/a/schema.json": b""})).view("a").entries.mode(
        "subjects/a/schema.json"
    ) == ("100644")


def test_folders_stay_open_and_links_are_not_followed(tmp_path: Path) -> None:
    for path in ("a/b/1", "a/b/2", "a/3", "c/4"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    (tmp_path / "a/link").symlink_to("b")
    before = len(list(_DESCRIPTORS.iterdir())) if _DESCRIPTORS.is_dir() else 0
    with OpenFolders(tmp_path) as folders:
        for path in ("a/b/1", "a/b/2", "a/3", "c/4", "a/b/1"):
            descriptor = folders.open(path)
            assert content(descriptor, 0, 100) == path.encode()
            os.close(descriptor)
        for path in ("a/link/1", "a/../c/4", "a//3", "a/missing/1", "missing"):
            with pytest.raises(OSError, match="Errno"):
                folders.open(path)
        descriptor = folders.open("c/4")
        assert content(descriptor, 3, 2) is None
        os.close(descriptor)
    if before:
        assert len(list(_DESCRIPTORS.iterdir())) == before
