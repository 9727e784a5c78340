"""`lint`, `export-tool`, `decode`, and `profiles:` enforced by `check`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llmreg.cli.app import run

LOOSE = (
    '{"type": "object", "properties": {"q": {"type": "string"}, "n": {"oneOf": [{"type": "integer"}, '
    '{"type": "null"}]}}, "required": ["q"]}\n'
)


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """One registered tool in a Git repository."""
    import subprocess

    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "--quiet"], check=True)
    for arguments in (
        ["init"],
        ["new", "docs/search", "--kind", "tool-input"],
        ["register", "docs/search", "--commit"],
    ):
        assert run(arguments) == 0
    capsys.readouterr()
    return tmp_path


def test_lint_a_loose_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.json").write_text(LOOSE)
    assert run(["lint", "a.json", "-p", "openai-strict", "-p", "mcp-tool"]) == 1
    text = capsys.readouterr().out
    assert "openai_strict_one_of" in text
    assert "in a.json:1" in text
    assert "seen 2026-08-23" in text
    assert "repaired by: llmreg export-tool --provider openai --strict" in text
    assert "no rule of mcp-tool@2026-07-28 is violated" in text
    assert "accepted by" not in text
    assert run(["lint", "a.json", "-p", "openai-strict", "--fix"]) == 1
    assert Path("a.json").read_text() == LOOSE.replace("oneOf", "anyOf")
    assert "1 place repaired in a.json" in capsys.readouterr().out


@pytest.mark.parametrize("output", ["text", "json", "github", "markdown", "sarif", "junit"])
def test_lint_in_every_output(registry: Path, output: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", "docs/search@1.0.0", "docs/search", "-p", "all", "-o", output]) == 1
    text = capsys.readouterr().out
    assert "anthropic_strict_constraint_refused" in text
    assert output != "json" or json.loads(text)["linted"] == ["docs/search@1.0.0", "docs/search"]


def test_fix_says_that_a_version_stays(registry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = Path("subjects/docs/search/versions/1.0.0.json").read_bytes()
    run(["lint", "docs/search@1.0.0", "-p", "openai-strict", "--fix"])
    assert "docs/search@1.0.0: a registered version is never changed" in capsys.readouterr().out
    assert Path("subjects/docs/search/versions/1.0.0.json").read_bytes() == before


def test_lint_refuses_what_it_cannot_read(registry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", "docs/none", "-p", "all"]) == 2
    assert run(["lint", "docs/search", "-p", "nobody"]) == 2
    assert "no profile 'nobody'" in capsys.readouterr().err
    Path("a.avsc").write_text('"string"')
    assert run(["lint", "a.avsc", "-p", "all"]) == 2


def test_export_and_decode(registry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export-tool", "docs/search@^1", "--provider", "openai", "--strict"]) == 0
    tool = json.loads(capsys.readouterr().out)
    assert tool["name"] == "search"
    assert tool["parameters"]["additionalProperties"] is False
    assert run(["export-tool", "docs/search", "--provider", "openai", "--strict", "-o", "manifest"]) == 0
    assert "no rule of openai-strict@2026-08 is violated" in capsys.readouterr().out
    assert run(["export-tool", "docs/search", "--provider", "anthropic", "--strict"]) == 2
    assert "--lossy allow" in capsys.readouterr().err
    Path("answer.json").write_text('{"query": "x"}')
    assert run(["decode", "docs/search", "answer.json", "--provider", "openai", "--strict"]) == 0
    assert json.loads(capsys.readouterr().out) == {"query": "x"}
    Path("answer.json").write_text('{"query": ""}')
    assert run(["decode", "docs/search", "answer.json", "--provider", "openai", "--strict"]) == 2
    assert "/query" in capsys.readouterr().err


def test_check_enforces_profiles_on_what_changes(registry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config, working = Path("subjects/docs/search/subject.yaml"), Path("subjects/docs/search/schema.json")
    config.write_text(config.read_text() + "profiles: [anthropic-strict]\n")
    assert run(["check"]) == 0, "what stands already does not fail"
    schema = json.loads(working.read_text())
    schema["properties"]["more"] = {"type": "integer", "minimum": 1}
    working.write_text(json.dumps(schema, indent=2))
    capsys.readouterr()
    assert run(["check"]) == 1
    text = capsys.readouterr().out
    assert text.count("anthropic_strict_constraint_refused") == 1, "`query` had its `minLength` before"
    assert "/properties/more/minimum (line" in text
    waiver = 'waivers: {1.1.0: {allow: [anthropic_strict_constraint_refused], reason: "checked in code"}}\n'
    config.write_text(config.read_text() + waiver)
    assert run(["check"]) == 0
    config.write_text(config.read_text().replace("anthropic-strict]", "nobody]"))
    capsys.readouterr()
    assert run(["check"]) == 1
    assert "profile-unknown" in capsys.readouterr().out


def test_a_profile_of_the_registry_is_for_what_providers_are_sent(
    registry: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("llmreg.yaml").write_text("registry: 1\nprofiles: [openai-strict]\n")
    for name, kind in (("data/row", "data"), ("chat/reply", "structured-output")):
        assert run(["new", name, "--kind", kind]) == 0
        Path(f"subjects/{name}/schema.json").write_text('{"type": "object", "properties": {"a": {"type": "string"}}}')
    capsys.readouterr()
    assert run(["check", "data/row"]) == 0
    assert run(["check", "chat/reply"]) == 1
    assert "openai_strict_property_optional" in capsys.readouterr().out


def test_an_export_says_whether_it_is_proved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.json").write_text('{"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}}')
    assert run(["export-tool", "a.json", "--provider", "openai", "--strict", "-o", "manifest"]) == 0
    assert "proved: every answer that this form admits decodes" in capsys.readouterr().out
    command = ["export-tool", "a.json", "--provider", "anthropic", "--strict", "--lossy", "allow", "-o"]
    assert run([*command, "manifest"]) == 0
    assert 'not enforced: this form admits answers that decode refuses, such as {"n":0}' in capsys.readouterr().out
    assert run([*command, "json"]) == 0
    assert json.loads(capsys.readouterr().out)["soundness"] == {"standing": "refused", "answer": {"n": 0}}
