"""What a hook pays for: the modules that a run imports, seen from outside in a fresh interpreter."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from llmreg.cli.app import run

# What a compatible change of plain settings and a schema without patterns has no use for.
UNUSED = (
    "dataclasses",
    "inspect",
    "pkgutil",
    "shutil",
    "typer",
    "yaml",
    "jsonschema_rs",
    "llmreg.formats.avro",
    "llmreg.formats.protobuf",
    "llmreg.formats.json.regex",
    "llmreg.formats.json.rules",
    "llmreg.formats.json.judges",
    "llmreg.formats.json.compare.unions",
    "llmreg.formats.json.explain.explainer",
    "llmreg.formats.json.explain.ignored",
    "llmreg.formats.json.explain.unions",
    "llmreg.formats.json.localise.refusal",
    "llmreg.formats.json.explain.shrink",
    "llmreg.formats.json.verify",
    "llmreg.formats.json.inclusion.demands",
    "llmreg.formats.json.inclusion.structural",
    "llmreg.formats.json.inclusion.theories.array",
    "llmreg.cli.grammar",
    "llmreg.compat.examples",
    "llmreg.model.range",
    "llmreg.ops.check.loose",
    "llmreg.store.documents",
    "llmreg.store.statcache",
    "llmreg.store.survey",
    "llmreg.store.workers",
    "llmreg.store.worktree",
    "llmreg.store.yamltext",
)
HEAVY = {"git", "rich", "fastavro", "google.protobuf", "grpc_tools", "jsonschema", "referencing", "pydantic", "asyncio"}
PROBE = """
import json, sys
from llmreg.cli.app import run
status = run(json.loads(sys.argv[1]))
sys.stderr.write(json.dumps([status, sorted(sys.modules)]))
"""


def modules_of(arguments: list[str], cwd: Path) -> tuple[int, set[str]]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps(arguments)], cwd=cwd, capture_output=True, text=True, check=True
    )
    status, modules = json.loads(done.stderr)
    return status, set(modules)


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One registered JSON subject, and a compatible change of it that is staged."""
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "--quiet"], check=True)
    run(["init"])
    run(["new", "chat/reply"])
    run(["register", "chat/reply", "--commit"])
    working = tmp_path / "subjects/chat/reply/schema.json"
    schema = json.loads(working.read_text())
    schema["properties"]["more"] = {"type": "string"}
    working.write_text(json.dumps(schema))
    subprocess.run(["git", "add", "--all"], check=True)
    return tmp_path


def test_the_hook_imports_no_heavy_library(registry: Path) -> None:
    status, modules = modules_of(["check", "--staged"], registry)
    assert status == 0
    assert "llmreg.formats.json.parse" in modules
    assert modules & HEAVY == set()


def test_the_hook_imports_what_it_needs_and_no_more(registry: Path) -> None:
    _, modules = modules_of(["check", "--staged"], registry)
    below = tuple(f"{name}." for name in UNUSED)
    assert sorted(module for module in modules if module in UNUSED or module.startswith(below)) == []


def test_the_hook_starts_git_five_times(registry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The repository's facts, HEAD, what is staged, one listing for both sides, one process for all contents."""
    real, log = shutil.which("git"), tmp_path / "log"
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\necho "$@" >> "{log}"\nexec "{real}" "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", str(wrapper.parent), prepend=os.pathsep)
    modules_of(["check", "--staged"], registry)
    known = ("rev-parse", "diff-index", "ls-tree", "cat-file")
    started = [word for line in log.read_text().splitlines() for word in line.split() if word in known]
    assert started == ["rev-parse", "rev-parse", "diff-index", "ls-tree", "cat-file"]


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["check", "--help"]])
def test_help_imports_no_schema_library_and_no_store(registry: Path, arguments: list[str]) -> None:
    status, modules = modules_of(arguments, registry)
    assert status == 0
    assert modules & (HEAVY | {"yaml", "jsonschema_rs"}) == set()
    assert not any(module.startswith(("llmreg.store", "llmreg.ops", "llmreg.formats")) for module in modules)


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys, llmreg; print([m for m in sys.modules if m.startswith('llmreg.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['llmreg.model', 'llmreg.model.about']"
