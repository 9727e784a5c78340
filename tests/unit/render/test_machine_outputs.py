"""The outputs for programs against the rules of the programs that read them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from llmreg.formats import catalogue as formats
from llmreg.model.finding import Severity
from llmreg.model.jsontext import dumps
from llmreg.model.mode import Mode
from llmreg.model.report import Report, SubjectReport, Verdict
from llmreg.render import wording
from llmreg.render.options import RenderOptions
from llmreg.render.outputs import github, junit, markdown, sarif
from llmreg.render.outputs import json as json_output

ROOT = Path(__file__).parents[3]
OPTIONS = RenderOptions(root_prefix="services/chat")
SARIF_SCHEMA = json.loads((ROOT / "tests/cases/render/sarif-2.1.0.schema.json").read_bytes())
REPORT_SCHEMA = json.loads((ROOT / "docs/reference/report.schema.json").read_bytes())
COMMAND = re.compile(r"::(error|warning|notice) ((?:file=[^,:]+,)?(?:line=\d+,)?title=[^,:]+)::(.+)")


def closed(schema: object) -> object:
    """The schema with every described object closed, so that a field without a description is found."""
    if isinstance(schema, dict):
        extra = {"additionalProperties": False} if "properties" in schema else {}
        return extra | {key: closed(value) for key, value in schema.items()}
    return [closed(item) for item in schema] if isinstance(schema, list) else schema


def test_json_is_the_report_itself(sample: Report) -> None:
    assert json.loads(json_output.render(sample, OPTIONS)) == json.loads(dumps(sample.to_json()))


def test_json_keeps_numbers_exact(samples: dict[str, Report]) -> None:
    [exact] = [f for f in samples["incompatible"].findings if f.rule == "property_removed"]
    assert exact.witness is not None
    assert exact.witness.document == {"debug": Decimal("1.10")}
    assert '"text": "{\\"debug\\":1.10}"' in json_output.render(samples["incompatible"], OPTIONS)


def test_every_report_meets_the_documented_schema(sample: Report) -> None:
    jsonschema.Draft202012Validator.check_schema(REPORT_SCHEMA)
    jsonschema.Draft202012Validator(closed(REPORT_SCHEMA)).validate(json.loads(json_output.render(sample, OPTIONS)))


def test_the_page_names_every_field_of_the_schema() -> None:
    page = (ROOT / "docs/reference/report.md").read_text(encoding="utf-8")
    definitions = [REPORT_SCHEMA, *REPORT_SCHEMA["$defs"].values()]
    fields = {name for definition in definitions for name in definition.get("properties", {})}
    assert not {name for name in fields if f"`{name}`" not in page}


def test_sarif_meets_its_schema(sample: Report) -> None:
    jsonschema.Draft202012Validator(SARIF_SCHEMA).validate(json.loads(sarif.render(sample, OPTIONS)))


def test_sarif_results_refer_to_their_rules(sample: Report) -> None:
    [run] = json.loads(sarif.render(sample, OPTIONS))["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules)
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    prints = [result["partialFingerprints"]["llmregFinding/v1"] for result in run["results"]]
    assert len(set(prints)) == len(prints)


def test_sarif_takes_its_help_from_the_rules_that_are_installed(samples: dict[str, Report]) -> None:
    """Whatever rules the formats have: the first of each becomes a rule with its page."""
    template = samples["incompatible"].subjects[0].findings[1]
    for name in formats.names():
        rules = sarif.rules_of(name)
        for rule in list(rules)[:1]:
            finding = replace(template, rule=rule)
            subject = SubjectReport("a", name, Mode.FULL, Verdict.INCOMPATIBLE, (finding,))
            log = json.loads(sarif.render(Report((subject,)), OPTIONS))
            [entry] = log["runs"][0]["tool"]["driver"]["rules"]
            assert entry["id"] == f"{name}/{rule}"
            assert rules[rule].summary in entry["shortDescription"]["text"]
            jsonschema.Draft202012Validator(SARIF_SCHEMA).validate(log)


def test_sarif_brackets_are_no_links(samples: dict[str, Report]) -> None:
    texts = [
        result["message"]["text"]
        for result in json.loads(sarif.render(samples["hostile"], OPTIONS))["runs"][0]["results"]
    ]
    assert texts
    assert all("[link](" not in text and "\\[link\\](" in text for text in texts)


def test_github_writes_nothing_but_commands_and_a_summary(sample: Report) -> None:
    *commands, summary = github.render(sample, OPTIONS).splitlines()
    assert summary.startswith("llmreg: ")
    assert all(COMMAND.fullmatch(command) for command in commands)
    order = [command.split()[0] for command in commands]
    assert order == sorted(order, key=["::error", "::warning", "::notice"].index)


def test_github_paths_begin_at_the_git_top_level(samples: dict[str, Report]) -> None:
    assert "::error file=services/chat/subjects/chat/reply/schema.json,line=9," in github.render(
        samples["incompatible"], OPTIONS
    )
    assert "::error file=subjects/chat/reply/schema.json,line=9," in github.render(
        samples["incompatible"], RenderOptions()
    )


def crowd(samples: dict[str, Report], subjects: int, findings: int) -> Report:
    """Many subjects with many findings each."""
    template = samples["incompatible"].subjects[0]
    many = tuple(replace(template.findings[1], message=f"finding {number}") for number in range(findings))
    return Report(tuple(replace(template, subject=f"a/{number}", findings=many) for number in range(subjects)))


def test_github_stops_where_github_stops_showing(samples: dict[str, Report]) -> None:
    text = github.render(crowd(samples, 3, 20), OPTIONS)
    assert text.count("::error ") == 10
    assert text.splitlines()[-1].endswith("(50 more findings have no annotation: --output text shows all)")


@pytest.mark.parametrize(("subjects", "findings"), [(1, 3000), (3000, 1), (200, 200)])
def test_markdown_fits_into_a_comment(samples: dict[str, Report], subjects: int, findings: int) -> None:
    text = markdown.render(crowd(samples, subjects, findings), OPTIONS)
    assert 10_000 < len(text) <= markdown.MAX_CHARACTERS
    assert text.count("**Cut here:**") >= 1
    assert text.count("<details") == text.count("</details>")


def test_markdown_with_endless_names_fits_too(samples: dict[str, Report]) -> None:
    subject = replace(samples["hostile"].subjects[0], subject="@" * 100_000, notes=("@" * 100_000,) * 50)
    report = replace(samples["hostile"], subjects=(subject,) * 150, notes=("@" * 100_000,) * 50)
    assert len(markdown.render(report, OPTIONS)) <= markdown.MAX_CHARACTERS


def test_junit_counts_what_it_holds(sample: Report) -> None:
    root = ElementTree.fromstring(junit.render(sample, OPTIONS))
    suites = list(root)
    assert [suite.get("name") for suite in suites][-len(sample.subjects) or None :] == [
        junit.printable(subject.subject) for subject in sample.subjects
    ]
    for element in (root, *suites):
        cases = list(element.iter("testcase"))
        counted = {
            tag: sum(1 for case in cases if case.find(tag) is not None) for tag in ("failure", "error", "skipped")
        }
        assert int(element.get("tests", "")) == len(cases)
        assert int(element.get("failures", "")) == counted["failure"]
        assert int(element.get("errors", "")) == counted["error"]
        assert int(element.get("skipped", "")) == counted["skipped"]
    errors = sum(1 for finding in sample.findings if finding.severity is Severity.ERROR)
    assert int(root.get("failures", "")) == errors
    fails = int(root.get("failures", "")) + int(root.get("errors", "")) > 0
    assert fails == (not sample.ok)


def test_junit_gives_a_quiet_subject_one_passing_case() -> None:
    root = ElementTree.fromstring(
        junit.render(Report((SubjectReport("a", "json", Mode.FULL, Verdict.COMPATIBLE),)), OPTIONS)
    )
    [case] = root.iter("testcase")
    assert case.attrib == {"classname": "a", "name": "compatible (FULL)"}
    assert len(case) == 0


def test_many_earlier_versions_are_told_by_their_ends() -> None:
    template = SubjectReport("a", "json", Mode.FULL_TRANSITIVE, Verdict.UNDECIDED, pending="1.11.0")
    told = [wording.Undecided("budget", "", against=version) for version in ("1.10.0", "1.9.0", "1.0.0", "1.2.0")]
    assert wording.versions(replace(template, undecided=tuple(told))) == "1.0.0 … 1.10.0 → pending 1.11.0"
    assert wording.versions(replace(template, undecided=tuple(told[:2]))) == "1.9.0, 1.10.0 → pending 1.11.0"
