"""A stranger's pull request: every case of `tables/` in a child process with limits on memory and processor time.

Each ends with the status and the words that it names, and besides never with status 3, a signal or a traceback; it
writes nothing, asks no network, runs nothing that the checkout names, and sends no control character to a terminal.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module  # noqa: TID251 - lists a folder
from pathlib import Path
from typing import Any

import pytest
from tests.hostile.case import Case, Stage, json_subject

HOME = Path(__file__).parent
ROOT = HOME.parents[1]
TABLES = sorted(path.stem for path in (HOME / "tables").glob("*.py"))
CASES: dict[str, Case] = {
    f"{table}: {name}": case
    for table in TABLES
    for name, case in import_module(f"tests.hostile.tables.{table}").CASES.items()
}
_WALL_SECONDS = 120  # a process that neither computes nor ends
_PLAIN = ("PATH", "HOME", "LANG")


class Driver:
    """The process that forks for each case (`driver.py`)."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.hostile.driver"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def ask(self, request: dict[str, Any]) -> int:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], _WALL_SECONDS)
        if not ready:
            self.process.kill()
            self.close()
            self.begin()
            pytest.fail("the command neither computes nor ends")
        return int(json.loads(self.process.stdout.readline())["status"])

    def close(self) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    made = Driver()
    yield made
    made.close()


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory, driver: Driver) -> dict[bool, Path]:
    """What a case starts from: a fresh repository, and (True) one with a good registry; each made once."""
    base = tmp_path_factory.mktemp("models")
    fresh, good = base / "fresh", base / "good"
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run([*git, "init", "--quiet", "--template=", "--initial-branch=main", str(fresh)], check=True)
    stage = Stage(tmp_path_factory.mktemp("good"), fresh)
    for title in ("first", "second"):
        stage.prepare(Case((), json_subject({"type": "object", "title": title}, "good")))
        assert driver.ask(_request(stage, Case(("register", "good")))) == 0
    for command in (["add", "--all"], ["commit", "--quiet", "--message", "good"]):
        subprocess.run([*git, *command], cwd=stage.place, check=True)
    stage.place.rename(good)
    return {False: fresh, True: good}


@pytest.mark.parametrize("name", CASES)
def test_hostile(name: str, driver: Driver, models: dict[bool, Path], tmp_path: Path) -> None:
    case = CASES[name]
    stage = Stage(tmp_path, models[case.good])
    stage.prepare(case)
    out = tmp_path / "out"
    before = stage.written()
    status = driver.ask(_request(stage, case))
    shown, errors = ((out / part).read_bytes() for part in ("stdout", "stderr"))
    text = f"status {status}\n{shown.decode(errors='replace')}\n{errors.decode(errors='replace')}"
    expected = case.statuses
    assert status in expected, text[:5000]
    assert "Traceback" not in text and "internal error" not in text, text[:5000]
    assert len(text) < 20_000_000, len(text)
    for words in case.says:
        assert stage.filled(words) in text, (words, text[:5000])
    for words in case.never:
        assert words not in text, (words, text[:5000])
    assert _controls((b"" if case.raw else shown) + errors) == [], text[:5000]
    assert (out / "audit").read_text() == ""
    after = stage.written()
    assert not (tmp_path / "sprung").exists(), "a program that the checkout names was run"
    if not case.writes:
        assert after == before, {path for path in after if after[path] != before.get(path)}
    assert not any(path.startswith("tmp/") for path in after), "a temporary file was left"


def _request(stage: Stage, case: Case) -> dict[str, Any]:
    (stage.base / "out/stdin").write_bytes(case.stdin)
    return {
        "run": [stage.filled(argument) for argument in case.run],
        "cwd": str(stage.place),
        "base": str(stage.base),
        "env": _environment(stage, case),
        "cpu": case.cpu,
        "memory": case.memory,
    }


def _environment(stage: Stage, case: Case) -> dict[str, str]:
    """A short list of the suite's own variables, and the case's."""
    kept = {name: value for name, value in os.environ.items() if name in _PLAIN or name.startswith("GIT_")}
    own = {name: stage.filled(value) for name, value in case.env.items()}
    return kept | {"TMPDIR": str(stage.base / "tmp")} | own


def _controls(data: bytes) -> list[str]:
    """Control and format characters besides the line feed."""
    return sorted({repr(char) for char in data.decode("utf-8", "replace") if char != "\n" and not char.isprintable()})


def test_modules_of_the_checkout_are_not_imported(tmp_path: Path) -> None:
    """`python -m` looks into the current directory first; the installed command never does."""
    for name in ("typer", "yaml", "json", "referencing"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'sprung')!r}, 'w').close()\n")
    (tmp_path / "a.json").write_text("{}")
    command = [sys.executable, "-m", "llmreg", "diff", "a.json", "a.json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "sprung").exists()
