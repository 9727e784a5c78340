"""Every pull request in `cases/*.yaml`, replayed on a copy of `example-registry/` in real Git.

The copy is committed on `main`; the case's steps are done on a branch and committed, then `llmreg check --against main`
judges the branch. A step is one of those of `tests/test_scenarios.py`, or `edit: {path: [old text, new text]}`.
`exit` is the check's status; `findings` lists every finding of severity error, in order, each with the parts of the
JSON report that matter; `told` texts that the report must hold besides.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.test_scenarios import Scene

from llmreg.cli.app import run

HERE = Path(__file__).parent
EXAMPLE = HERE.parent.parent / "example-registry"
CASES = sorted((HERE / "cases").glob("*.yaml"))


class PullRequest(Scene):
    """A branch of the example registry; `place` is the repository and the registry's root."""

    def step(self, step: dict[str, Any]) -> None:
        for path, (old, new) in step.get("edit", {}).items():
            text = (self.place / path).read_text(encoding="utf-8")
            assert text.count(old) == 1, f"{path} must hold {old!r} once"
            (self.place / path).write_text(text.replace(old, new), encoding="utf-8")
        super().step(step)

    def commit(self) -> None:
        self.step({"git": "add --all"})
        self.step({"git": "commit --quiet --allow-empty --message change"})

    def check(self, *scope: str) -> tuple[int, dict[str, Any]]:
        """Exit status and JSON report of `llmreg check`, against `main` where nothing else is said."""
        self.capfd.readouterr()
        status = run(["check", "-o", "json", *(scope or ("--against", "main"))])
        return status, json.loads(self.capfd.readouterr().out)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example registry in a repository, with one commit on `main`."""
    place = tmp_path_factory.mktemp("replay") / "registry"
    shutil.copytree(EXAMPLE, place)
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "core.hooksPath=/dev/null"]
    for command in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "--all"],
        ["commit", "--quiet", "-m", "base"],
    ):
        subprocess.run(["git", *identity, *command], check=True, cwd=place)
    return place


@pytest.fixture
def pull(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> PullRequest:
    place = tmp_path / "registry"
    shutil.copytree(template, place, symlinks=True)
    monkeypatch.chdir(place)
    scene = PullRequest(place, monkeypatch, capfd)
    scene.step({"git": "switch --quiet --create change"})
    return scene


def _errors(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for finding in report["findings"]:
        if finding["severity"] == "error":
            yield finding
    for subject in report["subjects"]:
        for finding in subject["findings"]:
            if finding["severity"] == "error":
                yield {"subject": subject["subject"], **finding}


def _holds(wanted: Any, found: Any) -> bool:
    """Whether every part of `wanted` is in `found`; a text is in a longer text."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return all(key in found and _holds(value, found[key]) for key, value in wanted.items())
    if isinstance(wanted, str) and isinstance(found, str):
        return wanted in found
    return bool(wanted == found)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_pull_request(path: Path, pull: PullRequest) -> None:
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    for step in case["steps"]:
        pull.step(step)
    pull.commit()
    status, report = pull.check()
    shown = json.dumps(report, indent=1, ensure_ascii=False)
    assert status == case["exit"], shown
    found = list(_errors(report))
    wanted = case.get("findings", [])
    assert [item["rule"] for item in wanted] == [item["rule"] for item in found], shown
    for expected, actual in zip(wanted, found, strict=True):
        assert _holds(expected, actual), (expected, actual)
    for text in case.get("told", []):
        assert text in shown, (text, shown)


def test_the_example_registry_is_green_and_still(pull: PullRequest) -> None:
    """Every version passes, and every working file is its latest version."""
    status, report = pull.check("--all")
    assert status == 0, report
    assert report["checked"] == len(list(EXAMPLE.glob("subjects/**/subject.yaml"))) >= 12
    assert not [subject for subject in report["subjects"] if subject.get("pending")]
    kinds = {
        yaml.safe_load(file.read_text(encoding="utf-8")).get("kind", "data") for file in EXAMPLE.rglob("subject.yaml")
    }
    assert len(kinds) >= 8
    assert {subject["format"] for subject in report["subjects"]} == {"json", "avro", "protobuf", "prompt"}


def test_a_race_ends_in_two_versions(pull: PullRequest) -> None:
    """Two pull requests register a version of one subject: Git stops the second, `resolve` gives it the next number."""
    schema = "subjects/tools/search-docs/schema.json"
    register = {"run": "register tools/search-docs --commit -m register"}
    pull.step({"git": "switch --quiet --create theirs main"})
    pull.step({"edit": {schema: ['"fr"]', '"fr", "it"]']}, **register})
    pull.step({"git": "switch --quiet change"})
    pull.step({"edit": {schema: ['"maximum": 20', '"maximum": 50']}, **register})
    pull.step({"git": "switch --quiet main"})
    pull.step({"git": "merge --quiet --ff-only theirs"})
    pull.step({"git": "switch --quiet change"})
    merge = subprocess.run(["git", "rebase", "main"], check=False, capture_output=True, text=True)
    assert merge.returncode != 0 and "versions.jsonl" in merge.stdout, merge.stdout
    merged = subprocess.run(["git", "show", f"main:{schema}"], check=True, capture_output=True, text=True).stdout
    pull.step({"write": {schema: merged.replace('"maximum": 20', '"maximum": 50')}})
    pull.step({"run": "resolve tools/search-docs", "out": ["1.5.0"]})
    pull.step({"git": "-c core.editor=true rebase --continue"})
    status, report = pull.check()
    assert status == 0, report
    assert [subject["version"] for subject in report["subjects"]] == ["1.5.0"]
    pull.step({"run": "show tools/search-docs@1.4.0", "out": ['"it"', '"maximum": 20']})
    pull.step({"run": "show tools/search-docs@1.5.0", "out": ['"it"', '"maximum": 50']})
