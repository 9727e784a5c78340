"""What a hook pays for: the modules that a run imports, seen from outside in a fresh interpreter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from llmreg.cli.app import run

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
    assert not any(module.startswith(("llmreg.formats.avro", "llmreg.formats.protobuf")) for module in modules)


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
