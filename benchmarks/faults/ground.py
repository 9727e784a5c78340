"""What every fault is tried on: a small registry in a Git repository, commands on it, and whether it is whole."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from llmreg.errors import LlmregError
from llmreg.store import layout
from llmreg.store.ledger import parse_ledger

_SECONDS = 180
_SHOWN = 20  # failures in words
_IDENTITY = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "core.fsync=none")
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_AUTHOR_DATE": "1767225600 +0000",
    "GIT_COMMITTER_DATE": "1767225600 +0000",
    "GIT_EDITOR": "true",
    "PYTHONDONTWRITEBYTECODE": "1",
}
Done = subprocess.CompletedProcess[str]


@dataclass
class Tally:
    """How many were tried, what was counted on the way, and every failure in words."""

    tried: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def count(self, what: str, many: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + many

    def fail(self, where: str, what: str) -> None:
        self.failures.append(f"{where}: {what}")

    def show(self, name: str) -> int:
        """Print it; the exit status."""
        counted = "".join(f", {many} {what}" for what, many in self.counts.items())
        print(f"{name}: {self.tried} tried{counted}; {len(self.failures)} failures", flush=True)
        for failure in self.failures[:_SHOWN]:
            print(f"  {failure}", flush=True)
        return 1 if self.failures else 0


def run(argv: Sequence[str], cwd: Path) -> Done:
    """A program to its end, whatever its exit status."""
    return subprocess.run(
        argv, cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, errors="replace", timeout=_SECONDS, check=False
    )


def git(root: Path, *arguments: str, fails: bool = False) -> str:
    """Raises SystemExit when it fails, or when it should and does not."""
    done = run(["git", *_IDENTITY, *arguments], root)
    if bool(done.returncode) is not fails:
        raise SystemExit(f"git {' '.join(arguments)} exited {done.returncode}: {done.stderr}{done.stdout}")
    return done.stdout


def llmreg(root: Path, *arguments: str) -> Done:
    return run([sys.executable, "-m", "llmreg", *arguments], root)


def commit(root: Path, message: str) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "-m", message)


def schema(properties: Sequence[str], **more: Any) -> str:
    declared = {name: {"type": "string", "maxLength": 10} for name in properties}
    return json.dumps({"type": "object", "properties": declared, **more}) + "\n"


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def edit(root: Path, subject: str, properties: Sequence[str]) -> None:
    """The subject's working file; each property more is compatible."""
    write(root, layout.config_path(subject), "format: json\n")
    write(root, layout.working_path(subject, ".json"), schema(properties))


def must(done: Done) -> Done:
    """What has to work for the trial to begin."""
    if done.returncode:
        raise SystemExit(f"{' '.join(done.args)} exited {done.returncode}: {done.stderr}{done.stdout}")
    return done


def start(root: Path, subjects: Sequence[str] = ("a/b",)) -> Path:
    """A committed registry with version 1.0.0 of each subject, on `main`."""
    root.mkdir(parents=True)
    git(root, "init", "--quiet", "--initial-branch=main")
    must(llmreg(root, "init"))
    for subject in subjects:
        edit(root, subject, ["one"])
        must(llmreg(root, "register", subject))
    commit(root, "start")
    return root


def copy(source: Path, target: Path) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)
    return target


def files(root: Path) -> dict[str, bytes]:
    """Everything outside `.git`."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(root).parts
    }


def staged(root: Path) -> str:
    return git(root, "ls-files", "--stage")


def torn(root: Path) -> list[str]:
    """Ledgers that cannot be read, and lines without their file: what must never be, not even between two steps."""
    found = []
    for ledger in sorted((root / layout.SUBJECTS).rglob("versions.jsonl")):
        subject = ledger.parent.relative_to(root / layout.SUBJECTS).as_posix()
        try:
            lines = parse_ledger(ledger.read_bytes(), subject)
        except LlmregError as error:
            found.append(f"{subject}: {error.message}")
            continue
        present = {path.stem for path in (ledger.parent / "versions").glob("*")}
        found += [f"{subject} {line.version} has no file" for line in lines if str(line.version) not in present]
    return found


def is_clear(done: Done) -> bool:
    """An answer for people: a status of ours, and no traceback."""
    return done.returncode in {0, 1, 2} and "Traceback" not in done.stderr + done.stdout


class Named(Protocol):
    """What a row of a table of faults is found by."""

    @property
    def name(self) -> str: ...


Row = TypeVar("Row", bound=Named)


def try_table(
    about: str | None,
    title: str,
    rows: Sequence[Row],
    prepare: Callable[[Path], object],
    attempt: Callable[[Row, Path, Tally], None],
) -> None:
    """Read the arguments and try every row that was asked for; each finds a prepared `start` in a scratch folder."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--only", default="", help="rows whose name begins so")
    options = parser.parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name).resolve()
        prepare(scratch / "start")
        for row in rows:
            if row.name.startswith(options.only):
                attempt(row, scratch, tally)
    raise SystemExit(tally.show(title))
