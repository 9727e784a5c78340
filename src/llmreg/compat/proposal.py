"""A schema from elsewhere (a live server, code) as the next version of a subject: what would change?"""

from __future__ import annotations

from llmreg.compat.subject import SubjectCase
from llmreg.errors import InputError
from llmreg.model.record import replace
from llmreg.model.report import SubjectReport, Verdict
from llmreg.model.version import Bump


def propose(case: SubjectCase, data: bytes) -> SubjectReport:
    """The report on these bytes; where nothing changed, on the version that they are. Bytes that are no schema are
    reported as invalid."""
    try:
        report = case.pending(data).report
    except InputError as error:
        return case.unreadable(error, pending="?")
    bump = report.bump
    same = report.verdict is Verdict.COMPATIBLE and not report.findings and bump and bump.computed is Bump.PATCH
    return replace(report, version=report.against, pending=None, bump=None) if same else report


def unchanged(report: SubjectReport) -> bool:
    """Whether a proposal changes nothing that a document, a model or a client could notice (class `none`)."""
    return report.version is not None
