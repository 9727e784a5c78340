"""A prompt uses a path that no branch of its variables' schema promises.

Why it breaks:
    No valid data has the value, so that rendering fails, or the prompt is sent with a hole in it.

Example:
    Template: `{% for doc in docs %}{{ doc.titel }}{% endfor %}`
    Variables: `{"properties": {"docs": {"items": {"properties": {"title": {"type": "string"}}}}}}`

Instead:
    Mend the name in the template, or declare the property in a new version of the variables.

Known limits:
    An error only with a document that is valid and does not render; a warning where none was found.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.llm.prompts.promise import Kind
from llmreg.llm.prompts.told import Shown, finding
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(shown: Shown) -> Iterator[Finding]:
    if shown.issue.kind is Kind.MISSING:
        sure = ", and the template does without it" if shown.issue.harmless else ""
        yield finding(RULE, shown, f"the variables never have it ({shown.issue.why}){sure}")


RULE = Rule(
    summary="A prompt uses a path that no branch of its variables' schema promises",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
)
