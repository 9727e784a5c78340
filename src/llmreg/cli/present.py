"""Show a report in the output that was asked for, and give the exit status that it means."""

from __future__ import annotations

from llmreg.cli.console import colour, emit, width
from llmreg.cli.options import ReportOutput
from llmreg.model.report import Report
from llmreg.render import catalogue
from llmreg.render.options import RenderOptions

FINE = 0
FOUND = 1


def present(report: Report, output: ReportOutput, root_prefix: str = "") -> int:
    """0 when the report passes, else 1."""
    options = RenderOptions(
        color=output is ReportOutput.TEXT and colour(), width=width(), root_prefix=root_prefix.rstrip("/")
    )
    emit(catalogue.get(output.value).render(report, options))
    return FINE if report.ok else FOUND
