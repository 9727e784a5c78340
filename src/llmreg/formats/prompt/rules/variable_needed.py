"""The reader's template asks for a variable that the writer's does not ask for.

Why it breaks:
    An application gathers what the prompt asks for. Data that was gathered for the writer's template lacks the
    variable, and rendering the reader's with it fails.

Example:
    Writer: `Answer: {{ question }}`
    Reader: `Answer: {{ question }} for {{ customer.name }}`
    Witness: `{"question": "text"}`

Instead:
    Guard it: `{% if customer is defined %}`, or `customer|default("")`. Or name the subject of the variables in
    `subject.yaml` (`variables: SUBJECT@RANGE`), which then says what applications fill in.

Reference:
    Jinja2, StrictUndefined
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Severity

if TYPE_CHECKING:
    from llmreg.formats.prompt.compare import Asked


def find(asked: Asked) -> Iterator[Finding]:
    verb = {"iterate": "goes through it as a list", "items": "goes through it as a mapping"}
    does = verb.get(asked.need.use, "asks for it") if asked.elsewhere else "asks for it"
    message = f"`{asked.need.shown}`: the reader {does}, the writer does not"
    yield RULE.finding(message, reader=asked.place)


RULE = Rule(
    summary="The reader's template asks for a variable that the writer's does not ask for",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=find,
)
