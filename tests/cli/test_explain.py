"""`llmreg explain`: reports of check, diff and other registries, explained with and without the schemas at hand."""

from __future__ import annotations

import io
import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from llmreg.cli.app import run

OLD = {"type": "object", "properties": {"temperature": {"type": "number", "maximum": 2}, "a": {"type": "string"}}}
NEW = {"type": "object", "properties": {"temperature": {"type": "number", "maximum": 1}}}


class Shell:
    """The command line in a directory."""

    def __init__(self, place: Path, capfd: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.place = place
        self.capfd = capfd
        self.patch = patch

    def write(self, path: str, content: Any) -> None:
        target = self.place / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content if isinstance(content, str) else json.dumps(content, indent=2), encoding="utf-8")

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], check=True, cwd=self.place)

    def __call__(self, *arguments: str, stdin: str = "") -> tuple[int, str, str]:
        self.patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        self.capfd.readouterr()
        status = run([*arguments])
        return status, *self.capfd.readouterr()

    def explained(self, *arguments: str) -> list[dict[str, Any]]:
        """`llmreg … -o json | llmreg explain -o json`."""
        report = self(*arguments, "-o", "json")[1]
        status, out, _ = self("explain", "-o", "json", stdin=report)
        assert status == 0
        answer = json.loads(out)
        assert answer["explanation"] == 1
        return list(answer["findings"])


@pytest.fixture
def shell(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    made = Shell(tmp_path, capfd, monkeypatch)
    made.git("init", "-q", ".")
    return made


@pytest.fixture
def registry(shell: Shell) -> Shell:
    shell.write("llmreg.yaml", "registry: 1\n")
    shell.write("subjects/chat/reply/subject.yaml", "format: json\nkind: tool-input\n")
    shell.write("subjects/chat/reply/schema.json", OLD)
    assert shell("register", "chat/reply")[0] == 0
    shell.git("add", "-A")
    shell.git("commit", "-qm", "x")
    shell.write("subjects/chat/reply/schema.json", NEW)
    return shell


def test_everything_a_person_asks_about_a_finding(registry: Shell) -> None:
    report = registry("check", "-o", "json")[1]
    status, out, _ = registry("explain", "--rule", "maximum-lowered", stdin=report)
    assert status == 0
    for text in (
        "1. error  maximum_lowered  chat/reply",
        "the reader accepts at most 1, the writer writes up to 2",
        "chat/reply@1.0.0 writes, at /properties/temperature",
        '"maximum": 2',
        "subjects/chat/reply/schema.json reads, at /properties/temperature (line 4)",
        '"maximum": 1',
        '"temperature": 2',
        "/temperature is 2: ",
        "[schema /properties/temperature/maximum]",
        "jsonschema ",
        """printf %s '{"temperature":2}' | llmreg validate chat/reply@1.0.0    # valid""",
        "llmreg validate subjects/chat/reply/schema.json    # invalid",
        "keep `maximum` at 2 or above",
        "the rule maximum_lowered  (llmreg rules show maximum_lowered)",
        "Why it breaks:",
    ):
        assert text in out, text
    assert "property_ignored" not in out


def test_a_number_chooses_and_a_wrong_choice_is_an_error(registry: Shell) -> None:
    registry.write("report.json", registry("check", "-o", "json")[1])
    assert registry("explain", "report.json", "--number", "2")[1].startswith("2. error  property_ignored")
    status, _, err = registry("explain", "report.json", "-n", "9")
    assert (status, "no finding number 9" in err, "it has 2 findings" in err) == (2, True, True)
    assert "no finding of rule 'nope'" in registry("explain", "report.json", "--rule", "nope")[2]


def test_the_commands_say_what_is_promised(registry: Shell) -> None:
    found = registry.explained("check")
    assert [one["finding"]["rule"] for one in found] == ["maximum_lowered", "property_ignored"]
    for party in (party for one in found for party in one["parties"]):
        feed, _, command = party["command"].partition(" | ")
        status, _, _ = registry(*shlex.split(command)[1:], stdin=shlex.split(feed)[2])
        assert status == (0 if party["expected"] == "valid" else 1), party


def test_a_registered_version_and_a_forward_finding(registry: Shell) -> None:
    registry.write("subjects/chat/reply/schema.json", OLD | {"required": ["a"]})
    assert registry("register", "chat/reply", "--bump", "major")[0] == 0
    (found, *_) = registry.explained("check", "--all", "--mode", "FULL")
    assert found["finding"]["rule"] == "required_added"
    forward = registry.explained("diff", "chat/reply@2.0.0", "chat/reply@1.0.0", "--mode", "FORWARD")
    parties = [(party["role"], party["name"]) for party in forward[0]["parties"]]
    assert parties == [("writer", "chat/reply@1.0.0"), ("reader", "chat/reply@2.0.0")]


def test_loose_files_at_a_revision(shell: Shell) -> None:
    shell.write("schemas/a.json", OLD)
    shell.git("add", "-A")
    shell.git("commit", "-qm", "x")
    shell.write("schemas/a.json", NEW)
    (found, *_) = shell.explained("check", "schemas/a.json", "--against", "HEAD")
    writer, reader = found["parties"]
    assert writer["name"] == "HEAD:schemas/a.json"
    assert writer["command"].startswith("git show HEAD:schemas/a.json > old.json && printf ")
    assert json.loads(writer["fragment"]) == {"type": "number", "maximum": 2}
    assert (reader["name"], reader["line"]) == ("schemas/a.json", 4)


@pytest.mark.parametrize("name", ["diff", "elsewhere"])
def test_a_diff_here_and_its_report_elsewhere(shell: Shell, name: str) -> None:
    shell.write("old.yaml", "type: object\nproperties: {temperature: {maximum: 2}}\n")
    shell.write("new.json", {"type": "object", "properties": {"temperature": {"maximum": 1}}})
    report = shell("diff", "old.yaml", "new.json", "-o", "json")[1]
    if name == "elsewhere":
        (shell.place / "old.yaml").unlink()
        (shell.place / "new.json").unlink()
    status, out, _ = shell("explain", stdin=report)
    assert status == 0
    assert ("old.yaml writes" in out) == (name == "diff")
    assert ("check it by hand" in out) == (name == "diff")
    assert "maximum_lowered" in out
    assert "the rule maximum_lowered" in out


@pytest.mark.parametrize(
    ("suffix", "old", "new", "rule", "fragment"),
    [
        (
            ".avsc",
            {"type": "record", "name": "R", "fields": [{"name": "a", "type": "string"}]},
            {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]},
            "type_changed",
            '"string"',
        ),
        (
            ".proto",
            'syntax = "proto3";\nmessage R {\n  int64 a = 1;\n}\n',
            'syntax = "proto3";\nmessage R {\n  string a = 1;\n}\n',
            "field_type_changed",
            "int64 a = 1;",
        ),
    ],
)
def test_other_formats(shell: Shell, suffix: str, old: Any, new: Any, rule: str, fragment: str) -> None:
    shell.write(f"old{suffix}", old)
    shell.write(f"new{suffix}", new)
    (found, *_) = shell.explained("diff", f"old{suffix}", f"new{suffix}")
    assert found["finding"]["rule"] == rule
    writer, reader = found["parties"]
    assert writer["fragment"] == fragment
    assert "command" in writer
    assert "command" not in reader
    assert found["page"]["id"] == rule


def test_a_finding_of_a_named_policy_and_one_without_a_document(shell: Shell) -> None:
    shell.write("old.json", {"type": "object", "properties": {"a": {"description": "One"}}})
    shell.write("new.json", {"type": "object", "properties": {"a": {"description": "Two"}, "b": {"type": "string"}}})
    report = shell("diff", "old.json", "new.json", "--policy", "confluent-strict", "-o", "json")[1]
    out = shell("explain", stdin=report)[1]
    assert "policy confluent-strict forbids it; every document still reads" in out
    assert "the rule confluent_strict" in out
    assert "old: old.json, at /properties/a" in out
    assert "the rule description_changed" in out


def test_many_reports_a_registrys_own_findings_and_exact_numbers(registry: Shell) -> None:
    deep = {"maximum": 10**30}
    registry.write("pairs.jsonl", "".join(json.dumps({"old": deep, "new": {"maximum": 10**29}}) + "\n" for _ in "ab"))
    report = registry("diff", "--batch", "pairs.jsonl")[1]
    found = json.loads(registry("explain", "-o", "json", stdin=report)[1])["findings"]
    assert [one["number"] for one in found] == [1, 2]
    assert found[0]["witness"] > 10**29
    registry.write("llmreg.yaml", "registry: 1\nbreaking: declared\nwriter: closed\npolicy: {enum_narrowed: warn}\n")
    own = registry.explained("check")
    assert [one["finding"]["rule"] for one in own if not one["subject"]] == ["policy-loosened"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[]",
        "{}",
        '{"report": 2}',
        '{"report": 1, "subjects": 3}',
        '{"report": 1, "findings": [{}]}',
        '{"report": 1, "subjects": [{"subject": "a", "findings": ["x"]}]}',
        "[" * 300,
    ],
)
def test_what_is_no_report_is_an_error(shell: Shell, text: str) -> None:
    status, _, err = shell("explain", stdin=text)
    assert status == 2
    assert "internal error" not in err


@pytest.mark.parametrize(
    "finding",
    [
        {"rule": "x"},
        {"rule": 3, "message": None, "writer": 4, "reader": {"pointer": 5, "line": "x"}, "direction": "backward"},
        {"rule": "x", "witness": {"document": {}, "bytes": 3, "confirmed_by": 4}, "direction": "forward", "reader": {}},
        {"rule": "x", "witness": {"text": "{"}, "reader": {"pointer": "~"}, "direction": "backward"},
    ],
)
def test_a_report_by_somebody_else_never_is_a_bug(shell: Shell, finding: dict[str, Any]) -> None:
    subject = {"subject": "a", "format": "none", "against": "b:c", "findings": [finding]}
    status, _, err = shell("explain", stdin=json.dumps({"report": 1, "subjects": [subject]}))
    assert status in (0, 2)
    assert "internal error" not in err


def test_nothing_to_explain(shell: Shell) -> None:
    status, out, err = shell("explain", stdin='{"report": 1, "subjects": []}')
    assert (status, out, "no findings" in err) == (0, "", True)
