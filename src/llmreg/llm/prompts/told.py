"""An issue with its witness, and how a rule tells of it."""

from __future__ import annotations

from typing import NamedTuple

from llmreg.formats.prompt.needs import shown as path_text
from llmreg.formats.prompt.schema import PromptSchema
from llmreg.formats.rule import Rule
from llmreg.llm.prompts.promise import Issue
from llmreg.model.finding import Finding, Place, Witness


class Shown(NamedTuple):
    """An issue, and the document on which rendering fails, if there is one. `dismissed`: without one, a document that
    was made to fail renders."""

    issue: Issue
    prompt: PromptSchema
    witness: Witness | None = None
    dismissed: bool = False

    @property
    def confirmed(self) -> bool:
        return self.witness is not None


def finding(rule: Rule, shown: Shown, what: str) -> Finding:
    """Placed in the template; in a chat prompt the message says which line of which message."""
    need = shown.issue.need
    path = path_text(shown.issue.path)
    where, place = "", None
    if need is not None:
        place = Place(shown.prompt.pointer(need.message), None if shown.prompt.chat else need.line)
        where = "" if need.message is None else f" (line {need.line} of message {need.message + 1})"
    message = f"{f'`{path}`: ' if path else ''}{what}{where}"
    return Finding(rule=rule.id, cls=rule.cls, severity=rule.severity, message=message, reader=place)
