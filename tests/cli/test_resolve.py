"""`resolve`: two people register the same number; the one who lands second gets the next free one."""

from __future__ import annotations

import json

import pytest

SUBJECT = "chat/reply"
WORKING = f"subjects/{SUBJECT}/schema.json"


@pytest.fixture
def race(nested):
    """`main` registered 1.1.0 with `theirs`, the branch `work` another 1.1.0 with `ours`; `work` is checked out."""
    nested.git("switch", "--quiet", "--create", "work")
    nested.schema(SUBJECT, "answer", "ours")
    nested.register(SUBJECT, "--meta", "ticket=7")
    nested.commit("Ours")
    nested.git("switch", "--quiet", "main")
    nested.schema(SUBJECT, "answer", "theirs")
    nested.register(SUBJECT)
    nested.commit("Theirs")
    nested.git("switch", "--quiet", "work")
    return nested


def _ids(repo, subject=SUBJECT):
    ledger = repo.root / f"subjects/{subject}/versions.jsonl"
    return [(line["version"], line.get("meta")) for line in map(json.loads, ledger.read_text().splitlines())]


def _landed(repo, revision="main"):
    """The landed ledger is a prefix of ours, its version files are untouched, and nothing is in conflict."""
    ledger = repo.git("show", f"{revision}:schemas/registry/subjects/{SUBJECT}/versions.jsonl")
    assert repo.read(f"subjects/{SUBJECT}/versions.jsonl").startswith(ledger)
    path = f"subjects/{SUBJECT}/versions/1.1.0.json"
    assert repo.read(path).strip() == repo.git("show", f"{revision}:schemas/registry/{path}")
    assert repo.git("ls-files", "--unmerged") == ""


@pytest.mark.parametrize("how", ["merge", "rebase", "cherry-pick"])
def test_the_second_to_land_gets_the_next_number(llmreg, race, how):
    if how == "cherry-pick":
        race.git("switch", "--quiet", "--detach", "main")
    race.git(how, {"cherry-pick": "work"}.get(how, "main"), status=None)
    for command in ("check", "doctor"):
        told = llmreg(command, cwd=race.root)
        assert (told.status, f"llmreg resolve {SUBJECT}" in told.out) == (1, True), told
    race.schema(SUBJECT, "answer", "theirs", "ours")
    done = llmreg("resolve", SUBJECT, "-o", "json", cwd=race.root / "subjects")
    assert done.status == 0
    assert done.json["dropped"] == ["1.1.0"]
    assert done.json["registered"]["version"] == "1.2.0"
    assert done.json["state"] == how
    assert done.json["forgotten"] == []
    assert _ids(race) == [("1.0.0", None), ("1.1.0", None), ("1.2.0", {"ticket": "7"})]
    _landed(race)
    again = llmreg("resolve", SUBJECT, cwd=race.root)
    assert (again.status, race.versions(SUBJECT)) == (0, ["1.0.0", "1.1.0", "1.2.0"])
    if how == "merge":
        race.git("commit", "--quiet", "--no-edit")
    else:
        race.git(how, "--continue")
    assert race.git("status", "--porcelain") == ""
    assert llmreg("check", "--against", "main", cwd=race.root).status == 0
    assert llmreg("resolve", SUBJECT, cwd=race.root).status == 0
    assert race.versions(SUBJECT) == ["1.0.0", "1.1.0", "1.2.0"]


def test_the_default_branch_keeps_its_numbers_when_it_merges(llmreg, race):
    race.git("switch", "--quiet", "main")
    race.git("merge", "work", status=None)
    race.schema(SUBJECT, "answer", "theirs", "ours")
    done = llmreg("resolve", SUBJECT, "-o", "json", cwd=race.root)
    assert (done.json["baseline"]["revision"], done.json["registered"]["version"]) == ("HEAD", "1.2.0")
    _landed(race, "main")


def test_a_pulled_branch_has_landed(llmreg, race, tmp_path):
    race.git("switch", "--quiet", "main")  # the remote's own HEAD is its default branch
    race.git("clone", "--quiet", "--branch", "main", str(race.path), str(tmp_path / "clone"))
    clone = type(race)(tmp_path / "clone", "schemas/registry")
    clone.git("reset", "--quiet", "--hard", "HEAD~1")
    clone.schema(SUBJECT, "answer", "third")
    clone.register(SUBJECT, "--commit")
    clone.git("merge", "origin/main", status=None)
    clone.schema(SUBJECT, "answer", "theirs", "third")
    done = llmreg("resolve", SUBJECT, "-o", "json", cwd=clone.root)
    assert (done.json["baseline"]["revision"], done.json["registered"]["version"]) == ("MERGE_HEAD", "1.2.0")


def test_conflict_markers_are_for_people(llmreg, race):
    race.git("rebase", "main", status=None)
    before = race.git("status", "--porcelain")
    done = llmreg("resolve", SUBJECT, cwd=race.root)
    assert done.status == 2
    assert "schema.json:" in done.err
    assert "unresolved conflict" in done.err
    assert race.git("status", "--porcelain") == before


def test_what_does_not_pass_changes_nothing(llmreg, race):
    race.git("merge", "main", status=None)
    race.write(WORKING, json.dumps({"type": "object", "properties": {"answer": {"type": "integer"}}}) + "\n")
    ledger = race.read(f"subjects/{SUBJECT}/versions.jsonl")
    done = llmreg("resolve", SUBJECT, "-o", "json", cwd=race.root)
    assert (done.status, done.json["verdict"], done.json["registered"]) == (1, "incompatible", None)
    assert race.read(f"subjects/{SUBJECT}/versions.jsonl") == ledger
    done = llmreg("resolve", SUBJECT, cwd=race.root)
    assert "nothing was changed" in done.out
    race.schema(SUBJECT, "answer", "theirs", "ours")
    assert llmreg("resolve", SUBJECT, cwd=race.root).status == 0


def test_a_declared_major_stays_one(llmreg, race):
    race.write(WORKING, json.dumps({"type": "object", "properties": {"answer": {"type": "integer"}}}) + "\n")
    race.register(SUBJECT, "--bump", "major", "--commit")
    race.git("merge", "main", status=None)
    race.write(
        WORKING,
        json.dumps({"type": "object", "properties": {"answer": {"type": "integer"}, "theirs": {"type": "string"}}}),
    )
    done = llmreg("resolve", SUBJECT, "-o", "json", cwd=race.root)
    assert done.json["registered"]["version"] == "2.0.0"
    assert done.json["dropped"] == ["1.1.0", "2.0.0"]
    assert done.json["forgotten"] == ["1.1.0"]
    assert race.versions(SUBJECT) == ["1.0.0", "1.1.0", "2.0.0"]


def test_a_prerelease_stays_one(llmreg, nested):
    for branch, field in (("work", "ours"), ("main", "theirs")):
        nested.git("switch", "--quiet", *(["--create"] if branch == "work" else []), branch)
        nested.schema(SUBJECT, "answer", field)
        nested.register(SUBJECT, "--version", "1.1.0-rc.1", "--commit")
    nested.git("switch", "--quiet", "work")
    nested.git("rebase", "main", status=None)
    nested.schema(SUBJECT, "answer", "theirs", "ours")
    assert llmreg("resolve", SUBJECT, "-o", "json", cwd=nested.root).json["registered"]["version"] == "1.1.0-rc.2"


def test_every_commit_of_a_rebase(llmreg, race):
    race.schema(SUBJECT, "answer", "ours", "more")
    race.register(SUBJECT, "--commit")
    race.git("rebase", "main", status=None)
    race.schema(SUBJECT, "answer", "theirs", "ours")
    assert llmreg("resolve", SUBJECT, cwd=race.root).status == 0
    race.git("rebase", "--continue", status=None)
    race.schema(SUBJECT, "answer", "theirs", "ours", "more")
    done = llmreg("resolve", SUBJECT, "-o", "json", cwd=race.root)
    assert done.json["forgotten"] == []
    race.git("rebase", "--continue")
    assert race.versions(SUBJECT) == ["1.0.0", "1.1.0", "1.2.0", "1.3.0"]
    assert llmreg("check", "--against", "main", cwd=race.root).status == 0
    assert llmreg("verify", "main", cwd=race.root).status == 0


def test_when_theirs_holds_ours_already(llmreg, race):
    race.git("rebase", "main", status=None)
    race.schema(SUBJECT, "answer", "theirs")
    done = llmreg("resolve", SUBJECT, "-o", "json", cwd=race.root)
    assert (done.json["registered"]["version"], done.json["registered"]["new"]) == ("1.1.0", False)
    assert race.versions(SUBJECT) == ["1.0.0", "1.1.0"]
    _landed(race)


def test_after_the_ledger_was_resolved_by_hand_and_wrongly(llmreg, race):
    race.git("merge", "main", status=None)
    for path in ("versions.jsonl", "versions/1.1.0.json"):
        race.git("checkout", "--ours", f"schemas/registry/subjects/{SUBJECT}/{path}")
    race.schema(SUBJECT, "answer", "theirs", "ours")
    race.commit("wrong")
    assert llmreg("check", "--against", "main", cwd=race.root).status == 1
    done = llmreg("resolve", SUBJECT, "-o", "json", cwd=race.root)
    assert (done.json["registered"]["version"], done.json["state"]) == ("1.2.0", None)
    assert race.versions(SUBJECT) == ["1.0.0", "1.1.0", "1.2.0"]
    _landed(race)
    assert llmreg("check", "--against", "main", cwd=race.root).status == 0


def test_against_must_be_part_of_it(llmreg, race):
    done = llmreg("resolve", SUBJECT, "--against", "main", cwd=race.root)
    assert (done.status, "not merged" in done.err) == (2, True)
    race.git("merge", "main", status=None)
    race.schema(SUBJECT, "answer", "theirs", "ours")
    done = llmreg("resolve", SUBJECT, "--against", "main", "-o", "json", cwd=race.root)
    assert done.json["baseline"]["why"] == "asked for with --against"
    assert done.json["registered"]["version"] == "1.2.0"


def test_another_subject_in_conflict_does_not_stop_it(llmreg, race):
    for branch in ("work", "main"):
        race.git("switch", "--quiet", branch)
        race.write("subjects/other/subject.yaml", "format: json\n")
        race.schema("other", branch)
        race.register("other", "--commit")
    race.git("switch", "--quiet", "work")
    race.git("merge", "main", status=None)
    race.schema(SUBJECT, "answer", "theirs", "ours")
    assert llmreg("resolve", SUBJECT, cwd=race.root).status == 0
    race.schema("other", "main", "work")
    assert llmreg("resolve", "other", cwd=race.root).status == 0
    assert race.versions("other") == ["1.0.0", "1.1.0"]
    race.git("commit", "--quiet", "--no-edit")


def test_nothing_to_resolve(llmreg, race):
    done = llmreg("resolve", SUBJECT, "-o", "json", cwd=race.root)
    assert (done.status, done.json["registered"], done.json["dropped"]) == (0, None, [])
    assert race.git("status", "--porcelain") == ""
    assert llmreg("resolve", "nothing", cwd=race.root).status == 2


def test_an_interrupted_resolve_is_completed(llmreg, race, monkeypatch):
    from llmreg.store.write import Held

    race.git("rebase", "main", status=None)
    race.schema(SUBJECT, "answer", "theirs", "ours")
    with monkeypatch.context() as patch:
        patch.setattr(Held, "register", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert llmreg("resolve", SUBJECT, cwd=race.root).status == 130
    assert race.versions(SUBJECT) == ["1.0.0", "1.1.0"]
    done = llmreg("resolve", SUBJECT, "-o", "json", cwd=race.root)
    assert done.json["registered"]["version"] == "1.2.0"
    _landed(race)
    race.git("rebase", "--continue")
