"""Registries in real Git repositories, and the command line run in this process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from llmreg.cli.app import run

IDENTITY = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "Grace",
    "GIT_COMMITTER_EMAIL": "grace@example.org",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one command line gave."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Llmreg = Callable[..., Outcome]


@pytest.fixture
def llmreg(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Llmreg:
    """`llmreg("show", "chat/reply", cwd=path)` runs the command line as typed in `cwd`."""

    def call(*arguments: str, cwd: Path) -> Outcome:
        monkeypatch.chdir(cwd)
        capsys.readouterr()
        status = run(list(arguments))
        printed = capsys.readouterr()
        return Outcome(status, printed.out, printed.err)

    return call


class Repo:
    """A repository at `path` with a registry at `root`: the same directory, or one below."""

    def __init__(self, path: Path, inside: str = "") -> None:
        self.path = path
        self.root = path / inside if inside else path

    def git(self, *arguments: str, status: int | None = 0) -> str:
        """Run git at the top; its output. `status` None takes any exit status."""
        done = subprocess.run(["git", *arguments], cwd=self.path, capture_output=True, text=True, check=False)
        assert status is None or done.returncode == status, done.stderr
        return done.stdout.strip()

    def write(self, path: str, data: str | bytes) -> Path:
        """Write a file of the registry."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data.encode() if isinstance(data, str) else data)
        return target

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def commit(self, message: str = "change") -> str:
        """Commit everything; the commit's id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def schema(self, subject: str, *fields: str, **more: Any) -> None:
        """A working file with these optional text fields."""
        document = {"type": "object", "properties": {name: {"type": "string"} for name in fields}, **more}
        self.write(f"subjects/{subject}/schema.json", json.dumps(document, indent=2) + "\n")

    def register(self, subject: str, *options: str) -> None:
        """`llmreg register` from the registry's root."""
        here = Path.cwd()
        os.chdir(self.root)
        try:
            assert run(["register", subject, *options]) == 0
        finally:
            os.chdir(here)

    def versions(self, subject: str) -> list[str]:
        """The versions in the ledger, in order."""
        ledger = self.root / f"subjects/{subject}/versions.jsonl"
        return [json.loads(line)["version"] for line in ledger.read_text(encoding="utf-8").splitlines()]


def new_repo(path: Path, inside: str = "") -> Repo:
    """An empty registry in a new repository on the branch `main`."""
    path.mkdir(parents=True)
    repo = Repo(path, inside)
    repo.git("init", "--quiet", "--initial-branch=main")
    repo.write("llmreg.yaml", "registry: 1\n")
    repo.write(".gitattributes", "* text=auto eol=lf\nsubjects/**/versions/** linguist-generated=true\n")
    return repo


def _fill(repo: Repo) -> None:
    """Three subjects that refer to each other, six versions, one commit each with a pull request's number."""
    repo.write("subjects/common/author/subject.yaml", "format: json\n")
    repo.schema("common/author", "name")
    repo.register("common/author")
    repo.commit("Add author (#1)")
    repo.schema("common/author", "name", "mail")
    repo.register("common/author")
    repo.commit("Mail of the author (#2)")
    repo.write(
        "subjects/chat/message/subject.yaml",
        "# asked for by the chat team\nformat: json\nowner: team-chat\ndescription: One message\ntags: [llm, Chat]\n",
    )
    for number, fields in enumerate((("text",), ("text", "citations")), start=3):
        author = {"$ref": f"llmreg:common/author@1.{number - 3}.0"}
        properties = {**{name: {"type": "string"} for name in fields}, "author": author}
        repo.write("subjects/chat/message/schema.json", json.dumps({"type": "object", "properties": properties}) + "\n")
        repo.register("chat/message")
        repo.commit(f"Message {number} (#{number})")
    repo.write("subjects/chat/thread/subject.yaml", "format: json\n")
    items = {"type": "array", "items": {"$ref": "llmreg:chat/message@1.0.0"}}
    repo.write("subjects/chat/thread/schema.json", json.dumps(items) + "\n")
    repo.register("chat/thread")
    repo.commit("Thread")


@pytest.fixture(scope="session")
def _templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Built once, before any test's own environment, and copied: registering is what takes the time."""
    folder = tmp_path_factory.mktemp("templates")
    with pytest.MonkeyPatch.context() as patch:
        for key, value in IDENTITY.items():
            patch.setenv(key, value)
        patch.setenv("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z")
        _fill(new_repo(folder / "top"))
        nested = new_repo(folder / "nested", "schemas/registry")
        nested.write("subjects/chat/reply/subject.yaml", "format: json\nkind: structured-output\n")
        nested.schema("chat/reply", "answer")
        nested.register("chat/reply")
        nested.commit("Reply (#7)")
    yield folder


@pytest.fixture
def repo(_templates: Path, tmp_path: Path) -> Repo:
    """`common/author` 1.0.0, 1.1.0 ← `chat/message` 1.0.0, 1.1.0; `chat/message@1.0.0` ← `chat/thread` 1.0.0."""
    shutil.copytree(_templates / "top", tmp_path / "repo")
    return Repo(tmp_path / "repo")


@pytest.fixture
def nested(_templates: Path, tmp_path: Path) -> Repo:
    """`chat/reply` 1.0.0 in the registry `schemas/registry` of a larger repository."""
    shutil.copytree(_templates / "nested", tmp_path / "nested")
    return Repo(tmp_path / "nested", "schemas/registry")
