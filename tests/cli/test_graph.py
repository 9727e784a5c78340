"""`deps` and `dependents`: the pins between versions, in both directions."""

from __future__ import annotations

import json


def _pins(linked):
    return [(item["subject"], item["version"], item["depth"]) for item in linked]


def test_deps_are_direct_unless_all_are_asked_for(llmreg, repo):
    done = llmreg("deps", "chat/thread", "-o", "json", cwd=repo.root)
    assert (done.json["subject"], done.json["version"], done.json["all"]) == ("chat/thread", "1.0.0", False)
    assert _pins(done.json["dependencies"]) == [("chat/message", "1.0.0", 1)]
    done = llmreg("deps", "chat/thread@^1", "--all", "-o", "json", cwd=repo.root)
    assert _pins(done.json["dependencies"]) == [("chat/message", "1.0.0", 1), ("common/author", "1.0.0", 2)]
    assert done.json["dependencies"][1]["required_by"] == ["chat/message@1.0.0"]
    assert done.json["dependencies"][1]["latest"] is False


def test_deps_picks_one_version(llmreg, repo):
    assert _pins(llmreg("deps", "chat/message@~1.0", "-o", "json", cwd=repo.root).json["dependencies"]) == [
        ("common/author", "1.0.0", 1)
    ]
    assert llmreg("deps", "chat/message@^2", cwd=repo.root).status == 2
    done = llmreg("deps", "common/author", cwd=repo.root)
    assert (done.status, done.out, "refers to nothing" in done.err) == (0, "", True)


def test_dependents_searches_every_ledger_and_says_which_versions(llmreg, repo):
    done = llmreg("dependents", "common/author", "-o", "json", cwd=repo.root)
    assert done.json["versions"] == ["1.0.0", "1.1.0"]
    assert _pins(done.json["dependents"]) == [("chat/message", "1.0.0", 1), ("chat/message", "1.1.0", 1)]
    assert [item["refers_to"] for item in done.json["dependents"]] == [["common/author@1.0.0"], ["common/author@1.1.0"]]
    assert [item["latest"] for item in done.json["dependents"]] == [False, True]


def test_dependents_of_a_range_and_transitively(llmreg, repo):
    done = llmreg("dependents", "common/author@1.0.0", "--all", "-o", "json", cwd=repo.root / "subjects")
    assert _pins(done.json["dependents"]) == [("chat/message", "1.0.0", 1), ("chat/thread", "1.0.0", 2)]
    assert _pins(llmreg("dependents", "common/author@>1.0.0", "-o", "json", cwd=repo.root).json["dependents"]) == [
        ("chat/message", "1.1.0", 1)
    ]
    assert llmreg("dependents", "common/author@9.0.0", cwd=repo.root).status == 2
    assert llmreg("dependents", "chat/thread", cwd=repo.root).status == 0


def test_dependents_at_a_revision(llmreg, repo):
    done = llmreg("dependents", "common/author", "--rev", "HEAD~2", "-o", "json", cwd=repo.root)
    assert _pins(done.json["dependents"]) == [("chat/message", "1.0.0", 1)]


def test_retired_and_missing_versions_are_marked(llmreg, repo):
    repo.write("subjects/chat/message/subject.yaml", "format: json\nstatus:\n  1.0.0: {retired: leak}\n")
    text = llmreg("deps", "chat/thread", "--all", cwd=repo.root).out
    assert "retired: leak" in text
    (repo.root / "subjects/common/author/versions.jsonl").unlink()
    linked = llmreg("deps", "chat/message@1.0.0", "-o", "json", cwd=repo.root).json["dependencies"]
    assert (linked[0]["missing"], linked[0]["latest"]) == (True, False)


def test_a_circle_made_by_hand_ends(llmreg, repo):
    ledger = repo.root / "subjects/common/author/versions.jsonl"
    lines = [json.loads(line) for line in ledger.read_text().splitlines()]
    lines[0]["refs"] = ["chat/thread@1.0.0"]
    ledger.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
    done = llmreg("deps", "chat/thread", "--all", "-o", "json", cwd=repo.root)
    assert [item["subject"] for item in done.json["dependencies"]] == ["chat/message", "common/author", "chat/thread"]


def test_an_unreadable_ledger_is_told_and_passed_over(llmreg, repo):
    repo.write("subjects/chat/thread/versions.jsonl", "{}\n")
    done = llmreg("dependents", "chat/message", "-o", "json", cwd=repo.root)
    assert (done.status, done.json["dependents"], len(done.json["problems"])) == (0, [], 1)
    assert "versions.jsonl:1" in done.err
