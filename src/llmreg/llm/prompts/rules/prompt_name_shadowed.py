"""A variable has the name of something that the template language has itself.

Why it breaks:
    `{{ order.items }}` is the method `items` of a mapping, not the member. A variable called `loop` is out of reach
    inside every loop, and one called `range` hides the function.

Example:
    Template: `{% for item in order.items %}…{% endfor %}`
    Variables: `order` has a property `items`

Instead:
    Write `order['items']`, or give the property another name.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.llm.prompts.promise import Kind
from llmreg.llm.prompts.told import Shown, finding
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(shown: Shown) -> Iterator[Finding]:
    if shown.issue.kind is Kind.SHADOWED:
        yield finding(RULE, shown, shown.issue.why)


RULE = Rule(
    summary="A variable has the name of something that the template language has itself",
    cls=ChangeClass.BREAKING,
    severity=Severity.WARN,
    find=find,
)
