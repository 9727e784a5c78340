"""The prompt names no subject of variables, and does not render with everything that the binding's input allows.

Why it breaks:
    The template uses a path that the input does not promise. The witness is a valid input on which rendering fails.

Example:
    The template says `{{ user.name }}`, and `user` is optional in the input.

Instead:
    Guard the path (`{% if user %}`), or make the input require it. `variables:` in the prompt's `subject.yaml` lets
    every check see it, without a binding.
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


RULE = Rule("The prompt does not render with the input.", ChangeClass.INVALID, Severity.ERROR, find)
