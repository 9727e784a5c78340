"""A prompt never uses a variable that applications must fill in.

Why it breaks:
    Nothing fails. Somebody gathers data for nothing, or the template has lost a part.

Example:
    Template: `{{ question }}`
    Variables: `{"required": ["question", "history"]}`

Instead:
    Use it, or make it optional in the variables. Optional ones that are not used are not told.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.llm.prompts.promise import Kind
from llmreg.llm.prompts.told import Shown, finding
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(shown: Shown) -> Iterator[Finding]:
    if shown.issue.kind is Kind.UNUSED and shown.issue.required:
        yield finding(RULE, shown, "the variables require it, the template never uses it")


RULE = Rule(
    summary="A prompt never uses a variable that applications must fill in",
    cls=ChangeClass.HINT,
    severity=Severity.WARN,
    find=find,
)
