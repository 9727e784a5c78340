"""Every rule case in `cases/rules/<format>/<rule>/<case>/`, and the laws that all of them obey."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from llmreg.formats import catalogue
from llmreg.formats.interface import CompareOptions, Comparison, Schema, Source
from llmreg.formats.rule import rulebook
from llmreg.model.finding import ChangeClass, Finding, Severity, Status
from llmreg.model.jsontext import plain

ROOT = Path(__file__).parent / "cases" / "rules"
CASES = sorted(path.parent for path in ROOT.glob("*/*/*/case.yaml"))
NAMES = [str(path.relative_to(ROOT)) for path in CASES]


@dataclass(frozen=True)
class Case:
    """One case folder, read and parsed."""

    path: Path
    expected: dict[str, Any]
    format: Any
    old: Schema
    new: Schema

    def options(self) -> CompareOptions:
        settings = self.expected.get("settings", {})
        return CompareOptions(
            closed=self.expected.get("writer", "closed") == "closed",
            deadline=time.monotonic() + 60,
            ignored_fails=self.expected.get("ignored_fails", False),
            surfaces=tuple(self.expected.get("surfaces", settings.get("surfaces", ()))),
            settings=settings,
            earlier=tuple(
                self.format.parse(Source(text.encode(), name="an earlier version"))
                for text in settings.get("earlier", ())
            ),
        )

    def compare(self, writer: Schema, reader: Schema) -> Comparison:
        return self.format.compare(writer, reader, self.options())


@cache
def load(path: Path) -> Case:
    expected = yaml.safe_load((path / "case.yaml").read_text(encoding="utf-8"))
    schema_format = catalogue.get(path.relative_to(ROOT).parts[0])
    sides = []
    for side in ("old", "new"):
        (file,) = path.glob(f"{side}.*")
        references = expected.get("references", {})
        sides.append(schema_format.parse(Source(data=file.read_bytes(), name=file.name, references=references)))
    return Case(path, expected, schema_format, *sides)


def told(comparison: Comparison) -> list[Finding]:
    """What a case must list: breaks, ignored properties, and whatever warns."""
    return [
        finding
        for finding in comparison.findings
        if finding.cls in (ChangeClass.BREAKING, ChangeClass.IGNORED) or finding.severity.rank >= Severity.WARN.rank
    ]


def assert_finding(finding: Finding, expected: dict[str, Any]) -> None:
    assert finding.rule == expected["rule"]
    for side in ("writer", "reader"):
        if side in expected:
            place = getattr(finding, side)
            assert place is not None
            assert place.pointer == expected[side], (finding.rule, side)
    if expected.get("claimed"):
        assert finding.status is Status.CLAIMED
        assert finding.claim
    else:
        assert finding.status is Status.WITNESSED, finding
        assert finding.witness is not None
        assert finding.witness.confirmed_by
    if "witness" in expected:
        assert finding.witness is not None
        assert plain(finding.witness.document) == expected["witness"]
    if "bytes" in expected:
        assert finding.witness is not None
        assert finding.witness.bytes == str(expected["bytes"])


@pytest.mark.parametrize("path", CASES, ids=NAMES)
@pytest.mark.parametrize("direction", ["backward", "forward"])
def test_case_says_what_it_must(path: Path, direction: str) -> None:
    case = load(path)
    pair = (case.old, case.new) if direction == "backward" else (case.new, case.old)
    comparison = case.compare(*pair)
    wanted = [item if isinstance(item, dict) else {"rule": item} for item in case.expected.get(direction) or []]
    found = told(comparison)
    assert [finding.rule for finding in found] == [item["rule"] for item in wanted], comparison
    for finding, expected in zip(found, wanted, strict=True):
        assert_finding(finding, expected)
    breaking = any(
        finding.cls is ChangeClass.BREAKING and finding.severity is Severity.ERROR for finding in comparison.findings
    )
    default = "incompatible" if breaking else "compatible"
    assert comparison.verdict.value == case.expected.get(f"{direction}_verdict", default), comparison


@pytest.mark.parametrize("path", CASES, ids=NAMES)
def test_a_schema_reads_itself(path: Path) -> None:
    case = load(path)
    for side in (case.old, case.new):
        comparison = case.compare(side, side)
        assert comparison.verdict.value == "compatible", comparison
        assert [finding for finding in told(comparison) if finding.severity is Severity.ERROR] == []
        assert list(case.format.changes(side, side, case.options())) == []
        assert case.format.equivalent(side, side, case.options()) is True


@pytest.mark.parametrize("path", [path for path in CASES if "changes" in load(path).expected], ids=lambda p: p.name)
def test_changes_without_a_break(path: Path) -> None:
    case = load(path)
    changes = case.format.changes(case.old, case.new, case.options())
    assert [finding.rule for finding in changes] == case.expected["changes"]
    assert all(finding.severity is not Severity.ERROR for finding in changes)


@pytest.mark.parametrize("path", [path for path in CASES if "info" in load(path).expected], ids=lambda p: p.name)
def test_differences_that_never_fail(path: Path) -> None:
    case = load(path)
    both = (case.compare(case.old, case.new), case.compare(case.new, case.old))
    found = {finding.rule for answer in both for finding in answer.findings if finding.severity is Severity.INFO}
    assert sorted(found) == case.expected["info"]


@pytest.mark.parametrize("path", CASES, ids=NAMES)
def test_every_break_is_proved_or_says_why_not(path: Path) -> None:
    case = load(path)
    for writer, reader in ((case.old, case.new), (case.new, case.old)):
        for finding in case.compare(writer, reader).findings:
            if finding.cls is ChangeClass.BREAKING:
                proved = finding.witness is not None and finding.witness.confirmed_by
                assert proved or finding.claim, finding


def rule_folders() -> list[tuple[str, str]]:
    """(format, rule) for every rule folder `formats/<format>/*rules/`."""
    found = []
    for name in catalogue.names():
        home = Path(catalogue.__file__).parent / name
        for folder in sorted(home.glob("*rules")):
            found += [(name, rule) for rule in rulebook(f"llmreg.formats.{name}.{folder.name}")]
    return found


@pytest.mark.parametrize(("name", "rule"), rule_folders())
def test_every_rule_fires_and_nearly_fires(name: str, rule: str) -> None:
    cases = [load(path) for path in CASES if path.relative_to(ROOT).parts[:2] == (name, rule)]
    near = [case for case in cases if case.path.name.startswith("near_miss")]
    firing = [case for case in cases if case not in near]
    assert firing, f"no case fires {rule}"
    assert near, f"no near miss for {rule}"
    for case in firing:
        listed = [*(case.expected.get("backward") or []), *(case.expected.get("forward") or [])]
        ids = {item["rule"] if isinstance(item, dict) else item for item in listed}
        ids |= {*(case.expected.get("changes") or []), *(case.expected.get("info") or [])}
        assert rule in ids, case.path


def test_no_case_is_orphaned() -> None:
    known = set(rule_folders())
    assert {tuple(path.relative_to(ROOT).parts[:2]) for path in CASES} <= known
    assert {path for path in ROOT.glob("*/*/*") if path.is_dir()} == set(CASES)
