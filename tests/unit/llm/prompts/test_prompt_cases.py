"""Every case of `cases/prompts`: a template, the schema of its variables, and what is found, with its witness."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from llmreg.formats import catalogue
from llmreg.formats.interface import Source
from llmreg.formats.json.verify import accepts
from llmreg.formats.prompt.sandbox import render
from llmreg.formats.rule import rulebook
from llmreg.llm.prompts import check_prompt, clean_documents
from llmreg.model.finding import Finding, Severity, Status
from llmreg.model.jsontext import plain

ROOT = Path(__file__).parents[3] / "cases" / "prompts"
CASES = sorted(path.parent for path in ROOT.glob("*/case.yaml"))


def load(path: Path) -> tuple[dict[str, Any], Any, Any]:
    expected = yaml.safe_load((path / "case.yaml").read_text(encoding="utf-8"))
    (file,) = path.glob("prompt.*")
    prompt = catalogue.get("prompt").parse(Source(file.read_bytes(), settings=expected.get("settings", {})))
    variables = catalogue.get("json").parse(Source((path / "variables.json").read_bytes()))
    return expected, prompt, variables


def assert_finding(finding: Finding, expected: dict[str, Any]) -> None:
    assert (finding.rule, finding.severity.value) == (expected["rule"], expected["severity"]), finding
    if "path" in expected:
        assert finding.message.startswith(f"`{expected['path']}`: "), finding
    if "line" in expected:
        assert finding.reader is not None
        assert finding.reader.line == expected["line"]
    if "pointer" in expected:
        assert finding.reader is not None
        assert finding.reader.pointer == expected["pointer"]
    assert expected.get("told", "") in finding.message
    assert expected.get("fix", "") in (finding.fix or "")
    if "witness" in expected:
        assert finding.witness is not None
        assert plain(finding.witness.document) == expected["witness"]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_case_says_what_it_must(path: Path) -> None:
    expected, prompt, variables = load(path)
    report = check_prompt(prompt, variables)
    assert [item.rule for item in report.findings] == [item["rule"] for item in expected["findings"]], report
    for finding, wanted in zip(report.findings, expected["findings"], strict=True):
        assert_finding(finding, wanted)
        assert finding.fix
    assert report.undecided == ()


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_errors_fail_and_clean_prompts_render(path: Path) -> None:
    _, prompt, variables = load(path)
    report = check_prompt(prompt, variables)
    for finding in report.findings:
        if finding.severity is Severity.ERROR:
            assert finding.status is Status.WITNESSED
            assert finding.witness is not None
            assert len(finding.witness.confirmed_by) == 3
            assert all(accepts(variables, finding.witness.document).values())
            (answer,) = render(prompt, [finding.witness.document], strict=True)
            assert answer.failed
    if not report.fails:
        documents = clean_documents(variables, 20)
        assert documents
        assert all(answer.texts is not None for answer in render(prompt, documents))


def test_every_rule_has_a_case() -> None:
    told = {item["rule"] for path in CASES for item in load(path)[0]["findings"]}
    assert told == set(rulebook("llmreg.llm.prompts.rules"))
