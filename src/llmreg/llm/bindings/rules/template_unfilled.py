"""The prompt does not render with everything that its variables allow, or the input where it names no variables.

Why it breaks:
    The template uses a path that nobody promises. The witness is a valid document on which rendering fails.

Example:
    The template says `{{ user.name }}`, and `user` is optional in the variables.

Instead:
    Guard the path (`{% if user %}`), or make the variables require it.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.llm.bindings.given import rendered
from llmreg.llm.bindings.resolve import Case, Hit
from llmreg.model.finding import ChangeClass, Severity


def find(case: Case) -> Iterator[Hit]:
    report = rendered(case)
    for finding in report.findings if report is not None else ():
        if finding.severity is Severity.ERROR:
            yield Hit("/prompt", f"`prompt`: {finding.message}", {"witness": finding.witness, "status": finding.status})


RULE = Rule("The prompt does not render with what it is given.", ChangeClass.INVALID, Severity.ERROR, find)
