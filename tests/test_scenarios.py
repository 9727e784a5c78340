"""Every scenario in `cases/scenarios/*.yaml`: real Git in a temporary directory, the command line as people type it.

A step is one of: `write: {path: text}` (a dict or list is written as JSON), `bytes: {path: hex}`, `git: arguments`,
`remove: path`, `link: {path: target}`, `env: {NAME: value}`, `cd: path`, or `run: arguments` with any of `exit`
(default 0), `stdin`, `out` and `err` (texts that must occur), `not` (texts that must not occur in either), `json`
(JSON Pointer → value of standard output). `<top>` in an argument or a text of `out` is the repository's directory.
"""

from __future__ import annotations

import io
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from llmreg.cli.app import run
from llmreg.model.pointer import lookup

ROOT = Path(__file__).parent / "cases" / "scenarios"
SCENARIOS = sorted(ROOT.glob("**/*.yaml"))
REGISTRY = {"llmreg.yaml": "registry: 1\n"}


class Scene:
    """Carries out the steps of one scenario."""

    def __init__(self, place: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self.place = place
        self.patch = monkeypatch
        self.capfd = capfd

    def step(self, step: dict[str, Any]) -> None:
        for path, content in step.get("write", {}).items():
            self._put(path, (content if isinstance(content, str) else json.dumps(content, indent=2) + "\n").encode())
        for path, content in step.get("bytes", {}).items():
            self._put(path, bytes.fromhex(content))
        for path, target in step.get("link", {}).items():
            (self.place / path).parent.mkdir(parents=True, exist_ok=True)
            (self.place / path).symlink_to(target)
        if "remove" in step:
            subprocess.run(["rm", "-rf", str(self.place / step["remove"])], check=True)
        for name, value in step.get("env", {}).items():
            self.patch.setenv(name, str(value).replace("<top>", str(self.place)))
        if "cd" in step:
            self.patch.chdir(self.place / step["cd"])
        if "git" in step:
            self._git(step["git"])
        if "run" in step:
            self._run(step)

    def _put(self, path: str, data: bytes) -> None:
        target = self.place / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def _git(self, arguments: str) -> None:
        plain = {key: value for key, value in os.environ.items() if key not in ("GIT_DIR", "GIT_INDEX_FILE")}
        done = subprocess.run(
            ["git", "-c", "protocol.file.allow=always", *shlex.split(arguments.replace("<top>", str(self.place)))],
            check=False,
            capture_output=True,
            text=True,
            env=plain,
        )
        assert done.returncode == 0, done.stderr

    def _run(self, step: dict[str, Any]) -> None:
        stdin = step.get("stdin", "")
        data = stdin if isinstance(stdin, str) else json.dumps(stdin)
        self.patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data.encode())))
        self.capfd.readouterr()
        status = run(shlex.split(step["run"].replace("<top>", str(self.place))))
        out, err = self.capfd.readouterr()
        shown = f"$ llmreg {step['run']}\n{out}\n{err}"
        assert status == step.get("exit", 0), shown
        assert "Traceback" not in out + err, shown
        for text in step.get("out", []):
            assert text.replace("<top>", str(self.place)) in out, shown
        for text in step.get("err", []):
            assert text.replace("<top>", str(self.place)) in err, shown
        for text in step.get("not", []):
            assert text not in out + err, shown
        for pointer, value in step.get("json", {}).items():
            assert _at(json.loads(out), pointer) == value, (pointer, shown)


def _at(document: Any, pointer: str) -> Any:
    try:
        return lookup(document, pointer)
    except LookupError:
        return f"nothing at {pointer}"


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: str(path.relative_to(ROOT).with_suffix("")))
def test_scenario(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    scenario = yaml.safe_load(path.read_text(encoding="utf-8"))
    place = tmp_path / "place"
    place.mkdir()
    monkeypatch.chdir(place)
    scene = Scene(place, monkeypatch, capfd)
    if scenario.get("repository", True):
        scene.step({"git": f"init --quiet --initial-branch=main {scenario.get('init', '')}"})
    if scenario.get("registry", True):
        scene.step({"write": REGISTRY})
    for step in scenario["steps"]:
        scene.step(step)
