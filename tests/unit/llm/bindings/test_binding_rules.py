"""Every rule of bindings fires on one small registry, with the line of its file, and has a page."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from llmreg.compat.schemas import Schemas
from llmreg.errors import NotFoundError
from llmreg.formats.rule import rulebook
from llmreg.llm.bindings.check import RULES
from llmreg.llm.bindings.load import check_bindings
from llmreg.llm.bindings.resolve import Candidate, resolve
from llmreg.llm.bindings.terms import Policies
from llmreg.model.finding import Finding
from llmreg.model.version import Version
from llmreg.ops.register import register
from llmreg.ops.register.request import RegisterRequest
from llmreg.store.bindings import load_binding
from llmreg.store.registry import RegistryView
from llmreg.store.worktree import WorktreeSnapshot

STRING = {"type": "string"}
SUBJECTS = {
    "vars": ("json", "prompt-variables", {"type": "object", "properties": {"name": STRING}}),
    "reply": (
        "json",
        "structured-output",
        {"type": "object", "properties": {"answer": STRING}, "required": ["answer"]},
    ),
    "a/search": ("json", "tool-input", {"type": "object", "properties": {"query": STRING}}),
    "b/search": ("json", "tool-input", {"type": "object", "properties": {"query": STRING}}),
    "avro": ("avro", "data", {"type": "record", "name": "A", "fields": [{"name": "b", "type": "string"}]}),
}
CASES = {
    "range_unmatched": ("model: m\noutput: reply@^9\n", 2),
    "kind_unfit": ("model: m\noutput: a/search\n", 2),
    "format_unfit": ("model: m\nprofiles: [mcp-tool]\noutput: avro\n", 3),
    "profile_unknown": ("model: m\nprofiles:\n  - openai-strict\n  - nobody\n", 2),
    "tool_name_clash": ("model: m\ntools:\n  - a/search\n  - b/search\n", 4),
    "waiver_expired": ("model: m\nwaivers: [{allow: [kind_unfit], reason: r, until: 2026-01-31}]\n", 2),
    "waiver_unused": ("model: m\nwaivers:\n  - {allow: [kind_unfit], reason: r, until: 2099-12-31}\n", 3),
    "export_needed": ("model: m\nprofiles: openai-strict\ntools: [a/search]\n", 3),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("bindings")
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    (root / "llmreg.yaml").write_text("registry: 1\n")
    for name, (schema_format, kind, schema) in SUBJECTS.items():
        folder = root / "subjects" / name
        folder.mkdir(parents=True)
        (folder / "subject.yaml").write_text(f"format: {schema_format}\nkind: {kind}\n")
        (folder / ("schema.avsc" if schema_format == "avro" else "schema.json")).write_text(json.dumps(schema))
    register(RegisterRequest(root, changed=True, environment=os.environ))
    (root / "bindings").mkdir()
    return root


def _view(root: Path) -> RegistryView:
    return RegistryView(WorktreeSnapshot(root))


def _found(root: Path, text: str) -> list[Finding]:
    (root / "bindings" / "case.yaml").write_text(text)
    view = _view(root)
    (checked,) = check_bindings(view.snapshot, Schemas(view), Policies(view.config), ["case"])
    return checked.findings


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_fires_on_its_line_and_alone(root: Path, rule: str) -> None:
    text, line = CASES[rule]
    found = _found(root, text)
    assert {(finding.rule, finding.file, finding.line) for finding in found} == {(rule, "bindings/case.yaml", line)}


def test_a_good_binding_is_silent(root: Path) -> None:
    text = "model: m\nprofiles: [mcp-tool, anthropic-tools]\ninput: vars\noutput: reply@^1\ntools: [a/search@1.x]\n"
    assert _found(root, text) == []


@pytest.mark.parametrize("rule", rulebook(RULES).values(), ids=lambda rule: rule.id)
def test_every_rule_has_a_page_in_order(rule: object) -> None:
    page = rulebook(RULES)[rule.id].page  # type: ignore[attr-defined]
    places = [page.index(f"\n{heading}:\n") for heading in ("Why it breaks", "Example", "Instead")]
    assert places == sorted(places)


def test_a_file_that_cannot_be_read_says_where(root: Path) -> None:
    found = _found(root, "model: m\ntools: [a/search, '@^1']\nprofile: x\n")
    assert [(finding.rule, finding.line) for finding in found] == [("bad-value", 2), ("unknown-key", 3)]


def test_a_pending_version_takes_the_range_only_where_it_is_highest(root: Path) -> None:
    (root / "bindings" / "case.yaml").write_text("model: m\noutput: reply@^1\n")
    view = _view(root)
    schemas = Schemas(view)
    file = load_binding(view.snapshot, "case")
    schema = schemas.registered(view.subject("reply"), Version(1, 0, 0))
    taken = [
        str(resolve(file, schemas, {"reply": Candidate(number, schema)}).bound[0].version)
        for number in (Version(1, 1, 0), Version(2, 0, 0), Version(0, 9, 0))
    ]
    assert taken == ["1.1.0", "1.0.0", "1.0.0"]


def test_an_unknown_name_is_told_with_the_nearest(root: Path) -> None:
    (root / "bindings" / "case.yaml").write_text("model: m\n")
    view = _view(root)
    with pytest.raises(NotFoundError) as refused:
        list(check_bindings(view.snapshot, Schemas(view), Policies(view.config), ["cse"]))
    assert refused.value.hint == "did you mean case?"
