"""`llmreg explain`: the findings of a report, step by step."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from llmreg.cli.declare import Argument, Option
from llmreg.cli.options import Output, OutputOption

EXAMPLES = """Examples:

\b
  llmreg check -o json | llmreg explain
  llmreg diff old.json new.json -o json | llmreg explain --number 1
  llmreg explain report.json --rule required_added
  llmreg explain report.json -o json
"""


def run(
    report: Annotated[
        str, Argument(metavar="[REPORT|-]", help="A JSON report of check, diff or register; none: stdin.")
    ] = "-",
    number: Annotated[
        int | None,
        Option("--number", "-n", metavar="N", help="Only this finding, from 1, in the report's order."),
    ] = None,
    rule: Annotated[str | None, Option("--rule", metavar="ID", help="Only the findings of this rule.")] = None,
    output: OutputOption = Output.TEXT,
) -> int:
    """Explain findings: who writes and who reads, both schemas at the place, the document that breaks and which part of
    it, how to check it by hand, the rule's page, and what to do instead.

    Reads what `-o json` printed, here or elsewhere; shows schemas where the report's versions and files are at hand.
    Exit status: 0, or 2 for what is no report and for a finding that it does not hold.
    """
    from llmreg.cli.console import colour, emit, note, width
    from llmreg.cli.files import read_whole
    from llmreg.ops.explain import ExplainRequest, explain
    from llmreg.render.explanation import explanation_text
    from llmreg.render.options import RenderOptions
    from llmreg.render.records import as_json

    request = ExplainRequest(Path.cwd(), number, rule, dict(os.environ))
    entries = []
    for found in explain(request, read_whole(report)):
        entries.append({**found.to_json(), "page": _page(found.finding, found.format)})
    if output is Output.JSON:
        emit(as_json({"explanation": 1, "findings": entries}))
    elif entries:
        emit(explanation_text(entries, RenderOptions(color=colour(), width=width())))
    else:
        note("the report has no findings: nothing to explain")
    return 0


def _page(finding: Mapping[str, Any], schema_format: str) -> dict[str, str] | None:
    """The page of the finding's rule, or of the named policy that forbids it; None for what has none."""
    from llmreg.errors import NotFoundError
    from llmreg.ops.rules import REGISTRY, rule

    named = re.match(r"policy (\S+) forbids it", str(finding.get("claim", "")))
    try:
        found = rule(named.group(1) if named else str(finding["rule"]))
    except NotFoundError:
        return None
    page = next((entry for entry in found if entry.scope in (schema_format, REGISTRY)), None)
    return {"id": page.id, "text": page.page} if page is not None else None
