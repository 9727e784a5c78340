"""Where versions came from, what differs between states, and whether a release is still whole."""

from pathlib import Path

import pytest

from llmreg.errors import GitError, LlmregError
from llmreg.store.changed import INDEX, changed_paths, subjects_in, touched
from llmreg.store.git import GitReader
from llmreg.store.history import provenance
from llmreg.store.layout import Role, find_root, parse_path
from llmreg.store.memory import MemorySnapshot
from llmreg.store.revision import RevisionSnapshot
from llmreg.store.verify import verify
from llmreg.store.worktree import WorktreeSnapshot


@pytest.mark.parametrize("merge", ["merge", "squash", "rebase"])
@pytest.mark.parametrize("subject", ["chat/reply", None])
def test_origins_follow_the_first_parent(scratch_repo, merge: str, subject: str | None) -> None:
    first = scratch_repo.git("rev-parse", "HEAD")
    scratch_repo.git("switch", "-qc", "side")
    scratch_repo.version("chat/reply", "1.2.0", "{}\n")
    side = scratch_repo.commit("Add 1.2.0")
    scratch_repo.git("switch", "-q", "main")
    if merge == "merge":
        scratch_repo.git("merge", "-q", "--no-ff", "-m", "Merge pull request #12 from x/side", "side")
    elif merge == "squash":
        scratch_repo.git("merge", "-q", "--squash", "side")
        scratch_repo.git("commit", "-qm", "Add 1.2.0 (#12)")
    else:
        scratch_repo.git("rebase", "-q", "side")
    with GitReader.open(scratch_repo.root) as reader:
        found = provenance(reader, reader.resolve("HEAD"), subject)
    assert found.warning is None
    assert set(found.origins) == {("chat/reply", version) for version in ("1.0.0", "1.1.0", "1.2.0")}
    new, old = found.origins["chat/reply", "1.2.0"], found.origins["chat/reply", "1.0.0"]
    assert new is not None
    assert old is not None
    assert (old.commit, old.author, old.email, old.time) == (first, "Ada", "ada@example.org", 1767229200)
    assert old.pull_request is None
    assert new.commit == (side if merge == "rebase" else scratch_repo.git("rev-parse", "HEAD"))
    assert new.pull_request == (None if merge == "rebase" else 12)


def test_a_shallow_clone_hides_origins(scratch_repo, tmp_path: Path) -> None:
    scratch_repo.version("chat/reply", "1.2.0", "{}\n")
    scratch_repo.commit("second")
    scratch_repo.version("chat/reply", "1.3.0", "[]\n")
    last = scratch_repo.commit("last")
    for depth, known in ((1, []), (2, ["1.3.0"])):
        clone = tmp_path / f"depth{depth}"
        scratch_repo.git("clone", "-q", f"--depth={depth}", f"file://{scratch_repo.path}", str(clone))
        with GitReader.open(clone) as reader:
            found = provenance(reader, reader.resolve("HEAD"))
        assert "shallow" in (found.warning or "")
        origins = {version: origin.commit for (_, version), origin in found.origins.items() if origin}
        assert origins == dict.fromkeys(known, last)
        assert found.origins["chat/reply", "1.0.0"] is None


def test_a_registry_below_the_top(make_repo) -> None:
    repo = make_repo(inside="deep/reg")
    repo.registry()
    repo.subject("a", "1.0.0")
    commit = repo.commit()
    repo.write("subjects/a/schema.json", "{}\n")
    (repo.path / "elsewhere").write_text("x")
    repo.git("add", "--all")
    with GitReader.open(repo.root) as reader:
        assert reader.repository.prefix == "deep/reg/"
        origin = provenance(reader, commit).origins["a", "1.0.0"]
        assert origin is not None
        assert origin.commit == commit
        changes = changed_paths(reader, commit, INDEX)
        assert [(change.status, change.path) for change in changes] == [("M", "subjects/a/schema.json")]
        assert subjects_in(change.path for change in changes) == {"a"}
        base = RevisionSnapshot(reader, commit)
        assert touched(base, WorktreeSnapshot(repo.root)) == {"a"}
        assert touched(base, base) == set()


def test_touched_in_any_two_snapshots() -> None:
    old = {"subjects/a/schema.json": b"1", "subjects/b/x/schema.json": b"1", "subjects/c/schema.json": b"1"}
    new = {"subjects/a/schema.json": b"2", "subjects/c/schema.json": b"1", "subjects/d/examples/e.json": b"1"}
    assert touched(MemorySnapshot(old), MemorySnapshot(new)) == {"a", "b/x", "d"}


def test_verify(scratch_repo) -> None:
    scratch_repo.git("tag", "-a", "-m", "release", "registry/1")
    scratch_repo.version("chat/reply", "1.2.0", "{}\n")
    scratch_repo.commit()
    with GitReader.open(scratch_repo.root) as reader:
        head = RevisionSnapshot(reader, reader.resolve("HEAD"))
        result = verify(reader, "registry/1", head, signature=True)
        assert (result.versions, result.findings, result.signature) == (2, (), None)
        scratch_repo.write("subjects/chat/reply/versions/1.0.0.json", "tampered\n")
        result = verify(reader, "registry/1", WorktreeSnapshot(scratch_repo.root))
        assert [(finding.rule, finding.file) for finding in result.findings] == [
            ("immutable", "subjects/chat/reply/versions/1.0.0.json")
        ]
        with pytest.raises(GitError, match="knows no revision"):
            verify(reader, "registry/2", head)


def test_a_bad_signature_is_an_error(scratch_repo) -> None:
    tag = (
        f"object {scratch_repo.git('rev-parse', 'HEAD')}\ntype commit\ntag v1\ntagger A <a@b> 0 +0000\n\nx\n"
        "-----BEGIN PGP SIGNATURE-----\n\nbm8=\n-----END PGP SIGNATURE-----\n"
    )
    path = scratch_repo.path / "tag"
    path.write_text(tag)
    scratch_repo.git("update-ref", "refs/tags/v1", scratch_repo.git("hash-object", "-t", "tag", "-w", "tag"))
    with GitReader.open(scratch_repo.root) as reader, pytest.raises(LlmregError):
        verify(reader, "v1", RevisionSnapshot(reader, reader.resolve("HEAD")), signature=True)


def test_find_root(scratch_repo, tmp_path: Path) -> None:
    assert find_root(scratch_repo.root / "subjects/chat") == scratch_repo.root
    with pytest.raises(LlmregError) as caught:
        find_root(tmp_path)
    assert caught.value.hint == "create one: llmreg init"


PATHS = {
    "llmreg.yaml": (Role.REGISTRY, None),
    "bindings/gpt.yaml": (Role.BINDING, None),
    "subjects/a/b/subject.yaml": (Role.CONFIG, "a/b"),
    "subjects/a/b/schema.proto": (Role.WORKING, "a/b"),
    "subjects/a/b/schema.txt": (Role.OTHER, "a/b"),
    "subjects/a/b/versions.jsonl": (Role.LEDGER, "a/b"),
    "subjects/a/b/versions/1.0.0-rc.1.json": (Role.VERSION, "a/b"),
    "subjects/a/b/versions/x/1.0.0.json": (Role.STRAY, "a/b"),
    "subjects/a/b/versions/1.0.0.exe": (Role.STRAY, "a/b"),
    "subjects/a/b/versions": (Role.STRAY, "a/b"),
    "subjects/a/examples/deep/x.json": (Role.EXAMPLE, "a"),
    "subjects/a/README.md": (Role.OTHER, "a"),
    "subjects/loose.json": (Role.OTHER, None),
    "subjects": (Role.OTHER, None),
    "README.md": (Role.OTHER, None),
}


@pytest.mark.parametrize("path", PATHS)
def test_parse_path(path: str) -> None:
    where = parse_path(path)
    assert (where.role, where.subject) == PATHS[path]
