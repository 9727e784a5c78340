"""Real Git repositories in temporary directories, built by hand; no identity of the person who runs the tests."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llmreg.model.mode import Mode
from llmreg.model.subject import LedgerLine, content_id
from llmreg.model.version import Bump, Version


class ScratchRepo:
    """A repository at `path` with a registry at `root` (the same, or a directory below)."""

    def __init__(self, path: Path, inside: str = "", object_format: str = "sha1") -> None:
        self.path = path
        self.root = path / inside if inside else path
        self.root.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main", f"--object-format={object_format}", cwd=path)
        self.git("config", "core.fsync", "none")  # a temporary repository need not survive a power cut

    def git(self, *arguments: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
        """Run git; its standard output, stripped."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=cwd or self.path,
            env=os.environ | (env or {}),
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def write(self, path: str, data: bytes | str) -> Path:
        """Write a file of the registry."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data.encode() if isinstance(data, str) else data)
        return target

    def registry(self) -> None:
        self.write("llmreg.yaml", "registry: 1\n")
        self.write(".gitattributes", "* text=auto eol=lf\nsubjects/**/versions/** linguist-generated=true\n")

    def subject(self, name: str, *versions: str, config: str = "format: json\n", body: str = '{"v": "%s"}\n') -> None:
        """A subject whose versions are registered in this order; the working file equals the last one."""
        self.write(f"subjects/{name}/subject.yaml", config)
        for version in versions:
            self.version(name, version, body % version)
        self.write(f"subjects/{name}/schema.json", body % (versions[-1] if versions else "new"))

    def version(self, name: str, version: str, data: str) -> LedgerLine:
        """Append one version as `register` would."""
        line = ledger_line(version, data.encode())
        self.write(f"subjects/{name}/versions/{version}.json", data)
        ledger = self.root / f"subjects/{name}/versions.jsonl"
        old = ledger.read_bytes() if ledger.exists() else b""
        ledger.write_bytes(old + line.to_line())
        return line

    def commit(self, message: str = "change") -> str:
        """Commit everything; the commit's id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")


def ledger_line(version: str, data: bytes) -> LedgerLine:
    fp = hashlib.sha256(b"fp" + data).hexdigest()
    return LedgerLine(
        version=Version.parse(version),
        sha256=hashlib.sha256(data).hexdigest(),
        id=content_id(fp, {}),
        fp=fp,
        bump=Bump.MINOR,
        mode=Mode.BACKWARD,
    )


@pytest.fixture
def make_repo(tmp_path: Path) -> Callable[..., ScratchRepo]:
    """`make_repo("name", inside="sub", object_format="sha256")`."""

    def make(name: str = "repo", *, inside: str = "", object_format: str = "sha1") -> ScratchRepo:
        path = tmp_path / name
        path.mkdir()
        return ScratchRepo(path, inside, object_format)

    return make


@pytest.fixture
def scratch_repo(make_repo: Callable[..., ScratchRepo]) -> Iterator[ScratchRepo]:
    """A registry with one subject, `chat/reply`, in versions 1.0.0 and 1.1.0, committed once on `main`."""
    repo = make_repo()
    repo.registry()
    repo.subject("chat/reply", "1.0.0", "1.1.0")
    repo.commit("start")
    yield repo


@pytest.fixture
def line() -> Callable[[str, bytes], LedgerLine]:
    """Builds the ledger line of a version with these bytes."""
    return ledger_line
