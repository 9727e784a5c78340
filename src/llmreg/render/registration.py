"""What `register` says: the versions that now exist, why that bump, and the findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmreg.model.report import Report
from llmreg.render.options import RenderOptions
from llmreg.render.outputs import text
from llmreg.render.plain import printable

_SHOWN = 50


def registration_text(result: Mapping[str, Any], report: Report, options: RenderOptions) -> str:
    """`result` is the operation's JSON form. A refused registration is its report and a sentence."""
    registered = result["registered"]
    lines = [_line(item) for item in registered[:_SHOWN]]
    if len(registered) > _SHOWN:
        lines.append(f"… and {len(registered) - _SHOWN} more (--output json lists all)")
    if not report.ok:
        lines.append("nothing was registered")
    elif not registered:
        lines.append("nothing to register: no working file differs from its latest version")
    if result["commit"]:
        lines.append(f"committed {result['commit'][:12]}")
    elif any(item["new"] for item in registered):
        lines.append("staged; commit it with git, or use --commit")
    if result["pushed"] is not None:
        lines.append(printable(f"pushed {result['pushed']}".rstrip()))
    told = any(subject.findings or subject.undecided for subject in report.subjects)
    shown = text.render(report, options) + "\n" if told or not report.ok else ""
    return shown + "\n".join(lines) + "\n"


def _line(item: Mapping[str, Any]) -> str:
    if not item["new"]:
        return printable(f"{item['subject']} {item['version']} was registered before: the same bytes")
    why = f": {item['why']}" if item["why"] else ""
    return printable(f"registered {item['subject']} {item['version']} ({item['bump']}{why})  id {item['id']}")
