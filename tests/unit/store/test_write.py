"""Registering survives kill -9 and racing writers; what a crash leaves is adopted or swept."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from llmreg.errors import ConflictError, GitError, RegistryError, UsageError
from llmreg.store.git import GitReader
from llmreg.store.gitenv import write_environment
from llmreg.store.invariant import invariants
from llmreg.store.leftovers import find_leftovers, mend
from llmreg.store.registry import RegistryView
from llmreg.store.staged import StagedSnapshot
from llmreg.store.worktree import WorktreeSnapshot
from llmreg.store.write import Plan, RegistryWriter


@pytest.fixture
def plan(line):
    def make(version: str, data: bytes | None = None) -> Plan:
        data = data if data is not None else b'{"v": "%s"}\n' % version.encode()
        return Plan(line(version, data), ".json", data)

    return make


def sound(root: Path) -> list[str]:
    """Every finding of the invariants that need no baseline."""
    view = RegistryView(WorktreeSnapshot(root))
    return [
        f"{finding.rule} {finding.file}: {finding.message}"
        for name in view.names
        for code in ("sha", "order", "id", "names")
        for finding in invariants()[code].check(None, view.view(name))
    ]


def test_register_writes_and_stages(scratch_repo, plan) -> None:
    writer = RegistryWriter(scratch_repo.root)
    with writer.locked() as held:
        assert held.register("chat/reply", plan("1.2.0"))
        assert held.view.subject("chat/reply").versions[-1].minor == 2
        held.stage()
    assert sound(scratch_repo.root) == []
    assert scratch_repo.git("diff", "--cached", "--name-only").splitlines() == [
        "subjects/chat/reply/versions.jsonl",
        "subjects/chat/reply/versions/1.2.0.json",
    ]
    with writer.locked() as held:
        assert not held.register("chat/reply", plan("1.2.0"))  # exactly this is there already
        with pytest.raises(ConflictError, match="registered already"):
            held.register("chat/reply", plan("1.2.0", b"{}\n"))


def test_new_subject_in_a_subdirectory_of_a_linked_worktree(make_repo, tmp_path: Path, plan) -> None:
    repo = make_repo(inside="deep/reg")
    repo.registry()
    repo.commit()
    linked = tmp_path / "linked"
    repo.git("worktree", "add", "-q", "-b", "side", str(linked))
    writer = RegistryWriter(linked / "deep/reg")
    with writer.locked() as held:
        held.write_file("subjects/a/b/subject.yaml", b"format: json\n")
        held.register("a/b", plan("1.0.0"))
        held.stage()
    assert (repo.path / ".git/llmreg.lock").exists()
    assert len(repo.git("diff", "--cached", "--name-only", cwd=linked).splitlines()) == 3
    commit = writer.git.commit([f"deep/reg/{path}" for path in held.written], "Register a/b 1.0.0 (#5)")
    assert repo.git("rev-parse", "side") == commit


def test_refusals(scratch_repo, tmp_path: Path, plan) -> None:
    with pytest.raises(UsageError, match="lives in a Git repository"):
        RegistryWriter(tmp_path)
    (tmp_path / "target").mkdir()
    (scratch_repo.root / "subjects/linked").symlink_to(tmp_path / "target")
    with RegistryWriter(scratch_repo.root).locked() as held:
        with pytest.raises(UsageError, match="cannot name a subject"):
            held.register("../outside", plan("1.0.0"))
        with pytest.raises(RegistryError, match="is not a folder"):
            held.register("linked/x", plan("1.0.0"))
        with pytest.raises(RegistryError, match="do not have the digest"):
            held.register("a", Plan(plan("1.0.0").line, ".json", b"other"))
        scratch_repo.write("subjects/chat/reply/versions/1.2.0.yaml", "v: 1\n")
        with pytest.raises(RegistryError, match="another syntax"):
            RegistryWriter(scratch_repo.root)
            held.view = RegistryView(WorktreeSnapshot(scratch_repo.root))
            held.register("chat/reply", plan("1.2.0"))
    assert list((tmp_path / "target").iterdir()) == []


def test_orphans_are_adopted_refused_or_swept(scratch_repo, plan) -> None:
    scratch_repo.write("subjects/chat/reply/versions/1.2.0.json", '{"v": "1.2.0"}\n')
    scratch_repo.write("subjects/chat/reply/versions/1.3.0.json", "something else\n")
    scratch_repo.write("subjects/chat/reply/.llmreg-abc", "half")
    writer = RegistryWriter(scratch_repo.root)
    with writer.locked() as held:
        assert held.register("chat/reply", plan("1.2.0"))
        with pytest.raises(RegistryError, match="holds other bytes"):
            held.register("chat/reply", plan("1.3.0"))
        with GitReader.open(scratch_repo.root) as reader:
            left = find_leftovers(reader, scratch_repo.root)
        assert [item.path.rpartition("/")[2] for item in left] == [".llmreg-abc", "1.3.0.json"]
        assert mend(scratch_repo.root, left) == [item.path for item in left]
        assert held.register("chat/reply", plan("1.3.0"))
    assert sound(scratch_repo.root) == []


def test_what_git_tracks_is_not_swept(scratch_repo) -> None:
    scratch_repo.write("subjects/chat/reply/versions/9.0.0.json", "{}\n")
    scratch_repo.commit()
    with GitReader.open(scratch_repo.root) as reader:
        left = find_leftovers(reader, scratch_repo.root)
    assert [item.tracked for item in left] == [True]
    assert mend(scratch_repo.root, left) == []


def test_many_in_one_pass(scratch_repo, plan) -> None:
    plans = [(f"bulk/s{number % 20}", plan(f"1.{number // 20}.0")) for number in range(200)]
    ticks: list[int] = []
    with RegistryWriter(scratch_repo.root).locked() as held:
        assert held.register_many(plans, ticks.append) == 200
        held.stage()
        assert held.register_many(plans) == 0
    assert ticks[-1] == 200
    assert [finding for finding in sound(scratch_repo.root) if "subject.yaml" not in finding] == []
    with GitReader.open(scratch_repo.root) as reader:
        assert len(RegistryView(StagedSnapshot(reader)).ledgers()["bulk/s7"]) == 10


def test_a_held_index_is_waited_for_and_then_told(scratch_repo, plan, monkeypatch) -> None:
    lock = scratch_repo.path / ".git/index.lock"
    lock.touch()
    monkeypatch.setattr("llmreg.store.porcelain._ADD_SECONDS", 0.05)
    with RegistryWriter(scratch_repo.root).locked() as held:
        held.register("chat/reply", plan("1.2.0"))
        with pytest.raises(GitError, match="nothing is staged") as caught:
            held.stage()
    assert "git add -- subjects/chat/reply/versions/1.2.0.json" in (caught.value.hint or "")
    assert lock.exists()
    assert sound(scratch_repo.root) == []


def test_commit_takes_only_its_paths_and_runs_hooks(scratch_repo, plan) -> None:
    scratch_repo.write("other.txt", "staged by somebody")
    scratch_repo.git("add", "other.txt")
    writer = RegistryWriter(scratch_repo.root)
    with writer.locked() as held:
        held.register("chat/reply", plan("1.2.0"))
        held.stage()
    hook = scratch_repo.path / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\necho no such luck >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(GitError, match="no such luck"):
        writer.git.commit(held.written, "m")
    hook.unlink()
    commit = writer.git.commit(held.written, "Register\n\nwith a body")
    assert scratch_repo.git("show", "--format=%an %cn", "--name-only", commit).splitlines() == [
        "Ada Grace",
        "",
        "subjects/chat/reply/versions.jsonl",
        "subjects/chat/reply/versions/1.2.0.json",
    ]
    assert scratch_repo.git("diff", "--cached", "--name-only") == "other.txt"


def test_first_commit_branch_and_push(make_repo, tmp_path: Path, plan) -> None:
    repo = make_repo()
    repo.registry()
    remote = tmp_path / "remote.git"
    repo.git("init", "-q", "--bare", str(remote))
    repo.git("remote", "add", "origin", str(remote))
    writer = RegistryWriter(repo.root)
    with writer.locked() as held:
        held.register("a", plan("1.0.0"))
        held.stage(["llmreg.yaml"])
    commit = writer.git.commit([*held.written, "llmreg.yaml"], "first")
    writer.git.switch_new("topic")
    with pytest.raises(GitError, match="already exists"):
        writer.git.switch_new("topic")
    writer.git.push("topic")
    assert repo.git("rev-parse", "refs/remotes/origin/topic") == commit


def test_leaked_index_of_the_app_is_not_touched(make_repo, plan, monkeypatch) -> None:
    app, registry = make_repo("app"), make_repo("registry")
    registry.registry()
    registry.commit()
    app.commit()
    monkeypatch.chdir(app.path)
    monkeypatch.setenv("GIT_DIR", str(app.path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(app.path / ".git/index"))
    writer = RegistryWriter(registry.root)
    with writer.locked() as held:
        held.register("a", plan("1.0.0"))
        held.stage()
    writer.git.commit(held.written, "registered")
    monkeypatch.delenv("GIT_DIR")
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert app.git("ls-files") == ""
    assert "subjects/a/versions.jsonl" in registry.git("ls-files")


# Registers `count` versions of one subject, each the next minor of what the ledger says under the lock.
CHILD = """
import hashlib, sys
from pathlib import Path
from llmreg.model.mode import Mode
from llmreg.model.subject import LedgerLine
from llmreg.model.version import Bump, Version
from llmreg.store.write import Plan, RegistryWriter
root, subject, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for number in range(count):
    with RegistryWriter(root).locked() as held:
        top = max(held.view.view(subject).versions, default=Version(1, 0, 0)).next(Bump.MINOR)
        data = (sys.argv[4] + str(top)).encode() * 500 + b"\\n"
        sha = hashlib.sha256(data).hexdigest()
        line = LedgerLine(top, sha, int(sha[:7], 16) + 1, sha, Bump.MINOR, Mode.BACKWARD)
        held.register(subject, Plan(line, ".json", data))
        held.stage()
        print(top, flush=True)
"""


def child(root: Path, subject: str, count: int, text: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(root), subject, str(count), text],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_killed_registrations_leave_nothing_or_everything(scratch_repo) -> None:
    chance = random.Random(7)
    killed = 0
    for _ in range(15):
        process = child(scratch_repo.root, "killed", 50, "x")
        assert process.stdout is not None
        process.stdout.readline()  # it has begun
        time.sleep(chance.uniform(0.0, 0.05))
        os.killpg(process.pid, signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        process.communicate()
        (scratch_repo.path / ".git/index.lock").unlink(missing_ok=True)  # git's own, left by its killed process
        torn = [finding for finding in sound(scratch_repo.root) if not finding.startswith(("names", "sha"))]
        orphans = [finding for finding in sound(scratch_repo.root) if finding.startswith("sha")]
        assert torn == []
        assert all("has a file, but no line" in orphan for orphan in orphans)
    assert killed > 0
    done = child(scratch_repo.root, "killed", 1, "x")  # the same command again completes what was cut off
    assert done.communicate(timeout=60)[1] == ""
    with GitReader.open(scratch_repo.root) as reader:
        mend(scratch_repo.root, find_leftovers(reader, scratch_repo.root))
        assert find_leftovers(reader, scratch_repo.root) == []
    assert [finding for finding in sound(scratch_repo.root) if "subject.yaml" not in finding] == []


def test_racing_writers_get_distinct_versions(scratch_repo) -> None:
    racers = [child(scratch_repo.root, "raced", 3, f"writer {number} ") for number in range(8)]
    results = [racer.communicate(timeout=120) for racer in racers]
    assert [err for _, err in results if err] == []
    versions = [version for out, _ in results for version in out.split()]
    assert len(set(versions)) == len(versions) == 24
    assert [finding for finding in sound(scratch_repo.root) if "subject.yaml" not in finding] == []
    with GitReader.open(scratch_repo.root) as reader:
        staged = RegistryView(StagedSnapshot(reader)).view("raced")
        assert len(staged.ledger) == len(staged.version_paths) == 24


def test_what_a_person_says_of_memory_counts() -> None:
    assert "MALLOC_TOP_PAD_" in write_environment({})
    assert write_environment({"MALLOC_TOP_PAD_": "1"})["MALLOC_TOP_PAD_"] == "1"
