"""Named policies: every case in `cases/policies/*.yaml`, what a check makes of them, and the page that tabulates them.

A case: `about`, `old`, `new`, and for `backward` and `forward` what each policy forbids (ids of differences), the sound
verdict for a `closed` and for an `open` writer, and a `witness` where one of them is incompatible. The page is written
anew with `LLMREG_WRITE_DOCS=1`.
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import llmreg
from llmreg.cli.app import run
from llmreg.errors import UsageError
from llmreg.formats import catalogue
from llmreg.formats.interface import Source
from llmreg.formats.json import policies
from llmreg.formats.json.policies._confluent_rows import ROWS
from llmreg.formats.rule import rulebook
from llmreg.model.finding import ChangeClass, Finding, Severity, Status
from llmreg.model.jsontext import dumps

ROOT = Path(__file__).parent.parent
CASES = {path.stem: path for path in sorted((Path(__file__).parent / "cases" / "policies").glob("*.yaml"))}
PAGE = ROOT / "docs" / "explain" / "named-policies.md"
NAMES = policies.names()
DIRECTIONS = ("backward", "forward")
FORMAT = catalogue.get("json")


@functools.cache
def case(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(CASES[name].read_text(encoding="utf-8"))
    return loaded


def sides(name: str, direction: str) -> tuple[Any, Any]:
    """Writer and reader, as JSON values."""
    given = case(name)
    return (given["old"], given["new"]) if direction == "backward" else (given["new"], given["old"])


def parsed(value: Any) -> Any:
    return FORMAT.parse(Source(json.dumps(value).encode()))


def breaks(report: llmreg.Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.cls is ChangeClass.BREAKING]


every_pair = pytest.mark.parametrize("direction", DIRECTIONS)
every_case = pytest.mark.parametrize("name", CASES)


@every_case
@every_pair
def test_policy_forbids_what_the_case_says(name: str, direction: str) -> None:
    writer, reader = map(parsed, sides(name, direction))
    for policy, rule in rulebook(policies.__name__).items():
        seen = [one for one in rule.find(writer, reader, time.monotonic() + 5) if not one.compatible]
        assert [one.id for one in seen] == case(name)[direction][policy.replace("_", "-")], policy


@every_case
@every_pair
def test_sound_verdict_is_as_the_case_says(name: str, direction: str) -> None:
    said = case(name)[direction]
    for writer in ("closed", "open"):
        report = llmreg.compare(case(name)["old"], case(name)["new"], mode=direction, writer=writer)
        assert report.verdict == said[writer]
    assert ("witness" in said) == ("incompatible" in (said["closed"], said["open"]))
    if "witness" in said:
        accepts, refuses = (FORMAT.validator(parsed(side)) for side in sides(name, direction))
        assert accepts.is_valid(said["witness"])
        assert not refuses.is_valid(said["witness"])


@every_case
@every_pair
@pytest.mark.parametrize("policy", NAMES)
def test_the_policy_decides_and_the_proof_stays(name: str, direction: str, policy: str) -> None:
    old, new, forbidden = case(name)["old"], case(name)["new"], case(name)[direction][policy]
    sound = llmreg.compare(old, new, mode=direction)
    report = llmreg.compare(old, new, mode=direction, policy=policy)
    assert report.verdict == ("incompatible" if forbidden else "compatible")
    assert report.ok is not bool(forbidden)
    witnessed = [finding for finding in breaks(report) if finding.status is Status.WITNESSED]
    assert [finding.witness for finding in witnessed] == [finding.witness for finding in breaks(sound)]
    passed = [finding for finding in witnessed if finding.message.endswith(f" ({policy} lets it pass)")]
    assert all((finding in passed) == (finding.severity is Severity.INFO) for finding in witnessed)
    told = f"{policy} lets {len(passed)} break{'' if len(passed) == 1 else 's'} pass"
    assert (told in report.subjects[0].notes) == bool(passed)
    for finding in (finding for finding in breaks(report) if finding.status is Status.CLAIMED):
        assert finding.severity is Severity.ERROR
        assert finding.rule in forbidden
        if not breaks(sound):
            assert finding.claim == f"policy {policy} forbids it; every document still reads"


@every_case
def test_nothing_differs_from_itself(name: str) -> None:
    for side in ("old", "new"):
        one, other = parsed(case(name)[side]), parsed(case(name)[side])
        for rule in rulebook(policies.__name__).values():
            assert rule.find(one, other, time.monotonic() + 5) == []


@every_case
@every_pair
def test_lenient_forbids_no_more_than_strict(name: str, direction: str) -> None:
    said = case(name)[direction]
    assert set(said["confluent-lenient"]) <= set(said["confluent-strict"])


def test_every_row_says_what_the_sides_say() -> None:
    assert all(row.phrase and identity.replace("_", "").isalpha() for identity, row in ROWS.items())
    assert not [identity for identity, row in ROWS.items() if row.strict and row.lenient is False]


LIST = {
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "value": {"type": "string"},
                "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
            },
            "additionalProperties": False,
        }
    },
    "$ref": "#/$defs/node",
}


def test_recursion_through_branches_is_a_fixpoint() -> None:
    """The branch fits only if the node fits, which is open while the branch is looked at."""
    narrowed = json.loads(json.dumps(LIST).replace('{"type": "string"}', '{"type": "string", "maxLength": 3}'))
    strict = rulebook(policies.__name__)["confluent_strict"]
    assert [one.id for one in strict.find(parsed(narrowed), parsed(LIST), time.monotonic() + 5)] == [
        "max_length_removed"
    ]
    found = strict.find(parsed(LIST), parsed(narrowed), time.monotonic() + 5)
    assert {one.id for one in found} == {"max_length_added", "combined_type_subschemas_changed"}


def test_pinned_references_are_followed() -> None:
    ref = {"type": "object", "properties": {"a": {"$ref": "llmreg:base@1.0.0"}}}
    other = {"type": "object", "properties": {"a": {"$ref": "llmreg:base@2.0.0"}}}
    refs = {"base@1.0.0": {"type": "string"}, "base@2.0.0": {"type": ["string", "null"]}}
    (finding,) = breaks(llmreg.compare(ref, other, refs=refs, policy="field-strict"))
    assert (finding.rule, finding.reader) == ("type_changed", llmreg.Place("/properties/a"))


def test_a_walk_out_of_time_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmreg.formats.json.policies._apply._SECONDS", -1.0)
    report = llmreg.compare({"type": "string"}, {"type": "integer"}, policy="confluent-strict")
    assert report.verdict == "undecided"
    assert [item.reason for item in report.subjects[0].undecided] == ["budget"]


def test_an_undecided_pair_follows_the_policy() -> None:
    old = {"type": "object", "properties": {"a": {"type": "string", "pattern": r"\bx"}}}
    new = {"type": "object", "properties": {"a": {"type": "string", "pattern": r"\by"}}}
    assert llmreg.compare(old, new).verdict == "undecided"
    report = llmreg.compare(old, new, policy="field-strict")
    assert report.verdict == "compatible"
    assert "undecided" in report.subjects[0].notes[-1]
    (finding,) = breaks(llmreg.compare(old, new, policy="confluent-strict"))
    assert finding.claim == "policy confluent-strict forbids it; whether every document still reads is undecided"


@pytest.mark.parametrize(
    ("schema", "policy"), [('{"type":"string"}', "confluent_strict"), ('"string"', "confluent-strict")]
)
def test_a_policy_that_the_format_does_not_have_is_refused(schema: str, policy: str) -> None:
    with pytest.raises(UsageError, match="json: confluent-lenient, confluent-strict, field-strict") as caught:
        llmreg.compare(schema, schema, format="avro" if schema == '"string"' else "json", policy=policy)
    assert "like: none" in (caught.value.hint or "")


def test_without_a_policy_none_is_imported() -> None:
    program = (
        'import sys, llmreg; llmreg.compare(\'{"type":"string"}\', \'{"type":"integer"}\'); '
        "print([name for name in sys.modules if 'policies' in name])"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


OPEN = case("optional_property_added_to_an_open_object")


class Registry:
    """A registry in a Git work tree, and the command line in it."""

    def __init__(self, place: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.place = place
        self.capfd = capfd

    def write(self, files: dict[str, Any]) -> None:
        for path, content in files.items():
            target = self.place / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", "x")

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], check=True, cwd=self.place)

    def json(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        self.capfd.readouterr()
        status = run(["-C", str(self.place), *arguments, "-o", "json"])
        return status, json.loads(self.capfd.readouterr().out)


@pytest.fixture
def registry(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Registry:
    monkeypatch.chdir(tmp_path)
    made = Registry(tmp_path, capfd)
    made.git("init", "-q", ".")
    made.write({"llmreg.yaml": "registry: 1\n", "subjects/a/subject.yaml": "format: json\n"})
    made.write({"subjects/a/schema.json": OPEN["old"]})
    assert run(["-C", str(tmp_path), "register", "a"]) == 0
    made.commit()
    return made


def rules(report: dict[str, Any]) -> list[tuple[str, str]]:
    subjects = [finding for subject in report.get("subjects", ()) for finding in subject["findings"]]
    return [
        (one["rule"], one["severity"]) for one in [*report.get("findings", ()), *subjects] if one["class"] != "hint"
    ]


ADDED = ("optional_property_added_to_open_content_model", "error")


def test_the_policy_of_a_registry_and_of_a_subject(registry: Registry) -> None:
    registry.write({"subjects/a/schema.json": OPEN["new"]})
    assert registry.json("check")[0] == 0
    status, report = registry.json("check", "--policy", "confluent-strict")
    assert (status, rules(report)) == (1, [ADDED])
    assert report["subjects"][0]["bump"]["computed"] == "major"
    registry.write({"llmreg.yaml": "registry: 1\npolicy: {like: confluent-strict}\n"})
    registry.commit()
    assert rules(registry.json("check", "a")[1]) == [ADDED]
    assert registry.json("check", "--policy", "none")[0] == 0
    registry.write({"subjects/a/subject.yaml": "format: json\npolicy: {like: none, order: warn}\n"})
    registry.commit()
    assert registry.json("check", "--all")[0] == 0


def test_another_policy_is_told_and_both_count(registry: Registry) -> None:
    lenient = "registry: 1\npolicy: {like: confluent-lenient}\n"
    registry.write(
        {"llmreg.yaml": lenient, "subjects/a/schema.json": {"type": "object", "properties": {"a": {"type": "integer"}}}}
    )
    _, report = registry.json("check")
    told = {rule for rule, _ in rules(report)}
    assert told == {"policy-loosened", "type_changed"}
    registry.write({"subjects/a/schema.json": {**OPEN["old"], "required": ["b"]}})
    status, report = registry.json("check")
    assert (status, dict(rules(report))["required_added"]) == (1, "error")
    registry.commit()
    registry.write({"llmreg.yaml": lenient.replace("lenient", "strict")})
    _, report = registry.json("check", "a")
    assert "policy like: confluent-lenient → confluent-strict" in json.dumps(report, ensure_ascii=False)
    assert report["verdict"] == "compatible"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("policy: {like: 3}", "expected text"),
        ("policy: {like: [a]}", "expected text"),
        ('policy: {like: "A B"}', "no name of a policy"),
        ("policy: {like: confluent}", "no policy 'confluent'"),
    ],
)
def test_a_wrong_name_is_an_error(registry: Registry, text: str, message: str) -> None:
    registry.write({"subjects/a/subject.yaml": f"format: json\n{text}\n", "subjects/a/schema.json": OPEN["new"]})
    status, report = registry.json("check", "a")
    assert status in (1, 2)
    assert message in json.dumps(report)


def test_a_file_that_is_in_no_registry(registry: Registry) -> None:
    registry.write({"loose.json": OPEN["old"]})
    registry.commit()
    registry.write({"loose.json": OPEN["new"]})
    assert registry.json("check", "loose.json")[0] == 0
    assert rules(registry.json("check", "loose.json", "--policy", "confluent-strict")[1]) == [ADDED]


def test_two_files_and_many_pairs(registry: Registry) -> None:
    registry.write({"old.json": OPEN["old"], "new.json": OPEN["new"]})
    status, report = registry.json("diff", "old.json", "new.json", "--policy", "confluent-strict")
    assert (status, report["subjects"][0]["directions"]["backward"]) == (1, "incompatible")
    pair = {"old": OPEN["old"], "new": OPEN["new"]}
    lines = [{**pair, "id": 1}, {**pair, "id": 2, "policy": "confluent-strict"}, {**pair, "id": 3, "policy": "?"}]
    registry.write({"pairs.jsonl": "\n".join(map(json.dumps, lines))})
    registry.capfd.readouterr()
    assert run(["-C", str(registry.place), "diff", "--batch", "pairs.jsonl"]) == 2
    answers = [json.loads(line) for line in registry.capfd.readouterr().out.splitlines()]
    assert [answer.get("verdict") for answer in answers] == ["compatible", "incompatible", None]


def page() -> str:
    """The comparison: a row for each case, and for the case undone where a policy then differs."""
    linked = [f"[{name}](../reference/policies.md#{name})" for name in NAMES]
    head = ["change", "sound, closed writer", "sound, open writer", *linked, "witness"]
    rows = [_row(title, direction) for title in CASES for direction in _shown(title)]
    lines = [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]
    return "\n\n".join([INTRODUCTION, "\n".join(lines)]) + "\n"


INTRODUCTION = """# Named policies, case by case

<!-- Written by tests/test_policies.py: LLMREG_WRITE_DOCS=1 -->

What each [named policy](../guides/named-policies.md) says of changes to a JSON Schema, beside the sound
[verdict](verdicts.md) for a closed and for an open writer. **Bold** is a word that the sound verdict does not share.
Changes are read BACKWARD, the old side writes; "undone" is the same change the other way round. A witness is a
document that the old side writes and the new one refuses; without one every document still reads."""


def _shown(title: str) -> Iterator[str]:
    yield "backward"
    if any(_differs(case(title)["forward"], policy) for policy in NAMES):
        yield "forward"


def _differs(said: dict[str, Any], policy: str) -> bool:
    verdict = "incompatible" if said[policy] else "compatible"
    return {verdict} != {said["closed"], said["open"]}


def _row(title: str, direction: str) -> list[str]:
    said = case(title)[direction]
    about = case(title)["about"] if direction == "backward" else f"undone: {case(title)['about']}"
    sound = [{"compatible": "passes", "incompatible": "breaks"}[said[writer]] for writer in ("closed", "open")]
    proof = f"`{dumps(said['witness'])}`" if "witness" in said else ""
    return [about, *sound, *(_word(said, policy) for policy in NAMES), proof]


def _word(said: dict[str, Any], policy: str) -> str:
    word = f"breaks: `{'`, `'.join(said[policy])}`" if said[policy] else "passes"
    return f"**{word}**" if _differs(said, policy) else word


def test_the_page_tabulates_the_cases() -> None:
    if os.environ.get("LLMREG_WRITE_DOCS"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(), "stale: LLMREG_WRITE_DOCS=1 pytest tests/test_policies.py"
