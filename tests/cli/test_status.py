"""`deprecate` and `retire`: one fact in `subject.yaml`, everything else as people wrote it."""

from __future__ import annotations

import pytest

CONFIG = "subjects/chat/message/subject.yaml"


def test_deprecate_edits_little_and_stages(llmreg, repo):
    before = repo.read(CONFIG)
    done = llmreg("deprecate", "chat/message@1.0.0", "--reason", "use 1.1.0", cwd=repo.root / "subjects")
    assert done.status == 0
    assert repo.read(CONFIG) == before + "status:\n  1.0.0: {deprecated: use 1.1.0}\n"
    assert repo.git("diff", "--cached", "--name-only") == CONFIG
    assert "deprecated: use 1.1.0" in llmreg("log", "chat/message", cwd=repo.root).out


def test_undo_brings_the_very_bytes_back(llmreg, repo):
    before = repo.read(CONFIG)
    for verb in ("deprecate", "retire"):
        llmreg(verb, "chat/message@1.0.0", "--reason", 'why: "so"\n#', cwd=repo.root)
    assert llmreg("retire", "chat/message@1.0.0", "--undo", cwd=repo.root).status == 0
    assert "retired" not in repo.read(CONFIG)
    assert llmreg("deprecate", "chat/message@1.0.0", "--undo", cwd=repo.root).status == 0
    assert repo.read(CONFIG) == before
    done = llmreg("deprecate", "chat/message@1.0.0", "--undo", cwd=repo.root)
    assert (done.status, "nothing to change" in done.out) == (0, True)


def test_the_same_again_changes_nothing_and_another_reason_replaces(llmreg, repo):
    arguments = ("deprecate", "chat/message@1.0.0", "--reason")
    llmreg(*arguments, "one", cwd=repo.root)
    assert llmreg(*arguments, "one", "-o", "json", cwd=repo.root).json["changed"] is False
    assert llmreg(*arguments, "two", "-o", "json", cwd=repo.root).json["changed"] is True
    assert repo.read(CONFIG).count("deprecated") == 1


def test_commit_takes_only_this_file(llmreg, repo):
    repo.write("other.txt", "x\n")
    repo.git("add", "other.txt")
    done = llmreg(
        "deprecate", "chat/message@1.0.0", "--reason", "old", "--commit", "-m", "Say so", "-o", "json", cwd=repo.root
    )
    assert done.json["commit"] == repo.git("rev-parse", "HEAD")
    assert repo.git("show", "--name-only", "--format=%s", "HEAD").split("\n\n") == ["Say so", CONFIG]
    assert repo.git("diff", "--cached", "--name-only") == "other.txt"
    again = llmreg("deprecate", "chat/message@1.0.0", "--reason", "old", "--commit", "-o", "json", cwd=repo.root)
    assert (again.status, again.json["commit"]) == (0, None)


def test_retire_warns_about_dependents_and_moves_ranges(llmreg, repo):
    done = llmreg("retire", "common/author@1.1.0", "--reason", "leak", "-o", "json", cwd=repo.root)
    assert done.status == 0
    assert done.json["dependents"] == ["chat/message@1.1.0"]
    assert done.json["latest"] == "1.0.0"
    assert "chat/message@1.1.0" in done.err
    assert llmreg("show", "common/author@1.1.0", cwd=repo.root).status == 0


def test_the_last_version_may_be_retired_too(llmreg, repo):
    done = llmreg("retire", "chat/thread@1.0.0", "--reason", "product ended", cwd=repo.root)
    assert done.status == 0
    assert "all are retired" in done.err
    assert llmreg("show", "chat/thread@1.0.0", cwd=repo.root).status == 0
    assert llmreg("show", "chat/thread", cwd=repo.root).status == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("chat/message@^1", "--reason", "x"), "no version number"),
        (("chat/message", "--reason", "x"), "no version is named"),
        (("chat/message@9.0.0", "--reason", "x"), "has no version 9.0.0"),
        (("chat/nothing@1.0.0", "--reason", "x"), "no subject"),
        (("chat/message@1.0.0",), "a reason is required"),
        (("chat/message@1.0.0", "--reason", " "), "a reason is required"),
        (("chat/message@1.0.0", "--reason", "x", "--undo"), "needs no reason"),
    ],
)
def test_wrong_words_change_nothing(llmreg, repo, arguments, words):
    for verb in ("deprecate", "retire"):
        done = llmreg(verb, *arguments, cwd=repo.root)
        assert (done.status, words in done.err) == (2, True)
    assert repo.git("status", "--porcelain") == ""


def test_a_file_that_cannot_be_edited_safely_is_left_alone(llmreg, repo):
    repo.write(CONFIG, "{format: json}\n")
    done = llmreg("retire", "chat/message@1.0.0", "--reason", "x", cwd=repo.root)
    assert (done.status, "by hand" in done.err) == (2, True)
    assert repo.read(CONFIG) == "{format: json}\n"


def test_in_a_registry_below_the_top(llmreg, nested):
    done = llmreg("deprecate", "chat/reply@1.0.0", "--reason", "old", "--commit", cwd=nested.root)
    assert done.status == 0
    assert nested.git("show", "--name-only", "--format=", "HEAD") == "schemas/registry/subjects/chat/reply/subject.yaml"
