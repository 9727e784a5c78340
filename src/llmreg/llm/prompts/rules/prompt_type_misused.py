"""A prompt uses a value in a way that its type does not fit.

Why it breaks:
    Rendering fails, or a model reads what nobody meant: the letters of a text one by one, or Python's way of writing
    a list.

Example:
    Template: `{% for tag in tags %}{{ tag }}{% endfor %}`
    Variables: `tags` is a string

Instead:
    Print lists with `join` and objects with `tojson`; go through lists only; mend the type in the variables.

Known limits:
    What a template computes is not followed; where rendering a valid document fails in it, that is told here.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.llm.prompts.promise import Kind
from llmreg.llm.prompts.told import Shown, finding
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(shown: Shown) -> Iterator[Finding]:
    if shown.issue.kind is Kind.MISUSED:
        yield finding(RULE, shown, shown.issue.why)


RULE = Rule(
    summary="A prompt uses a value in a way that its type does not fit",
    cls=ChangeClass.BREAKING,
    severity=Severity.WARN,
    find=find,
)
