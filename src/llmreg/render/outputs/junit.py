"""JUnit XML for CI systems that show test results: one test suite per subject, one test case per finding.

A finding of severity error is a failure; an undecided pair is an error, or skipped when undecided is allowed.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

from llmreg.model.finding import Finding, Severity
from llmreg.model.report import Report, SubjectReport, Undecided
from llmreg.render import witness, wording
from llmreg.render.options import RenderOptions
from llmreg.render.plain import printable


def render(report: Report, options: RenderOptions) -> str:
    """The XML document; whatever XML 1.0 cannot hold is spelt out."""
    root = ElementTree.Element("testsuites", {"name": "llmreg", "time": f"{report.seconds:.3f}"})
    if report.general:
        suite = _suite(root, "registry")
        for finding in wording.shown(report.general):
            _finding(suite, finding, None, options)
    for subject in report.subjects:
        suite = _suite(root, subject.subject)
        for finding in wording.shown(subject.findings):
            _finding(suite, finding, subject, options)
        for item in subject.undecided:
            _undecided(suite, item, fails=wording.undecided_fails(report, subject))
        _remarks(suite, subject)
    for suite in root:
        _count(suite, [suite])
    _count(root, list(root))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _suite(root: ElementTree.Element, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(root, "testsuite", {"name": printable(name)})


def _case(
    suite: ElementTree.Element, name: str, file: str | None = None, line: int | None = None
) -> ElementTree.Element:
    fields = {"classname": suite.get("name", ""), "name": printable(name)}
    if file is not None:
        fields["file"] = printable(file)
        if line is not None:
            fields["line"] = str(line)
    return ElementTree.SubElement(suite, "testcase", fields)


def _say(case: ElementTree.Element, tag: str, lines: Iterable[str | None], **fields: str) -> None:
    element = ElementTree.SubElement(case, tag, {name: printable(value) for name, value in fields.items()})
    element.text = "\n".join(printable(text) for text in lines if text)


def _finding(
    suite: ElementTree.Element, finding: Finding, subject: SubjectReport | None, options: RenderOptions
) -> None:
    sides = [f"{name} {wording.pointer(place)}" for name, place in wording.places(finding)]
    way = f"{finding.direction.value} against {finding.against or 'the old version'}" if finding.direction else None
    proved = finding.witness
    place = next(reversed([place.pointer or "(root)" for _, place in wording.places(finding)]), None)
    name = ", ".join(filter(None, (finding.rule, place, way)))
    case = _case(suite, name, *wording.anchor(finding, subject, options))
    lines = (
        finding.message,
        wording.direction(finding.direction, finding.against),
        ", ".join(sides),
        *(("witness:", *witness.many_lines(proved.document)) if proved else ()),
        f"bytes: {witness.spaced_hex(proved.bytes)}" if proved and proved.bytes is not None else None,
        witness.outcome(proved.expected) if proved and proved.expected else None,
        wording.proof(finding),
        f"waived: {finding.waived}" if finding.waived else None,
        f"fix: {finding.fix}" if finding.fix else None,
    )
    if finding.severity is Severity.ERROR:
        _say(case, "failure", lines, message=finding.message, type=finding.rule)
    else:
        _say(case, "system-out", (finding.severity.value, *lines))


def _undecided(suite: ElementTree.Element, item: Undecided, *, fails: bool) -> None:
    way = wording.direction(item.direction, item.against)
    case = _case(suite, ", ".join(filter(None, (f"undecided ({item.reason})", item.pointer, way))))
    if fails:
        _say(case, "error", (item.message, way, wording.advice(item)), message=item.message, type="undecided")
    else:
        _say(case, "skipped", (), message=item.message)


def _remarks(suite: ElementTree.Element, subject: SubjectReport) -> None:
    """One passing case for what else there is to say, and for a subject of which nothing was found."""
    headline = f"{wording.acceptance(subject).upper()}: {subject.accepted}"
    major = [headline, *(f"affected: {name}" for name in subject.affected)]
    problems = (f"{problem.code} {problem.pointer}: {problem.message}" for problem in subject.problems)
    ways = [wording.directions(subject)] if subject.directions else []
    lines = [*ways, *(major if subject.accepted else ()), *(f"note: {note}" for note in subject.notes), *problems]
    if lines or len(suite) == 0:
        case = _case(suite, f"{subject.verdict} ({subject.mode})")
        if lines:
            _say(case, "system-out", lines)


def _count(element: ElementTree.Element, suites: list[ElementTree.Element]) -> None:
    cases = [case for suite in suites for case in suite]
    element.set("tests", str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(name, str(sum(1 for case in cases if case.find(tag) is not None)))
