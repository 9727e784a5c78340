"""Reading Git: revisions, hostile settings, hook environments, and every kind of repository."""

import gc
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from llmreg.errors import GitError, LimitError, LlmregError, UsageError
from llmreg.store.changed import INDEX, changed_paths
from llmreg.store.git import GitReader
from llmreg.store.registry import RegistryView
from llmreg.store.revision import RevisionSnapshot
from llmreg.store.staged import StagedSnapshot

REFUSED = [
    "",
    "-x",
    "--output=/tmp/llmreg-written",
    "^HEAD",
    "HEAD\n",
    "HEAD:subjects",
    ":/start",
    "a..b",
    "HEAD^{/.*}",
]


@pytest.mark.parametrize("revision", REFUSED)
def test_revisions_refused_by_syntax(scratch_repo, revision: str) -> None:
    with GitReader.open(scratch_repo.root) as reader, pytest.raises(UsageError, match="no single revision"):
        reader.resolve(revision)
    assert not Path("/tmp/llmreg-written").exists()


def test_revisions_that_resolve(scratch_repo) -> None:
    head = scratch_repo.git("rev-parse", "HEAD")
    scratch_repo.git("tag", "-a", "-m", "t", "v1")
    with GitReader.open(scratch_repo.root) as reader:
        for revision in ("HEAD", "main", "refs/heads/main", "v1", head, head[:10], "HEAD^0", "@"):
            assert reader.resolve(revision) == head


def test_unknown_revision(scratch_repo) -> None:
    with GitReader.open(scratch_repo.root) as reader:
        with pytest.raises(GitError, match="knows no revision 'nope'") as caught:
            reader.resolve("nope")
        assert "git fetch origin nope" in (caught.value.hint or "")
        assert reader.try_resolve("nope") is None


@pytest.mark.parametrize("hide", [False, True])
@pytest.mark.parametrize("kind", ["tag", "branch like an id", "branch like a remote's"])
def test_ambiguous_names(scratch_repo, kind: str, hide: bool) -> None:
    head = scratch_repo.git("rev-parse", "HEAD")
    second = scratch_repo.commit("second")
    name = {"tag": "main", "branch like an id": head[:8], "branch like a remote's": "origin/main"}[kind]
    if kind == "tag":
        scratch_repo.git("tag", name, head)
    else:
        scratch_repo.git("update-ref", f"refs/heads/{name}", second)
        scratch_repo.git("update-ref", "refs/remotes/origin/main", head)
    if hide:  # the checkout may switch Git's warning off
        scratch_repo.git("config", "core.warnAmbiguousRefs", "false")
    with GitReader.open(scratch_repo.root) as reader:
        with pytest.raises(GitError, match="ambiguous") as caught:
            reader.resolve(name)
        assert "refs/heads/" in (caught.value.hint or "")


def test_tags_in_version_order(scratch_repo) -> None:
    head = scratch_repo.git("rev-parse", "HEAD")
    for tag in ("v1.10", "v1.9", "other"):
        scratch_repo.git("tag", tag)
    scratch_repo.git("tag", "-a", "-m", "x", "v1.2")
    scratch_repo.git("tag", "v0-tree", "HEAD^{tree}")
    with GitReader.open(scratch_repo.root) as reader:
        assert reader.tags("v*") == [("v1.2", head), ("v1.9", head), ("v1.10", head)]
        assert reader.annotated_tags() == {"v1.2"}
        scratch_repo.git("tag", "registry/2026.1")
        assert [name for name, _ in reader.tags()] == ["other", "registry/2026.1", "v1.2", "v1.9", "v1.10"]
        assert [name for name, _ in reader.tags("registry/*")] == ["registry/2026.1"]


@pytest.mark.parametrize("inside", ["", "deep/sub dir"])
@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_every_snapshot_shows_the_same_registry(make_repo, inside: str, object_format: str) -> None:
    from llmreg.store.worktree import WorktreeSnapshot

    repo = make_repo(inside=inside, object_format=object_format)
    repo.registry()
    repo.subject("chat/reply", "1.0.0", "1.1.0")
    repo.subject("chat", "0.1.0")
    commit = repo.commit()
    with GitReader.open(repo.root) as reader:
        assert len(commit) == (64 if object_format == "sha256" else 40)
        snapshots = [
            RevisionSnapshot(reader, reader.resolve("HEAD"), "HEAD"),
            StagedSnapshot(reader),
            WorktreeSnapshot(repo.root, reader.repository.object_format),
        ]
        entries = [dict(snapshot.entries("subjects")) for snapshot in snapshots]
        assert entries[0] == entries[1] == entries[2]
        assert list(entries[0]) == sorted(entries[0])
        for snapshot in snapshots:
            view = RegistryView(snapshot)
            assert view.subjects() == ("chat", "chat/reply")
            assert [str(version) for version in view.subject("chat").versions] == ["0.1.0"]
            assert view.read("chat/reply", "1.0.0") == b'{"v": "1.0.0"}\n'
            assert view.subject("chat/reply").working == ("subjects/chat/reply/schema.json", b'{"v": "1.1.0"}\n')


def test_no_commit_yet(make_repo) -> None:
    repo = make_repo()
    repo.registry()
    repo.subject("a", "1.0.0")
    repo.git("add", "--all")
    with GitReader.open(repo.root) as reader:
        assert reader.try_resolve("HEAD") is None
        empty = reader.empty_tree()
        assert {change.status for change in changed_paths(reader, empty, INDEX)} == {"A"}
        assert RegistryView(StagedSnapshot(reader)).subjects() == ("a",)


def test_bare_repository_and_inside_git_dir(scratch_repo, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    scratch_repo.git("clone", "--quiet", "--bare", str(scratch_repo.path), str(bare))
    with GitReader.open(tmp_path, git_dir=bare) as reader:
        assert reader.top_level is None
        assert RegistryView(RevisionSnapshot(reader, reader.resolve("HEAD"))).subjects() == ("chat/reply",)
    for place in (bare, scratch_repo.path / ".git"):
        with pytest.raises(GitError) as caught:
            GitReader.open(place)
        assert "--git-dir" in (caught.value.hint or "")


def test_server_hook_reads_with_the_variables_it_was_given(scratch_repo, tmp_path: Path, monkeypatch) -> None:
    bare = tmp_path / "bare.git"
    scratch_repo.git("clone", "--quiet", "--bare", str(scratch_repo.path), str(bare))
    monkeypatch.chdir(bare)
    monkeypatch.setenv("GIT_DIR", ".")
    with GitReader.open(bare) as reader:
        assert reader.repository.bare
        assert RegistryView(RevisionSnapshot(reader, reader.resolve("main"))).subjects() == ("chat/reply",)


PRE_RECEIVE = """#!/bin/sh
{python} -c '
import sys
from pathlib import Path
from llmreg.store.git import GitReader
from llmreg.store.registry import RegistryView
from llmreg.store.revision import RevisionSnapshot
old, new, ref = sys.stdin.read().split()
with GitReader.open(Path.cwd()) as reader:
    print(RegistryView(RevisionSnapshot(reader, reader.resolve(new))).read("chat/reply", "1.2.0").decode())
' > {out} 2>&1
exit 1
"""


def test_pre_receive_reads_what_is_still_in_quarantine(scratch_repo, tmp_path: Path) -> None:
    bare, out = tmp_path / "bare.git", tmp_path / "out"
    scratch_repo.git("clone", "--quiet", "--bare", str(scratch_repo.path), str(bare))
    hook = bare / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(PRE_RECEIVE.format(python=sys.executable, out=out))
    hook.chmod(0o755)
    scratch_repo.version("chat/reply", "1.2.0", "quarantined")
    scratch_repo.commit()
    with pytest.raises(subprocess.CalledProcessError):
        scratch_repo.git("push", "-q", str(bare), "main")
    assert out.read_text() == "quarantined\n"


def test_linked_worktree_has_its_own_index(scratch_repo, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    scratch_repo.git("worktree", "add", "--quiet", "-b", "side", str(linked))
    (linked / "subjects/chat/reply/schema.json").write_text('{"v": "linked"}\n')
    scratch_repo.git("add", "--all", cwd=linked)
    with GitReader.open(linked) as reader, GitReader.open(scratch_repo.root) as main:
        assert [change.path for change in changed_paths(reader, reader.resolve("HEAD"), INDEX)] == [
            "subjects/chat/reply/schema.json"
        ]
        assert changed_paths(main, main.resolve("HEAD"), INDEX) == []
        assert reader.common_dir == main.common_dir


def test_not_a_repository(tmp_path: Path) -> None:
    with pytest.raises(GitError) as caught:
        GitReader.open(tmp_path)
    assert "git init" in (caught.value.hint or "")


def test_missing_git(scratch_repo, monkeypatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(GitError, match="not installed"):
        GitReader.open(scratch_repo.root)


def test_objects_are_refused_by_size_before_they_are_read(scratch_repo) -> None:
    scratch_repo.write("subjects/chat/reply/schema.json", b"\0" * (11 << 20))
    scratch_repo.commit()
    with GitReader.open(scratch_repo.root) as reader:
        view = RegistryView(RevisionSnapshot(reader, reader.resolve("HEAD"))).subject("chat/reply")
        with pytest.raises(LimitError, match=r"schema\.json: 11534336 bytes is more than the limit of 10485760"):
            view.working_source  # noqa: B018
        assert view.version_bytes("1.0.0") == b'{"v": "1.0.0"}\n'  # the reader is usable afterwards


def test_the_registrys_own_limit(scratch_repo) -> None:
    scratch_repo.write("llmreg.yaml", "registry: 1\nmax_schema_bytes: 5\n")
    scratch_repo.commit()
    with GitReader.open(scratch_repo.root) as reader:
        view = RegistryView(StagedSnapshot(reader)).subject("chat/reply")
        with pytest.raises(LimitError, match="more than the limit of 5"):
            view.version_bytes("1.0.0")


def test_many_objects_do_not_block(make_repo) -> None:
    repo = make_repo()
    repo.registry()
    names = [f"n{number}" for number in range(1200)]
    for name in names:
        repo.write(f"subjects/{name}/schema.json", f'"{name} {"x" * 200}"\n')
    repo.git("add", "--all")
    with GitReader.open(repo.root) as reader:
        found = StagedSnapshot(reader).read_many([f"subjects/{name}/schema.json" for name in names])
        assert len(found) == len(names)


def test_missing_object(scratch_repo) -> None:
    with GitReader.open(scratch_repo.root) as reader:
        with pytest.raises(GitError, match="not in this clone"):
            next(reader.read_objects(["0" * 40]))
        with pytest.raises(GitError, match="no object id"):
            next(reader.read_objects(["HEAD:llmreg.yaml"]))
        with pytest.raises(GitError, match="is a commit"):
            next(reader.read_objects([reader.resolve("HEAD")]))


def test_partial_clone_fetches_nothing(scratch_repo, tmp_path: Path) -> None:
    scratch_repo.git("config", "uploadpack.allowFilter", "true")
    partial = tmp_path / "partial"
    scratch_repo.git(
        "clone", "--quiet", "--no-checkout", "--filter=blob:none", f"file://{scratch_repo.path}", str(partial)
    )
    marker = tmp_path / "fetched"
    scratch_repo.git("config", "remote.origin.uploadpack", f"touch {marker}; git-upload-pack", cwd=partial)
    with GitReader.open(partial) as reader:
        view = RegistryView(RevisionSnapshot(reader, reader.resolve("HEAD")))
        assert view.subjects() == ("chat/reply",)
        with pytest.raises(GitError) as caught:
            view.read("chat/reply", "1.0.0")
        assert "partial" in (caught.value.hint or "")
    assert not marker.exists()


def test_hostile_checkout_runs_nothing(scratch_repo, tmp_path: Path) -> None:
    """Everything that a checkout can name as a program, and a marker that would show that it ran."""
    markers = tmp_path / "markers"
    markers.mkdir()
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\ntouch "{markers}/$(basename "$0")-$$"\ncat\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("pre-commit", "post-index-change", "reference-transaction", "fsmonitor-watchman", "post-checkout"):
        (hooks / hook).symlink_to(program)
    settings = {
        "core.fsmonitor": str(program),
        "core.hooksPath": str(hooks),
        "core.pager": str(program),
        "core.sshCommand": str(program),
        "core.gitProxy": str(program),
        "core.editor": str(program),
        "core.askPass": str(program),
        "filter.x.clean": str(program),
        "filter.x.smudge": str(program),
        "filter.x.process": str(program),
        "diff.x.command": str(program),
        "diff.x.textconv": str(program),
        "diff.external": str(program),
        "gpg.program": str(program),
        "log.showSignature": "true",
        "remote.origin.url": f"ext::{program}",
        "remote.origin.uploadpack": str(program),
        "remote.origin.promisor": "true",
        "protocol.allow": "always",
        "protocol.ext.allow": "always",
        "credential.helper": str(program),
        "alias.rev-parse": f"!{program}",
        "alias.ls-tree": f"!{program}",
    }
    scratch_repo.write(".gitattributes", "* filter=x diff=x\n")
    scratch_repo.commit()
    for key, value in settings.items():
        scratch_repo.git("config", key, value)
    scratch_repo.git("config", "extensions.partialClone", "origin")
    scratch_repo.write("subjects/chat/reply/schema.json", "changed\n")
    with GitReader.open(scratch_repo.root) as reader:
        from llmreg.store.baseline import choose
        from llmreg.store.history import provenance
        from llmreg.store.worktree import WorktreeSnapshot

        head = choose(reader, None, staged=False, env={}).tree
        changed_paths(reader, head, INDEX)
        reader.diff_tree(reader.empty_tree(), head)
        reader.merge_base(head, head)
        reader.tags()
        provenance(reader, head)
        for snapshot in (RevisionSnapshot(reader, head), StagedSnapshot(reader), WorktreeSnapshot(scratch_repo.root)):
            view = RegistryView(snapshot)
            assert view.ledgers()
            view.read("chat/reply", "1.0.0")
        with pytest.raises(LlmregError):
            next(reader.read_objects(["1" * 40]))
    assert list(markers.iterdir()) == []
    scratch_repo.git("status")
    assert list(markers.iterdir()) != []  # the trap works: a plain git command does run what the checkout names


def test_replaced_objects_are_not_believed(scratch_repo) -> None:
    blob = scratch_repo.git("rev-parse", "HEAD:subjects/chat/reply/versions/1.0.0.json")
    fake = scratch_repo.path / "fake"
    fake.write_text("fake")
    scratch_repo.git("replace", blob, scratch_repo.git("hash-object", "-w", "fake"))
    with GitReader.open(scratch_repo.root) as reader:
        assert next(reader.read_objects([blob]))[1] == b'{"v": "1.0.0"}\n'


def test_foreign_owner_is_told_with_gits_own_fix(scratch_repo, monkeypatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    env = dict(os.environ)
    monkeypatch.setattr("llmreg.store.gitenv.READ_VALUES", {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"})
    with pytest.raises(GitError, match=r"safe\.directory"):
        GitReader.open(scratch_repo.root, env=env)


HOOK = """#!/bin/sh
{python} - <<'EOF' > {out} 2>&1
import gc
import os
from pathlib import Path
from llmreg.store.changed import changed_paths
from llmreg.store.git import GitReader
from llmreg.store.staged import StagedSnapshot
for root in {roots!r}:
    with GitReader.open(Path(root)) as reader:
        head = reader.try_resolve("HEAD") or reader.empty_tree()
        staged = StagedSnapshot(reader)
        for change in changed_paths(reader, head, "index"):
            print(Path(root).name, change.status, change.path, staged.read(change.path).decode().strip())
print("end")
EOF
"""


@pytest.mark.parametrize("how", ["commit", "commit -a", "commit -- path", "worktree"])
def test_hooks_see_what_will_be_committed(make_repo, tmp_path: Path, how: str) -> None:
    """And a registry elsewhere is read as itself, though the hook's variables speak of the app's repository."""
    app, other = make_repo("app", inside="reg"), make_repo("other")
    for repo in (app, other):
        repo.registry()
        repo.subject("a", "1.0.0")
        repo.subject("b", "1.0.0")
        repo.commit()
    other.write("subjects/a/schema.json", "elsewhere\n")
    other.git("add", "--all")
    root, top = app.root, app.path
    if how == "worktree":
        top = tmp_path / "linked"
        app.git("worktree", "add", "--quiet", "-b", "side", str(top))
        root = top / "reg"
    out = tmp_path / "out"
    hook = app.path / ".git/hooks/pre-commit"
    hook.write_text(HOOK.format(python=sys.executable, out=out, roots=[str(root), str(other.path)]))
    hook.chmod(0o755)
    (root / "subjects/a/schema.json").write_text("one\n")
    (root / "subjects/b/schema.json").write_text("two\n")
    if how in ("commit", "worktree"):
        app.git("add", "reg/subjects/a", cwd=top)
        (root / "subjects/a/schema.json").write_text("not staged\n")
        app.git("commit", "-qm", "x", cwd=top)
        expected = ["M subjects/a/schema.json one"]
    elif how == "commit -a":
        app.git("commit", "-qam", "x")
        expected = ["M subjects/a/schema.json one", "M subjects/b/schema.json two"]
    else:
        app.git("add", "reg/subjects/a")
        app.git("commit", "-qm", "x", "--", "reg/subjects/b/schema.json")
        expected = ["M subjects/b/schema.json two"]
    assert out.read_text().splitlines() == [
        *(f"reg {line}" for line in expected),
        "other M subjects/a/schema.json elsewhere",
        "end",
    ]


def test_leaked_variables_of_another_repository_are_dropped(make_repo, monkeypatch) -> None:
    app, registry = make_repo("app"), make_repo("registry")
    registry.registry()
    registry.subject("a", "1.0.0")
    registry.commit()
    app.commit()
    monkeypatch.chdir(app.path)
    monkeypatch.setenv("GIT_DIR", str(app.path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(app.path / ".git/index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(app.path))
    with GitReader.open(registry.root) as reader:
        assert reader.top_level == registry.path
        assert RegistryView(StagedSnapshot(reader)).subjects() == ("a",)


def test_unresolved_merge_in_the_index(scratch_repo) -> None:
    path = "subjects/chat/reply/schema.json"
    scratch_repo.git("switch", "-qc", "side")
    scratch_repo.write(path, "side\n")
    scratch_repo.commit()
    scratch_repo.git("switch", "-q", "main")
    scratch_repo.write(path, "main\n")
    scratch_repo.commit()
    with pytest.raises(subprocess.CalledProcessError):
        scratch_repo.git("merge", "-q", "side")
    with GitReader.open(scratch_repo.root) as reader, pytest.raises(LlmregError, match="unresolved merge conflict"):
        StagedSnapshot(reader).read(path)


def test_nothing_is_left_running(scratch_repo) -> None:
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    before = children.read_text() if children.exists() else ""  # other tests' forkserver
    for _ in range(3):
        with GitReader.open(scratch_repo.root) as reader:
            StagedSnapshot(reader).read("llmreg.yaml")
    gc.collect()  # an open pipe or process would be a ResourceWarning, and so an error
    assert not children.exists() or children.read_text() == before
