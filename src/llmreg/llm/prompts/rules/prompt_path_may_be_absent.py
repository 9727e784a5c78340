"""A prompt uses a path that valid variables may lack, and does not guard it.

Why it breaks:
    Rendering fails under `undefined: strict` for the data that lacks it. Under `lenient` the text has a hole there, and
    a member of an absent value fails all the same.

Example:
    Template: `{{ customer.name }}`
    Variables: `customer` is optional, nullable, or without `name` in one branch of a union
    Witness: `{}`

Instead:
    Guard it with `{% if customer is defined %}` or `default`, or make it required in a new version of the variables.

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
    if shown.issue.kind is Kind.MAY_BE_ABSENT and _counts(shown):
        yield finding(RULE, shown, f"the variables may lack it ({shown.issue.why})")


def _counts(shown: Shown) -> bool:
    """A document that was made to fail and renders shows that the template has made sure in a way of its own."""
    return shown.confirmed or not shown.dismissed or not shown.prompt.strict


RULE = Rule(
    summary="A prompt uses a path that valid variables may lack, and does not guard it",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
)
