"""SARIF 2.1.0 for code-scanning services: rules with their documentation pages, results with their witnesses.

Reference: OASIS SARIF 2.1.0, §3 (property names in camel case are the standard's).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from llmreg.formats import catalogue
from llmreg.formats.rule import Rule, rulebook
from llmreg.model.about import __version__
from llmreg.model.finding import ChangeClass, Finding, Severity
from llmreg.model.jsontext import dumps
from llmreg.model.record import dataclass, field
from llmreg.model.report import Report, SubjectReport, Undecided
from llmreg.render import witness, wording
from llmreg.render.options import RenderOptions
from llmreg.render.plain import clip, printable, printable_lines

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARN: "warning", Severity.INFO: "note", Severity.OFF: "none"}
_HEADING = re.compile(r"^(Why it breaks|Example|Instead|Known limits|Reference):", re.MULTILINE)
_MAX_WITNESS = 4000
_ABOUT = {
    ChangeClass.INTEGRITY: "The registry's own files break an invariant.",
    ChangeClass.INVALID: "The schema, or one of its examples, is wrong by itself.",
}


@dataclass(slots=True)
class _Rules:
    """The rules that results refer to, each once, in order of first use."""

    entries: dict[str, dict[str, Any]] = field(default_factory=dict)

    def refer(self, entry: dict[str, Any]) -> dict[str, Any]:
        """What a result says about its rule."""
        known = self.entries.setdefault(entry["id"], entry)
        return {"ruleId": known["id"], "ruleIndex": list(self.entries).index(known["id"])}


def render(report: Report, options: RenderOptions) -> str:
    """One run. Paths are relative to the Git top level."""
    rules = _Rules()
    results = list(_results(report, rules, options))
    driver = {"name": "llmreg", "semanticVersion": __version__, "rules": list(rules.entries.values())}
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {"verdict": report.verdict.value, "ok": report.ok, "checked": report.checked},
    }
    if report.baseline is not None:
        run["properties"]["baseline"] = report.baseline.to_json()
    return printable_lines(dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)) + "\n"


def _results(report: Report, rules: _Rules, options: RenderOptions) -> Iterator[dict[str, Any]]:
    for finding in wording.shown(report.general):
        yield _finding(finding, None, rules, options)
    for subject in report.subjects:
        for finding in wording.shown(subject.findings):
            yield _finding(finding, subject, rules, options)
        if subject.accepted is not None:
            yield _declared_major(subject, rules, options)
        level = "error" if wording.undecided_fails(report, subject) else "warning"
        for item in subject.undecided:
            yield _undecided(item, subject, rules, options) | {"level": level}
        for problem in subject.problems:
            entry = _rule_entry(problem.code, "The schema is legal but surely not meant like this.", "warning")
            text = [f"{problem.pointer}: {problem.message}" if problem.pointer else problem.message, problem.hint]
            file = None if subject.file is None else options.path(subject.file)
            yield rules.refer(entry) | {
                "level": "warning",
                "message": _message(text),
                "locations": _locations(file, problem.line, subject.subject),
                "partialFingerprints": _fingerprint(subject.subject, problem.code, problem.pointer),
                "properties": {"subject": subject.subject, "problem": problem.to_json()},
            }


def _finding(finding: Finding, subject: SubjectReport | None, rules: _Rules, options: RenderOptions) -> dict[str, Any]:
    name = subject.subject if subject is not None else ""
    proved = finding.witness
    text = [
        finding.message,
        wording.direction(finding.direction, finding.against),
        proved and f"witness: {clip(witness.one_line(proved.document), _MAX_WITNESS)}",
        proved and proved.bytes is not None and f"bytes: {clip(witness.spaced_hex(proved.bytes), _MAX_WITNESS)}",
        wording.proof(finding),
        finding.waived and f"waived: {finding.waived}",
        finding.fix and f"fix: {finding.fix}",
    ]
    sides = [place.pointer for _, place in wording.places(finding)]
    entry = _documented(finding, subject.format if subject is not None else "")
    return rules.refer(entry) | {
        "level": _LEVELS[finding.severity],
        "message": _message([f"{name}: {text[0]}" if name else text[0], *text[1:]]),
        "locations": _locations(*wording.anchor(finding, subject, options), name),
        "partialFingerprints": _fingerprint(
            name, finding.rule, str(finding.direction), finding.surface or "", *sides, finding.file or ""
        ),
        "properties": {"subject": name or None} | finding.to_json(),
    }


def _declared_major(subject: SubjectReport, rules: _Rules, options: RenderOptions) -> dict[str, Any]:
    entry = _rule_entry("declared-major", "A new major version breaks on purpose; the check passes.", "warning")
    affected = f"affected: {', '.join(subject.affected)}" if subject.affected else None
    file = None if subject.file is None else options.path(subject.file)
    return rules.refer(entry) | {
        "level": "warning",
        "message": _message([f"{subject.subject}: {subject.accepted}", affected]),
        "locations": _locations(file, None, subject.subject),
        "partialFingerprints": _fingerprint(subject.subject, "declared-major"),
        "properties": {"subject": subject.subject, "affected": list(subject.affected)},
    }


def _undecided(item: Undecided, subject: SubjectReport, rules: _Rules, options: RenderOptions) -> dict[str, Any]:
    entry = _rule_entry("undecided", "Neither a proof of compatibility nor a witness against it was found.", "error")
    place = f"{item.pointer}: " if item.pointer else ""
    way = wording.direction(item.direction, item.against)
    file = None if subject.file is None else options.path(subject.file)
    return rules.refer(entry) | {
        "message": _message([f"{subject.subject}: {place}{item.message}", way, wording.advice(item)]),
        "locations": _locations(file, None, subject.subject),
        "partialFingerprints": _fingerprint(
            subject.subject, "undecided", item.reason, item.pointer, item.direction or ""
        ),
        "properties": {"subject": subject.subject} | item.to_json(),
    }


def _documented(finding: Finding, format_name: str) -> dict[str, Any]:
    """The rule's own page where its format has one; ids of formats are told apart by the format's name."""
    rule = rules_of(format_name.lower()).get(finding.rule)
    if rule is None:
        about = _ABOUT.get(finding.cls, f"A change of class {finding.cls}.")
        return _rule_entry(finding.rule, about, _LEVELS[finding.severity])
    entry = _rule_entry(f"{format_name.lower()}/{rule.id}", rule.summary, _LEVELS[rule.severity])
    page = printable_lines(rule.page.strip())
    entry["help"] = {"text": page, "markdown": _HEADING.sub(r"**\1:**", page)}
    entry["properties"] = {"tags": [rule.cls.value]}
    return entry


def rules_of(format_name: str) -> Mapping[str, Rule]:
    """The rules of a format by id; none for an unknown one, and for one that does without."""
    if format_name not in catalogue.names():
        return {}
    package = f"llmreg.formats.{format_name}.rules"
    try:
        return rulebook(package)
    except ModuleNotFoundError as error:
        if error.name == package:
            return {}
        raise


def _rule_entry(name: str, about: str, level: str) -> dict[str, Any]:
    summary = {"text": printable(about)}
    return {
        "id": printable(name),
        "shortDescription": summary,
        "help": summary,
        "defaultConfiguration": {"level": level},
    }


def _message(lines: list[Any]) -> dict[str, str]:
    """Brackets that would read as an embedded link (§3.11.6) are escaped."""
    text = "\n".join(printable(line) for line in lines if line)
    if "](" in text:
        text = text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return {"text": text}


def _locations(file: str | None, line: int | None, subject: str) -> list[dict[str, Any]]:
    location: dict[str, Any] = {}
    if file is not None:
        location["physicalLocation"] = {"artifactLocation": {"uri": quote(file, errors="replace")}}
        if line is not None:
            location["physicalLocation"]["region"] = {"startLine": line}
    if subject:
        location["logicalLocations"] = [{"fullyQualifiedName": printable(subject), "kind": "resource"}]
    return [location] if location else []


def _fingerprint(*parts: str) -> dict[str, str]:
    """The same finding keeps its identity from run to run: no line, version or message goes in."""
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return {"llmregFinding/v1": digest}
