"""`list` and `show`: what is there, and the exact bytes of it."""

from __future__ import annotations

import hashlib
import os

import pytest


def test_list_shows_every_subject_by_name(llmreg, repo):
    done = llmreg("list", "-o", "json", cwd=repo.root)
    assert done.status == 0
    assert [
        (item["subject"], item["format"], item["mode"], item["latest"], item["versions"])
        for item in done.json["subjects"]
    ] == [
        ("chat/message", "json", "BACKWARD", "1.1.0", 2),
        ("chat/thread", "json", "BACKWARD", "1.0.0", 1),
        ("common/author", "json", "BACKWARD", "1.1.0", 2),
    ]
    assert done.json["subjects"][0]["owner"] == "team-chat"
    assert done.json["subjects"][0]["tags"] == ["llm", "Chat"]


def test_list_takes_a_prefix_and_works_below_the_root(llmreg, repo):
    done = llmreg("list", "chat", cwd=repo.root / "subjects/chat/message")
    assert done.status == 0
    assert [line.split()[0] for line in done.out.splitlines()] == ["subject", "chat/message", "chat/thread"]
    assert llmreg("list", "cha", cwd=repo.root).status == 2


def test_list_goes_on_past_a_subject_that_cannot_be_read(llmreg, repo):
    repo.write("subjects/chat/message/subject.yaml", "format: json\nformat: avro\n")
    done = llmreg("list", cwd=repo.root)
    assert done.status == 0
    assert "common/author" in done.out
    assert "stands twice" in done.err
    listed = llmreg("list", "-o", "json", cwd=repo.root).json["subjects"]
    assert listed[0]["format"] is None
    assert listed[0]["latest"] == "1.1.0"
    assert "stands twice" in listed[0]["problem"]


def test_list_of_an_earlier_revision(llmreg, repo):
    done = llmreg("list", "--rev", "HEAD~3", "-o", "json", cwd=repo.root)
    assert [item["subject"] for item in done.json["subjects"]] == ["common/author"]


def test_an_empty_registry_is_no_error(llmreg, tmp_path):
    (tmp_path / "llmreg.yaml").write_text("registry: 1\n")
    done = llmreg("list", "-o", "json", cwd=tmp_path)
    assert (done.status, done.json) == (0, {"subjects": []})


def test_control_characters_are_escaped(llmreg, repo):
    repo.write("subjects/common/author/subject.yaml", 'format: json\ndescription: "\\e[31mred\\u202e"\n')
    done = llmreg("list", cwd=repo.root)
    assert "\\u001b[31mred\\u202e" in done.out
    assert "\x1b" not in done.out


def test_show_gives_the_exact_bytes(monkeypatch, capsysbinary, repo):
    from llmreg.cli.app import run

    monkeypatch.chdir(repo.root / "subjects")
    assert run(["show", "chat/message@1.0.0"]) == 0
    assert capsysbinary.readouterr().out == (repo.root / "subjects/chat/message/versions/1.0.0.json").read_bytes()


@pytest.mark.parametrize(
    ("target", "version"),
    [
        ("common/author", "1.1.0"),
        ("common/author@latest", "1.1.0"),
        ("common/author@1.0.0", "1.0.0"),
        ("common/author@^1", "1.1.0"),
        ("common/author@~1.0", "1.0.0"),
        ("common/author@1.x || 7", "1.1.0"),
    ],
)
def test_show_takes_ranges(llmreg, repo, target, version):
    assert llmreg("show", target, "-o", "json", cwd=repo.root).json["version"] == version


def test_show_as_json_tells_everything(llmreg, repo):
    shown = llmreg("show", "chat/message@1.0.0", "-o", "json", cwd=repo.root).json
    data = (repo.root / "subjects/chat/message/versions/1.0.0.json").read_bytes()
    assert shown["text"] == data.decode()
    assert shown["sha256"] == hashlib.sha256(data).hexdigest()
    assert shown["refs"] == ["common/author@1.0.0"]
    assert shown["status"] == {"deprecated": None, "retired": None}
    assert (shown["bump"], shown["mode"], shown["ordinal"]) == ("major", "BACKWARD", 1)
    assert set(shown["digests"]) >= {"prompt", "meaning"}
    assert len(shown["guid"]) == 36
    assert shown["id"] > 0


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("common/author@^2", "there is 1.1.0, 1.0.0"),
        ("common/author@9.9.9", "has no version 9.9.9"),
        ("common/autor", "did you mean common/author?"),
        ("common/author@fish", "is not a version range"),
        ("@1.0.0", "names no subject"),
    ],
)
def test_show_says_what_there_is_instead(llmreg, repo, target, words):
    done = llmreg("show", target, cwd=repo.root)
    assert done.status == 2
    assert words in done.err
    assert done.out == ""


def test_a_retired_version_needs_its_exact_number(llmreg, repo):
    repo.write(
        "subjects/common/author/subject.yaml", 'format: json\nstatus:\n  1.1.0: {retired: "held personal data"}\n'
    )
    assert llmreg("show", "common/author@^1", "-o", "json", cwd=repo.root).json["version"] == "1.0.0"
    assert llmreg("show", "common/author", "-o", "json", cwd=repo.root).json["version"] == "1.0.0"
    shown = llmreg("show", "common/author@1.1.0", "-o", "json", cwd=repo.root).json
    assert shown["status"]["retired"] == "held personal data"
    done = llmreg("show", "common/author@>1.0.0", cwd=repo.root)
    assert (done.status, "1.1.0 (retired: name it exactly)" in done.err) == (2, True)


def test_show_refuses_bytes_that_were_not_registered(llmreg, repo):
    repo.write("subjects/common/author/versions/1.1.0.json", '{"type": "string"}\n')
    done = llmreg("show", "common/author", cwd=repo.root)
    assert done.status == 2
    assert "does not hold the bytes that were registered" in done.err
    assert llmreg("show", "common/author", "--rev", "HEAD", cwd=repo.root).status == 0


def test_a_registry_in_a_subdirectory(llmreg, nested):
    nested.schema("chat/reply", "answer", "reason")
    for options in ((), ("--rev", "HEAD")):
        done = llmreg("show", "chat/reply", *options, "-o", "json", cwd=nested.root / "subjects/chat")
        assert done.json["version"] == "1.0.0"
        assert llmreg("list", *options, "-o", "json", cwd=nested.root).json["subjects"][0]["subject"] == "chat/reply"


@pytest.mark.parametrize("which", ["repo", "nested"])
def test_a_bare_repository_wants_a_revision(llmreg, request, tmp_path, which):
    source = request.getfixturevalue(which)
    bare = tmp_path / "bare.git"
    source.git("clone", "--quiet", "--bare", str(source.path), str(bare))
    subject = {"repo": "common/author", "nested": "chat/reply"}[which]
    assert llmreg("list", cwd=bare).status == 2
    for command in (("list",), ("show", subject), ("log", subject), ("deps", subject), ("dependents", subject)):
        assert llmreg(*command, "--rev", "main", cwd=bare).status == 0
    assert llmreg("search", "properties", "a", "--rev", "main", cwd=bare).status in (0, 1)
    assert llmreg("log", subject, "--rev", "main", "-o", "json", cwd=bare).json["versions"][0]["author"] == "Ada"
    done = llmreg("verify", cwd=bare)
    assert (done.status, "unchanged" in done.out) == (0, True)


def test_the_variables_of_another_repositorys_hook_do_not_count(llmreg, repo, nested, monkeypatch):
    monkeypatch.setenv("GIT_DIR", os.fspath(nested.path / ".git"))
    assert llmreg("show", "common/author@1.0.0", "--rev", "HEAD", cwd=repo.root).status == 0
