"""`doctor` and `verify`: what a crash left, and whether a release is still what it was."""

from __future__ import annotations

import shutil
import subprocess

import pytest


def test_a_healthy_registry(llmreg, repo):
    done = llmreg("doctor", cwd=repo.root)
    assert (done.status, done.out) == (0, "")
    assert llmreg("doctor", "-o", "json", cwd=repo.root).json == {"healthy": True, "found": []}


def test_leftovers_are_listed_then_mended(llmreg, repo):
    repo.write("subjects/chat/thread/versions/.llmreg-0123", "torn")
    repo.write("subjects/chat/thread/versions/1.1.0.json", "{}\n")
    done = llmreg("doctor", "-o", "json", cwd=repo.root)
    assert done.status == 1
    assert [item["path"] for item in done.json["found"]] == [
        "subjects/chat/thread/versions/.llmreg-0123",
        "subjects/chat/thread/versions/1.1.0.json",
    ]
    assert "remove it" in llmreg("doctor", cwd=repo.root).out
    assert llmreg("doctor", "--fix", cwd=repo.root).status == 0
    assert repo.git("status", "--porcelain", "--ignored") == ""


def test_a_registration_that_was_not_staged_is_staged(llmreg, repo):
    repo.schema("common/author", "name", "mail", "phone")
    repo.register("common/author")
    repo.git("restore", "--staged", ".")
    done = llmreg("doctor", cwd=repo.root)
    assert (done.status, done.out.count("not staged")) == (1, 2)
    assert llmreg("doctor", "--fix", cwd=repo.root).status == 0
    assert "subjects/common/author/versions/1.2.0.json" in repo.git("diff", "--cached", "--name-only")
    assert llmreg("doctor", cwd=repo.root).status == 0


def test_what_git_tracks_is_for_a_person_to_decide(llmreg, repo):
    repo.write("subjects/chat/thread/versions/7.0.0.json", "{}\n")
    repo.commit()
    done = llmreg("doctor", "--fix", cwd=repo.root)
    assert (done.status, "git rm" in done.out) == (1, True)
    assert (repo.root / "subjects/chat/thread/versions/7.0.0.json").exists()


def test_doctor_needs_git(llmreg, tmp_path):
    (tmp_path / "llmreg.yaml").write_text("registry: 1\n")
    assert llmreg("doctor", cwd=tmp_path).status == 2


def test_verify_takes_the_newest_tag(llmreg, repo, monkeypatch):
    repo.git("tag", "v9.0.0", "HEAD~3")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-03-01T00:00:00Z")
    repo.commit("later")
    repo.git("tag", "registry/2026.1")
    repo.schema("common/author", "name", "mail", "phone")
    repo.register("common/author", "--commit")
    done = llmreg("verify", "-o", "json", cwd=repo.root)
    assert done.status == 0
    told = {key: done.json[key] for key in ("ok", "revision", "versions", "ledgers", "subjects", "signature")}
    assert told == {
        "ok": True,
        "revision": "registry/2026.1",
        "versions": 5,
        "ledgers": 3,
        "subjects": 3,
        "signature": None,
    }
    assert "5 versions and 3 ledgers" in llmreg("verify", cwd=repo.root).out


def test_verify_without_a_tag_takes_head(llmreg, nested):
    done = llmreg("verify", "-o", "json", cwd=nested.root)
    assert (done.json["revision"], done.json["versions"], done.status) == ("HEAD", 1, 0)
    assert llmreg("verify", "nothing", cwd=nested.root).status == 2


@pytest.mark.parametrize("which", ["changed", "deleted", "ledger", "subject"])
def test_verify_finds_every_difference(llmreg, nested, which):
    nested.git("tag", "r1")
    version = nested.root / "subjects/chat/reply/versions/1.0.0.json"
    if which == "changed":
        version.write_text("{}\n")
    elif which == "deleted":
        version.unlink()
    elif which == "ledger":
        (nested.root / "subjects/chat/reply/versions.jsonl").write_text("")
    else:
        shutil.rmtree(nested.root / "subjects/chat/reply")
    for commit in (False, True):
        if commit:
            nested.commit("tamper")
        done = llmreg("verify", cwd=nested.root)
        assert done.status == 1
        assert "difference" in done.out
        assert llmreg("verify", "r1", "-o", "json", cwd=nested.root).json["findings"]


def _ssh_key(repo, name):
    key = repo.path.parent / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    return key


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="signing needs ssh-keygen")
def test_verify_checks_the_signature_of_a_tag(llmreg, repo):
    key, other = _ssh_key(repo, "key"), _ssh_key(repo, "other")
    allowed = repo.path.parent / "allowed"
    repo.git("config", "gpg.format", "ssh")
    repo.git("config", "gpg.ssh.allowedSignersFile", str(allowed))
    repo.git("config", "user.signingkey", str(key))
    repo.git("tag", "-s", "r1", "-m", "release")
    allowed.write_text(f"grace@example.org {key.with_suffix('.pub').read_text()}")
    done = llmreg("verify", "r1", "-o", "json", cwd=repo.root)
    assert (done.status, done.json["signature"]["valid"]) == (0, True)
    allowed.write_text(f"grace@example.org {other.with_suffix('.pub').read_text()}")
    done = llmreg("verify", "r1", cwd=repo.root)
    assert (done.status, "does not hold" in done.out, "unchanged" in done.out) == (1, True, True)
    repo.git("tag", "-a", "r2", "-m", "plain")
    assert llmreg("verify", "r2", "-o", "json", cwd=repo.root).json["signature"] is None
