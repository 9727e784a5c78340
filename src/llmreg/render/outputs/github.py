"""GitHub workflow commands: annotations on the files of a pull request.

Reference: GitHub Actions, "Workflow commands"; the runner's own escapes (`actions/toolkit`, `core/src/command.ts`).
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.model.finding import Finding, Severity
from llmreg.model.record import dataclass
from llmreg.model.report import Report, SubjectReport, Undecided
from llmreg.render import witness, wording
from llmreg.render.options import RenderOptions
from llmreg.render.plain import clip, printable

_COMMANDS = {Severity.ERROR: "error", Severity.WARN: "warning", Severity.INFO: "notice"}
_PER_COMMAND = 10  # GitHub shows that many of each kind per step and drops the rest without a word
_MAX_LINE = 2000


@dataclass(frozen=True, slots=True)
class _Annotation:
    """`lines` are shown below each other."""

    severity: Severity
    title: str
    lines: tuple[str, ...]
    file: str | None = None
    line: int | None = None

    def command(self) -> str:
        at = {"file": self.file, "line": str(self.line) if self.file and self.line else None, "title": self.title}
        given = ",".join(f"{name}={_property(value)}" for name, value in at.items() if value)
        text = "%0A".join(_data(clip(line, _MAX_LINE)) for line in self.lines)
        return f"::{_COMMANDS[self.severity]} {given}::{text}\n"


def render(report: Report, options: RenderOptions) -> str:
    """At most ten annotations of each kind, errors first, then one plain line with the totals."""
    ordered = sorted(_annotations(report, options), key=lambda item: -item.severity.rank)
    written, left_out = [], 0
    for severity in _COMMANDS:
        same = [item for item in ordered if item.severity is severity]
        written += same[:_PER_COMMAND]
        left_out += len(same[_PER_COMMAND:])
    facts = ", ".join(wording.tally(report))
    more = f" ({left_out} more findings have no annotation: --output text shows all)" if left_out else ""
    return "".join(item.command() for item in written) + f"llmreg: {facts}: {wording.outcome(report)}{more}\n"


def _annotations(report: Report, options: RenderOptions) -> Iterator[_Annotation]:
    for finding in wording.shown(report.general):
        yield _finding(finding, None, options)
    for subject in report.subjects:
        file = options.path(subject.file) if subject.file is not None else None
        if subject.accepted is not None:
            affected = (
                f"affected: {', '.join(subject.affected)}" if subject.affected else "nobody is known to be affected"
            )
            title = f"{subject.subject}: {wording.acceptance(subject)}"
            yield _Annotation(Severity.WARN, title, (subject.accepted, affected), file=file)
        for finding in wording.shown(subject.findings):
            yield _finding(finding, subject, options)
        for item in subject.undecided:
            yield _undecided(item, subject, file, fails=wording.undecided_fails(report, subject))
        for problem in subject.problems:
            place = f"{problem.pointer}: " if problem.pointer else ""
            lines = (place + problem.message, problem.hint or "")
            title = f"{subject.subject}: {problem.code}"
            yield _Annotation(Severity.WARN, title, tuple(filter(None, lines)), file=file, line=problem.line)


def _finding(finding: Finding, subject: SubjectReport | None, options: RenderOptions) -> _Annotation:
    file, line = wording.anchor(finding, subject, options)
    proved = finding.witness
    lines = (
        finding.message,
        wording.direction(finding.direction, finding.against),
        proved and f"witness: {witness.one_line(proved.document)}",
        proved and proved.bytes is not None and f"bytes: {witness.spaced_hex(proved.bytes)}",
        proved and proved.expected and witness.outcome(proved.expected),
        wording.proof(finding),
        subject and (means := wording.consequence(finding, subject)) and f"means: {means}",
        finding.waived and f"waived: {finding.waived}",
        finding.fix and f"fix: {finding.fix}",
    )
    title = f"{subject.subject}: {finding.rule}" if subject is not None else finding.rule
    return _Annotation(finding.severity, title, tuple(text for text in lines if text), file=file, line=line)


def _undecided(item: Undecided, subject: SubjectReport, file: str | None, *, fails: bool) -> _Annotation:
    lines = (
        f"{item.pointer}: {item.message}" if item.pointer else item.message,
        wording.direction(item.direction, item.against),
        wording.advice(item),
    )
    severity = Severity.ERROR if fails else Severity.WARN
    title = f"{subject.subject}: undecided ({item.reason})"
    return _Annotation(severity, title, tuple(text for text in lines if text), file=file)


def _data(text: str) -> str:
    """A line of a message; `printable` has already taken every line break out of it."""
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
