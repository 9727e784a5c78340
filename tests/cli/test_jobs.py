"""Work that is shared among processes gives what one process gives, to the byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import IDENTITY, Llmreg, Repo, new_repo

_CHECKS = (
    ("check", "--all"),
    ("check", "--all", "--head", "HEAD~1"),
    ("check", "--staged", "--against", "HEAD~1"),
    ("check", "--against", "HEAD~1"),
    ("check", "a/s03", "a/s05"),
)


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, llmreg: Llmreg) -> Repo:
    """Forty subjects, more than one task holds; one refers to another, one breaks, two have defects."""
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    repo = new_repo(tmp_path / "repo")
    lines = [{"subject": f"a/s{number:02}", "schema": _schema(number)} for number in range(40)]
    lines.append({"subject": "z/user", "schema": {"$ref": "llmreg:a/s01@1.0.0"}})
    repo.write("../batch.jsonl", "".join(json.dumps(line | {"format": "json"}) + "\n" for line in lines))
    assert llmreg("register", "--batch", str(tmp_path / "batch.jsonl"), cwd=repo.root).status == 0
    repo.commit("many")
    repo.write("subjects/a/s03/schema.json", json.dumps(_schema(3) | {"required": ["p0"]}))
    repo.write("subjects/a/s07/versions/1.0.0.json", "{}\n")
    repo.write("subjects/a/s09/subject.yaml", "format: [\n")
    repo.commit("a break and two defects")
    return repo


def _schema(number: int) -> dict[str, object]:
    return {"type": "object", "properties": {f"p{item}": {"type": "string"} for item in range(number % 5 + 1)}}


@pytest.mark.parametrize("words", _CHECKS, ids=" ".join)
def test_check(llmreg: Llmreg, repo: Repo, words: tuple[str, ...]) -> None:
    alone = llmreg(*words, "--jobs", "1", "-o", "json", cwd=repo.root)
    shared = llmreg(*words, "--jobs", "3", "-o", "json", cwd=repo.root)
    assert (alone.status, alone.out, alone.err) == (shared.status, shared.out, shared.err)
    assert json.loads(alone.out)["subjects"]


def test_export(llmreg: Llmreg, repo: Repo, tmp_path: Path) -> None:
    made = []
    for jobs in ("1", "2"):
        out = tmp_path / jobs
        done = llmreg("export", "--rev", "HEAD~1", "--out", str(out), "--jobs", jobs, cwd=repo.root)
        assert done.status == 0, done.err
        made.append((out / "index.sqlite").read_bytes())
    assert made[0] == made[1]
    refused = [
        llmreg("export", "--out", str(tmp_path / f"bad{jobs}"), "--jobs", jobs, cwd=repo.root) for jobs in ("1", "2")
    ]
    assert refused[0].status == 2
    assert refused[0].err == refused[1].err
