"""The stable report for programs (docs/reference/report.md), with exact numbers."""

from __future__ import annotations

from llmreg.model.jsontext import dumps
from llmreg.model.report import Report
from llmreg.render.options import RenderOptions
from llmreg.render.plain import printable_lines


def render(report: Report, options: RenderOptions) -> str:
    """`report.to_json()`, indented; invisible characters inside strings are escaped, which JSON reads back alike."""
    return printable_lines(dumps(report.to_json(), indent=2)) + "\n"
