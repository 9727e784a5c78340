"""The work tree is read as it lies there: no link is followed, nothing blocks, nothing is hashed without need."""

import os
from pathlib import Path

import pytest

from llmreg.errors import LimitError, NotFoundError
from llmreg.store import worktree
from llmreg.store.memory import MemorySnapshot, blob_id
from llmreg.store.registry import RegistryView
from llmreg.store.worktree import WorktreeSnapshot


def test_untracked_files_count(scratch_repo) -> None:
    scratch_repo.write("subjects/new/subject.yaml", "format: json\n")
    assert RegistryView(WorktreeSnapshot(scratch_repo.root)).subjects() == ("chat/reply", "new")


def test_blob_ids_are_gits(scratch_repo) -> None:
    snapshot = WorktreeSnapshot(scratch_repo.root)
    for path in ("llmreg.yaml", "subjects/chat/reply/versions/1.0.0.json"):
        assert snapshot.entries("")[path].oid == scratch_repo.git("hash-object", path)
    assert blob_id(b"", "sha256") == "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"


def test_links_are_listed_and_never_followed(scratch_repo, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "schema.json").write_text("secret")
    (scratch_repo.root / "subjects/linked").symlink_to(secret)
    (scratch_repo.root / "subjects/chat/reply/schema.avsc").symlink_to(secret / "schema.json")
    snapshot = WorktreeSnapshot(scratch_repo.root)
    assert snapshot.entries("subjects")["subjects/linked"].mode == "120000"
    assert snapshot.entries("subjects/linked/x") == {}
    for path in ("subjects/linked/schema.json", "subjects/chat/reply/schema.avsc"):
        with pytest.raises(NotFoundError, match="links are not followed"):
            snapshot.read(path)
    for path in ("subjects/../llmreg.yaml", "/etc/passwd", "subjects//x", "subjects", "nothing"):
        with pytest.raises(NotFoundError):
            snapshot.read(path)


def test_pipes_devices_and_repositories(scratch_repo) -> None:
    os.mkfifo(scratch_repo.root / "subjects/chat/reply/pipe")
    (scratch_repo.root / "subjects/module/.git").mkdir(parents=True)
    snapshot = WorktreeSnapshot(scratch_repo.root)
    assert snapshot.entries("subjects")["subjects/chat/reply/pipe"].mode == "000000"
    assert snapshot.entries("subjects")["subjects/module"].mode == "160000"
    with pytest.raises(NotFoundError, match="no regular file"):
        snapshot.read("subjects/chat/reply/pipe")


def test_size_limit(scratch_repo) -> None:
    scratch_repo.write("subjects/chat/reply/schema.json", b"\0" * (11 << 20))
    with pytest.raises(LimitError):
        WorktreeSnapshot(scratch_repo.root).read("subjects/chat/reply/schema.json")


def test_listing_subjects_hashes_nothing(scratch_repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worktree, "blob_id", None)
    view = RegistryView(WorktreeSnapshot(scratch_repo.root))
    assert view.subjects() == ("chat/reply",)
    assert view.subject("chat/reply").versions


def test_temporary_files_of_a_running_write_are_not_seen(scratch_repo) -> None:
    scratch_repo.write("subjects/chat/reply/versions/.llmreg-0123", "half")
    assert len(RegistryView(WorktreeSnapshot(scratch_repo.root)).subject("chat/reply").version_paths) == 2


def test_memory_snapshot() -> None:
    snapshot = MemorySnapshot(
        {"subjects/b/schema.json": b"1", "subjects/a/schema.json": b"2", "llmreg.yaml": b"registry: 1"}
    )
    assert list(snapshot.entries("subjects")) == ["subjects/a/schema.json", "subjects/b/schema.json"]
    assert list(snapshot.entries("subjects/a")) == ["subjects/a/schema.json"]
    assert snapshot.read_many(["nothing", "llmreg.yaml"]) == {"llmreg.yaml": b"registry: 1"}
    with pytest.raises(NotFoundError):
        snapshot.read("nothing")
    with pytest.raises(NotFoundError, match="no subject"):
        RegistryView(snapshot).subject("c")
