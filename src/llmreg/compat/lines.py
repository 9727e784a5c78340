"""Give every finding the file and line that an editor or a pull request should show."""

from __future__ import annotations

from llmreg.errors import LlmregError
from llmreg.model.finding import Finding, Place
from llmreg.model.jsontext import decode, locate
from llmreg.model.mode import Direction
from llmreg.model.record import replace
from llmreg.model.report import SubjectReport


def with_lines(report: SubjectReport, path: str, source: bytes) -> SubjectReport:
    """The report with `file` set to `path`, and each finding's place in it found in `source` (its text)."""
    findings = tuple(_placed(finding, path, source) for finding in report.findings)
    return replace(report, file=path, findings=findings)


def _placed(finding: Finding, path: str, source: bytes) -> Finding:
    if finding.file is not None:
        return finding
    here = finding.writer if finding.direction is Direction.FORWARD else finding.reader
    place = here or finding.reader or finding.writer
    if place is not None and place.file is not None:
        return replace(finding, file=place.file, line=finding.line or place.line)
    line = finding.line or (place.line if place else None) or (_line(path, source, place) if place else None)
    if here is not None and here.line is None and line is not None:
        known = replace(here, line=line)
        forward = finding.direction is Direction.FORWARD
        finding = replace(finding, writer=known) if forward else replace(finding, reader=known)
    return replace(finding, file=path, line=line)


def _line(path: str, source: bytes, place: Place) -> int | None:
    try:
        if path.endswith(".yaml"):
            from llmreg.store import yamltext

            found = yamltext.locate(source, place.pointer)
        elif path.endswith((".json", ".avsc")):
            found = locate(decode(source), place.pointer)
        else:
            return None
    except (LlmregError, IndexError, ValueError):
        return None  # text that cannot be read has been reported already; its findings stay without a line
    return found[0] if found else None
