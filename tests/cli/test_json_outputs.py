"""Every command that prints JSON prints what docs/reference/outputs.schema.json says, over the example registry."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource
from tests.cli.conftest import IDENTITY, Llmreg, Repo
from tests.generate_docs import help_text

from llmreg.cli import tree

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
TOOLS = {"tools": [{"name": "order_status", "description": "The state.", "inputSchema": {"type": "object"}}]}
# Each command line with its exit status; the registry has one pending break.
LINES: dict[str, list[tuple[str, int]]] = {
    "bind check": [("", 0), ("nobody", 2)],
    "bind list": [("", 0)],
    "bind show": [("answer-openai", 0)],
    "check": [("--all", 1), ("prompts/answer", 0)],
    "codegen": [("chat/reply --to pydantic", 0)],
    "dependents": [("rag/citation@1.1.0 --all", 0)],
    "deprecate": [("chat/reply@1.0.0 --reason old", 0)],
    "deps": [("chat/reply", 0)],
    "diff": [("chat/reply@1.0.0 chat/reply@2.0.0", 1)],
    "doctor": [("", 0)],
    "drift": [("", 0)],
    "explain": [("report.json", 0)],
    "export": [("--out build", 0)],
    "export-tool": [
        ("tools/search-docs@^1 --provider openai --strict", 0),
        ("chat/reply --provider openai --strict", 2),
    ],
    "impact": [("", 0)],
    "init": [(".", 0)],
    "lint": [("tools/search-docs --profile openai-strict", 1)],
    "list": [("", 0)],
    "lock-mcp": [("tools/shop --from tools.json", 0)],
    "log": [("chat/reply", 0)],
    "new": [("support/vars", 0)],
    "register": [("tools/search-docs", 1), ("prompts/answer", 0)],
    "render": [("prompts/answer vars.json", 0), ("prompts/answer reply.json", 1)],
    "resolve": [("chat/reply --against HEAD", 0)],
    "retire": [("tools/ticket@1.0.0 --reason old", 0)],
    "rules": [("", 0)],
    "search": [("ticket", 0)],
    "show": [("chat/reply", 0)],
    "validate": [("chat/reply reply.json", 1)],
    "validate-io": [("answer-openai --input vars.json --output reply.json", 1), ("answer-openai --input vars.json", 0)],
    "verify": [("HEAD~1", 0)],
    "verify-mcp": [("tools/shop --from tools.json", 0)],
}
BEFORE = {"verify-mcp": "lock-mcp tools/shop --from tools.json"}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The example registry in Git, with a pending break, a report of it, and documents."""
    top = tmp_path_factory.mktemp("outputs") / "assistant"
    shutil.copytree(ROOT / "example-registry", top)
    with pytest.MonkeyPatch.context() as patch:
        for key, value in IDENTITY.items():
            patch.setenv(key, value)
        repo = Repo(top)
        repo.git("init", "--quiet", "--initial-branch=main")
        repo.commit("The support assistant")
        repo.commit("Nothing more")
        repo.write("tools.json", json.dumps(TOOLS))
        repo.write("vars.json", repo.read("subjects/prompts/answer/examples/returns.json"))
        repo.write("reply.json", '{"answer": 1}')
        text = repo.read("subjects/tools/search-docs/schema.json")
        repo.write("subjects/tools/search-docs/schema.json", text.replace('["query"]', '["query", "language"]'))
        yield top


@pytest.fixture(scope="module")
def described() -> Registry[Any]:
    """Both documented schemas, closed, so that a member without a description is found."""
    registry: Registry[Any] = Registry()
    for name in ("report.schema.json", "outputs.schema.json"):
        schema = json.loads((REFERENCE / name).read_bytes())
        jsonschema.Draft202012Validator.check_schema(schema)
        shut = _closed(schema)
        shut.pop("unevaluatedProperties", None)  # the report's own: commands add to it, and are closed themselves
        registry = registry.with_resource(name, Resource.from_contents(shut))
    return registry


def _closed(schema: Any) -> Any:
    if isinstance(schema, dict):
        extra = {"unevaluatedProperties": False} if {"properties", "allOf"} & set(schema) else {}
        return extra | {key: _closed(value) for key, value in schema.items()}
    return [_closed(item) for item in schema] if isinstance(schema, list) else schema


def test_no_command_that_prints_json_is_left_out() -> None:
    printing = {
        path
        for path in tree.command_paths()
        if re.search(r"^ +-o, --output <[^>]*\bjson\b|^ +-o <[^>]*\bjson\b", help_text(path), re.MULTILINE)
    }
    assert printing == set(LINES)
    described = json.loads((REFERENCE / "outputs.schema.json").read_bytes())["$defs"]
    assert set(described) == {*LINES, "error"}


@pytest.mark.parametrize("command", LINES)
def test_a_command_prints_what_is_documented(
    command: str, assistant: Path, described: Registry[Any], llmreg: Llmreg, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in IDENTITY.items():
        monkeypatch.setenv(key, value)
    place = assistant.parent / command.replace(" ", "-")
    shutil.copytree(assistant, place)
    (place / "report.json").write_text(llmreg("check", "-o", "json", cwd=place).out)
    if command in BEFORE:
        assert llmreg(*BEFORE[command].split(), cwd=place).status == 0
    for words, status in LINES[command]:
        outcome = llmreg(*command.split(), *words.split(), "-o", "json", cwd=place)
        assert outcome.status == status, (words, outcome)
        name = "error" if status == 2 else command
        validator = jsonschema.Draft202012Validator({"$ref": f"outputs.schema.json#/$defs/{name}"}, registry=described)
        assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(outcome.json)] == []
