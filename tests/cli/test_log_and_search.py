"""`log` and `search`: where versions came from, and where words occur."""

from __future__ import annotations

import json

import pytest


def test_log_is_newest_first_with_the_commit_of_each(llmreg, repo):
    done = llmreg("log", "common/author", "-o", "json", cwd=repo.root)
    newest, oldest = done.json["versions"]
    assert (newest["version"], newest["bump"], newest["ordinal"]) == ("1.1.0", "minor", 2)
    assert (oldest["version"], oldest["bump"], oldest["pull_request"]) == ("1.0.0", "major", 1)
    assert newest["commit"] == repo.git("rev-parse", "HEAD~3")
    assert (newest["author"], newest["date"]) == ("Ada", "2026-01-02T03:04:05Z")
    assert newest["summary"] == "Mail of the author (#2)"
    assert done.json["warning"] is None


def test_log_as_text_marks_deprecated_and_retired(llmreg, repo):
    repo.write(
        "subjects/common/author/subject.yaml",
        "format: json\nstatus:\n  1.0.0: {retired: leak}\n  1.1.0: {deprecated: old}\n",
    )
    lines = llmreg("log", "common/author", cwd=repo.root).out.splitlines()
    assert lines[1].startswith("1.1.0")
    assert lines[1].endswith("deprecated: old")
    assert "2026-01-02" in lines[1]
    assert "#2" in lines[1]
    assert lines[2].endswith("retired: leak")


def test_what_is_not_committed_has_no_commit(llmreg, repo):
    repo.schema("common/author", "name", "mail", "phone")
    repo.register("common/author")
    versions = llmreg("log", "common/author", "-o", "json", cwd=repo.root).json["versions"]
    assert [(item["version"], bool(item["commit"])) for item in versions] == [
        ("1.2.0", False),
        ("1.1.0", True),
        ("1.0.0", True),
    ]
    assert [
        item["version"]
        for item in llmreg("log", "common/author", "--rev", "HEAD", "-o", "json", cwd=repo.root).json["versions"]
    ] == ["1.1.0", "1.0.0"]


def test_a_shallow_clone_gives_nulls_and_a_warning(llmreg, repo, tmp_path):
    repo.git("clone", "--quiet", "--depth", "2", f"file://{repo.path}", str(tmp_path / "shallow"))
    done = llmreg("log", "common/author", "-o", "json", cwd=tmp_path / "shallow")
    assert done.status == 0
    assert [item["commit"] for item in done.json["versions"]] == [None, None]
    assert "shallow" in done.json["warning"]
    assert "shallow" in done.err
    for command in (("list",), ("show", "common/author"), ("search", "mail"), ("deps", "chat/thread")):
        assert llmreg(*command, cwd=tmp_path / "shallow").status == 0


def test_log_outside_git_and_before_the_first_commit(llmreg, tmp_path):
    (tmp_path / "subjects/a").mkdir(parents=True)
    (tmp_path / "llmreg.yaml").write_text("registry: 1\n")
    (tmp_path / "subjects/a/subject.yaml").write_text("format: json\n")
    done = llmreg("log", "a", cwd=tmp_path)
    assert (done.status, done.out) == (0, "")
    assert "no version yet" in done.err
    assert llmreg("log", "b", cwd=tmp_path).status == 2


@pytest.mark.parametrize(
    ("words", "subjects"),
    [
        ("author", ["common/author", "chat/message"]),
        ("AUTHOR", ["common/author", "chat/message"]),
        ("citations", ["chat/message"]),
        ("team-chat text", ["chat/message"]),
        ("llm one", ["chat/message"]),
        ("chat mail", []),
        ("phone", []),
    ],
)
def test_every_word_must_occur_somewhere(llmreg, repo, words, subjects):
    done = llmreg("search", *words.split(), "-o", "json", cwd=repo.root)
    assert [hit["subject"] for hit in done.json["hits"]] == subjects
    assert done.json["searched"] == 3
    assert done.status == (0 if subjects else 1)


def test_search_says_where(llmreg, repo):
    done = llmreg("search", "chat", "-o", "json", cwd=repo.root)
    places = [
        (hit["subject"], [(match["where"], match["text"]) for match in hit["matches"]]) for hit in done.json["hits"]
    ]
    assert places[0] == ("chat/message", [("name", "chat/message"), ("tag", "Chat"), ("owner", "team-chat")])
    field = llmreg("search", "citations", "-o", "json", cwd=repo.root).json["hits"][0]["matches"]
    assert field == [{"where": "field", "text": "citations", "pointer": "/properties/citations"}]
    assert "field citations" in llmreg("search", "citations", cwd=repo.root).out


def test_search_looks_at_the_latest_version_or_the_draft(llmreg, repo):
    assert llmreg("search", "citations", "--rev", "HEAD~2", cwd=repo.root).status == 1
    repo.write("subjects/draft/subject.yaml", "format: json\n")
    repo.schema("draft", "unregistered")
    hit = llmreg("search", "unregistered", "-o", "json", cwd=repo.root).json["hits"][0]
    assert (hit["subject"], hit["version"]) == ("draft", None)


def test_search_finds_names_written_with_escapes(llmreg, repo):
    repo.write("subjects/draft/subject.yaml", "format: json\n")
    repo.write("subjects/draft/schema.json", json.dumps({"properties": {"straße": {}}}))
    assert llmreg("search", "STRASSE", cwd=repo.root).status == 0


def test_search_goes_on_past_what_cannot_be_read(llmreg, repo):
    repo.write("subjects/draft/subject.yaml", "format: json\n")
    repo.write("subjects/draft/schema.json", '{"properties": {"mail": ')
    repo.write("subjects/chat/thread/subject.yaml", "nonsense\n")
    repo.write("subjects/chat/message/versions.jsonl", "<<<<<<< ours\n")
    done = llmreg("search", "mail", "-o", "json", cwd=repo.root)
    assert [hit["subject"] for hit in done.json["hits"]] == ["common/author"]
    assert len(done.json["problems"]) == 3


def test_search_needs_a_word(llmreg, repo):
    assert llmreg("search", " ", cwd=repo.root).status == 2
    assert llmreg("search", cwd=repo.root).status == 2
