"""The hooks of `.pre-commit-hooks.yaml`, through the real pre-commit, on real commits.

pre-commit would install the hooks' environment from a package index; here they are `repo: local` entries with the
llmreg of this environment, and everything else is taken from the published definition.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.hooks.definition import HOOKS
from tests.transcript import environment

pytest.importorskip("pre_commit")

SCHEMA = "subjects/tools/search/schema.json"
TEXT = '{"type": "object", "properties": {"query": {"type": "string"}, "limit": {"maximum": 20}}}\n'
WITNESS = 'witness: {"limit":11}'
GOOD_PATHS = (
    "llmreg.yaml",
    "schemas/llmreg.yaml",
    "subjects/chat/reply/schema.json",
    "subjects/chat/reply/versions/1.0.0.json",
    "services/shop/schemas/subjects/order/versions.jsonl",
)
BAD_PATHS = (
    "README.md",
    "llmreg.yaml.bak",
    "src/mysubjects/a.json",
    "docs/llmreg-yaml",
    "subjects.txt",
    "my-llmreg.yaml",
)


class Repository:
    """A Git repository with a registry and the hooks installed."""

    def __init__(self, place: Path, home: Path) -> None:
        self.place = place
        self.env = {**environment(home), "GIT_CEILING_DIRECTORIES": str(place.parent)}

    def run(self, *command: str, status: int | None = 0) -> str:
        """What the command printed; `status` None: whatever it is."""
        done = subprocess.run(command, check=False, cwd=self.place, env=self.env, capture_output=True, text=True)
        text = done.stdout + done.stderr
        assert status is None or done.returncode == status, text
        return text

    def write(self, path: str, text: str) -> None:
        (self.place / path).parent.mkdir(parents=True, exist_ok=True)
        (self.place / path).write_text(text, encoding="utf-8")

    def maximum(self, value: int, root: str = "") -> None:
        self.write(root + SCHEMA, TEXT.replace("20", str(value)))

    def hooks(self, *ids: str, **changes: Any) -> None:
        entries = [{**hook, "language": "system", **changes} for hook in HOOKS if hook["id"] in ids]
        config = {"repos": [{"repo": "local", "hooks": entries}]}
        self.write(".pre-commit-config.yaml", yaml.safe_dump(config, sort_keys=False))

    def at(self, place: Path) -> Repository:
        other = Repository(place, place)
        other.env = self.env
        return other


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with one registered subject and the check hook, committed on `main`."""
    return tmp_path_factory.mktemp("hooks") / "template"


@pytest.fixture
def repository(template: Path, tmp_path: Path) -> Repository:
    if not template.exists():
        _build(Repository(template, template.parent))
    place = tmp_path / "repository"
    shutil.copytree(template, place, symlinks=True)
    return Repository(place, template.parent)


def _build(built: Repository, root: str = "") -> None:
    built.place.mkdir(exist_ok=True)
    built.run("git", "init", "--quiet", "--initial-branch=main")
    built.write(root + "llmreg.yaml", "registry: 1\n")
    built.write(root + "subjects/tools/search/subject.yaml", "format: json\nkind: tool-input\n")
    built.maximum(20, root)
    built.run("llmreg", "-C", root or ".", "register", "tools/search")
    built.hooks("llmreg-check", **({"entry": f"llmreg -C {root} check --staged"} if root else {}))
    built.run("git", "add", "--all")
    built.run("git", "commit", "--quiet", "--message", "base")
    built.run("pre-commit", "install")


def test_a_breaking_commit_is_blocked_with_its_witness(repository: Repository) -> None:
    repository.maximum(10)
    repository.run("git", "add", "--all")
    text = repository.run("git", "commit", "--message", "lower", status=1)
    assert "maximum_lowered" in text
    assert WITNESS in text
    assert repository.run("git", "log", "--oneline").count("\n") == 1


def test_a_compatible_commit_passes(repository: Repository) -> None:
    repository.maximum(30)
    repository.run("git", "add", "--all")
    assert "Passed" in repository.run("git", "commit", "--message", "raise")


def test_only_what_is_staged_counts(repository: Repository) -> None:
    repository.maximum(30)
    repository.run("git", "add", "--all")
    repository.maximum(10)
    assert "Passed" in repository.run("git", "commit", "--message", "raise")
    assert '"maximum": 10' in (repository.place / SCHEMA).read_text(encoding="utf-8")


def test_commit_all(repository: Repository) -> None:
    repository.maximum(10)
    assert WITNESS in repository.run("git", "commit", "--all", "--message", "lower", status=1)
    repository.maximum(30)
    assert "Passed" in repository.run("git", "commit", "--all", "--message", "raise")


def test_a_partial_commit_is_judged_by_what_it_commits(repository: Repository) -> None:
    repository.maximum(10)
    repository.write("notes.txt", "nothing to do with it\n")
    repository.run("git", "add", "--all")
    assert "Skipped" in repository.run("git", "commit", "--message", "notes", "--", "notes.txt")
    assert WITNESS in repository.run("git", "commit", "--message", "lower", "--", SCHEMA, status=1)


def test_all_files_checks_everything(repository: Repository) -> None:
    assert "Passed" in repository.run("pre-commit", "run", "--all-files")
    ledger = repository.place / "subjects/tools/search/versions.jsonl"
    ledger.write_text(ledger.read_text(encoding="utf-8").replace('"sha256":"', '"sha256":"0'), encoding="utf-8")
    repository.run("git", "commit", "--all", "--no-verify", "--message", "tampered")
    assert "sha" in repository.run("pre-commit", "run", "--all-files", status=1)


def test_from_ref_to_ref(repository: Repository) -> None:
    repository.run("git", "switch", "--quiet", "--create", "change")
    repository.maximum(10)
    repository.run("git", "commit", "--all", "--no-verify", "--message", "lower")
    text = repository.run("pre-commit", "run", "--from-ref", "main", "--to-ref", "HEAD", status=1)
    assert "PRE_COMMIT_FROM_REF" in text
    assert WITNESS in text


def test_pre_push(repository: Repository, tmp_path: Path) -> None:
    """A branch that was pushed before: what the push adds is judged."""
    repository.run("git", "init", "--quiet", "--bare", str(tmp_path / "remote.git"))
    repository.run("git", "remote", "add", "origin", str(tmp_path / "remote.git"))
    repository.run("git", "push", "--quiet", "origin", "main")
    repository.run("pre-commit", "install", "--hook-type", "pre-push")
    repository.maximum(10)
    repository.run("git", "commit", "--all", "--no-verify", "--message", "lower")
    assert WITNESS in repository.run("git", "push", "origin", "main", status=1)


def test_a_linked_worktree(repository: Repository, tmp_path: Path) -> None:
    repository.run("git", "worktree", "add", "--quiet", "-b", "linked", str(tmp_path / "linked"))
    linked = repository.at(tmp_path / "linked")
    linked.maximum(10)
    assert WITNESS in linked.run("git", "commit", "--all", "--message", "lower", status=1)
    linked.maximum(30)
    assert "Passed" in linked.run("git", "commit", "--all", "--message", "raise")


def test_a_registry_in_a_subdirectory_of_an_application(tmp_path: Path, template: Path) -> None:
    application = Repository(tmp_path / "application", template.parent)
    _build(application, "contracts/")
    application.maximum(10, "contracts/")
    assert WITNESS in application.run("git", "commit", "--all", "--message", "lower", status=1)
    application.maximum(30, "contracts/")
    assert "Passed" in application.run("git", "commit", "--all", "--message", "raise")


@pytest.mark.parametrize("how", [(), ("--all",), ("--", SCHEMA)], ids=["plain", "all", "partial"])
def test_the_register_hook_stops_once_and_loses_nothing(repository: Repository, how: tuple[str, ...]) -> None:
    repository.hooks("llmreg-register", "llmreg-check")
    repository.run("git", "add", "--all")
    repository.run("git", "commit", "--quiet", "--no-verify", "--message", "hooks")
    repository.maximum(30)
    if not how:
        repository.run("git", "add", "--all")
    text = repository.run("git", "commit", "--message", "raise", *how, status=1)
    assert "registered tools/search 1.1.0" in text
    repository.run("git", "add", "--all")
    repository.run("git", "commit", "--message", "raise")
    assert repository.run("git", "status", "--porcelain") == ""
    assert "1.1.0" in repository.run("git", "show", "HEAD:subjects/tools/search/versions.jsonl")


def test_the_register_hook_never_declares_a_break(repository: Repository) -> None:
    repository.hooks("llmreg-register")
    repository.maximum(10)
    repository.run("git", "add", "--all")
    text = repository.run("git", "commit", "--message", "lower", status=1)
    assert WITNESS in text
    assert "nothing was registered" in text


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: str(hook["id"]))
def test_the_file_pattern_of_a_hook(hook: dict[str, Any]) -> None:
    """pre-commit searches; it does not match from the start."""
    pattern = re.compile(str(hook["files"]))
    assert [path for path in GOOD_PATHS if not pattern.search(path)] == []
    assert [path for path in BAD_PATHS if pattern.search(path)] == []


def test_pre_commit_accepts_the_manifest(tmp_path: Path) -> None:
    manifest = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
    command = ["pre-commit", "validate-manifest", str(manifest)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment(tmp_path))
    assert done.returncode == 0, done.stdout
