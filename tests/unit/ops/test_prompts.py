"""Prompts in a registry: register, check in both directions, render."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from llmreg.errors import UsageError
from llmreg.model.finding import Severity
from llmreg.model.report import Report
from llmreg.ops.check import CheckRequest, check
from llmreg.ops.register import Entry, RegisterRequest, register
from llmreg.ops.render import RenderRequest, render

SETTINGS = b"format: prompt\nkind: prompt\nvariables: vars@^1\n"


def put(root: Path, path: str, data: str | bytes) -> None:
    file = root / "subjects" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data if isinstance(data, bytes) else data.encode())


def schema(*required: str, **properties: object) -> str:
    return json.dumps({"type": "object", "properties": properties, "required": list(required)})


TEXT = {"type": "string"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    (tmp_path / "llmreg.yaml").write_text("registry: 1\n")
    put(tmp_path, "vars/subject.yaml", b"format: json\nkind: prompt-variables\n")
    put(tmp_path, "vars/schema.json", schema("name", name=TEXT, mood=TEXT))
    put(tmp_path, "ask/subject.yaml", SETTINGS)
    put(tmp_path, "ask/schema.jinja", "Dear {{ name }},\n")
    assert registered(tmp_path, "vars", "ask").ok
    return tmp_path


def registered(root: Path, *subjects: str, bump: str | None = None) -> Report:
    entries = tuple(Entry(subject, bump=bump) for subject in subjects)
    return register(RegisterRequest(start=root, entries=entries)).report


def checked(root: Path, *subjects: str) -> Report:
    return check(CheckRequest(root, targets=subjects)).report


def errors(report: Report) -> list[tuple[str, str, str | None, int | None]]:
    return [
        (item.rule, item.message.partition(" (")[0], item.file, item.line)
        for item in report.findings
        if item.severity is Severity.ERROR
    ]


def test_a_registered_prompt_is_a_version_like_any_other(root: Path) -> None:
    assert (root / "subjects/ask/versions/1.0.0.jinja").read_bytes() == b"Dear {{ name }},\n"
    assert checked(root).ok
    put(root, "ask/schema.jinja", "Hello {{ name }},\n")
    report = registered(root, "ask")
    assert report.ok
    assert [item.rule for item in report.findings] == ["text_changed"]
    assert (root / "subjects/ask/versions/1.1.0.jinja").exists()


def test_a_prompt_that_asks_for_what_nobody_promises(root: Path) -> None:
    put(root, "ask/schema.jinja", "Dear {{ name }},\nof {{ town }}\n")
    expected = [("prompt_path_missing", "`town`: the variables never have it", "subjects/ask/schema.jinja", 2)]
    assert errors(checked(root, "ask")) == expected
    assert errors(registered(root, "ask")) == expected
    assert not (root / "subjects/ask/versions/1.1.0.jinja").exists()


def test_a_variables_version_that_breaks_a_prompt(root: Path) -> None:
    put(root, "vars/schema.json", schema(name=TEXT, mood=TEXT))
    message = "prompt ask: `name`: the variables may lack it"
    report = checked(root, "vars")
    assert ("prompt_path_may_be_absent", message, "subjects/ask/versions/1.0.0.jinja", 1) in errors(report)
    assert any(item[:2] == ("prompt_path_may_be_absent", message) for item in errors(registered(root, "vars")))


def test_a_major_that_the_range_does_not_take_breaks_nothing(root: Path) -> None:
    put(root, "vars/schema.json", schema("other", other=TEXT))
    assert errors(registered(root, "vars", bump="major")) == []
    assert checked(root).ok


def test_ranges_that_lead_nowhere(root: Path) -> None:
    put(root, "ask/subject.yaml", b"format: prompt\nkind: prompt\nvariables: vars@^7\noutput: nobody@^1\n")
    found = [(message, file) for rule, message, file, _ in errors(checked(root, "ask")) if rule == "refs"]
    assert [file for _, file in found] == ["subjects/ask/subject.yaml"] * 2
    assert found[0][0].startswith("`variables` in subject.yaml: subject 'vars' has no version ^7")


def test_policy_decides(root: Path) -> None:
    put(root, "ask/subject.yaml", SETTINGS + b"policy: {prompt_path_missing: warn}\n")
    put(root, "ask/schema.jinja", "Dear {{ nmae }}, {{ name }}\n")
    assert errors(checked(root, "ask")) == []


def test_without_variables_the_version_before_counts(root: Path) -> None:
    put(root, "ask/subject.yaml", b"format: prompt\nkind: prompt\n")
    put(root, "ask/schema.jinja", "Dear {{ name }} of {{ town }},\n")
    assert [rule for rule, *_ in errors(checked(root, "ask"))] == ["variable_needed"]


def test_a_new_chat_prompt_in_yaml_with_new_variables(root: Path) -> None:
    put(root, "talk/subject.yaml", b"format: prompt\nkind: prompt\nvariables: fresh\n")
    put(root, "talk/schema.yaml", "- role: user\n  content: |\n    Hi\n    {{ whom }}\n")
    put(root, "fresh/subject.yaml", b"format: json\nkind: prompt-variables\n")
    put(root, "fresh/schema.json", schema("who", who=TEXT))
    found = [item for item in errors(checked(root, "talk")) if item[0] == "prompt_path_missing"]
    assert [item[2:] for item in found] == [("subjects/talk/schema.yaml", 2)]


@pytest.mark.parametrize("data", [b'{"name": "Ann"}', b'{"name": "Ann", "mood": "fine"}'])
def test_render(root: Path, data: bytes) -> None:
    result = render(RenderRequest(root, "ask"), lambda _: data)
    assert result.to_json() == {"prompt": "ask@1.0.0", "variables": "vars@1.0.0", "text": "Dear Ann,", "errors": []}


def test_render_says_what_is_wrong_with_the_variables(root: Path) -> None:
    result = render(RenderRequest(root, "ask"), lambda _: b'{"name": 1}')
    assert [error.pointer for error in result.errors] == ["/name"]
    with pytest.raises(UsageError):
        render(RenderRequest(root, "vars"), lambda _: b"{}")


def test_render_gives_messages(root: Path) -> None:
    put(root, "talk/subject.yaml", b"format: prompt\nkind: prompt\n")
    put(root, "talk/schema.yaml", "- {role: system, content: Be brief.}\n- {role: user, content: '{{ x }}'}\n")
    assert registered(root, "talk").ok
    result = render(RenderRequest(root, "talk"), lambda _: b'{"x": "Hi"}')
    assert result.chat == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]
    failed = render(RenderRequest(root, "talk"), lambda _: b"{}")
    assert "line 1 of message 2" in failed.errors[0].message
