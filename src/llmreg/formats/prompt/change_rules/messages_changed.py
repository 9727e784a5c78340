"""A prompt's messages changed: their number, their roles or their order.

Why it breaks:
    No data becomes invalid. A model gives a system message more weight than a user's, and the last message most; the
    provider may refuse an order that it does not know.

Example:
    Old: `[system, user]`
    New: `[user]`

Instead:
    Keep the roles and change the texts; or run the evaluation again with every provider that the prompt is bound to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Finding, Place, Severity

if TYPE_CHECKING:
    from llmreg.formats.prompt.changes import Versions
    from llmreg.formats.prompt.schema import PromptSchema


def find(versions: Versions) -> Iterator[Finding]:
    if not versions.alike:
        old, new = _size(versions.old), _size(versions.new)
        roles = f"the messages were {_roles(versions.old)}, are {_roles(versions.new)}"
        message = f"{roles}; {old} → {new} bytes ({new - old:+d})"
        yield RULE.finding(message, writer=Place(""), reader=Place(""))


def _roles(schema: PromptSchema) -> str:
    return "[" + ", ".join(message.role or "text" for message in schema.messages) + "]"


def _size(schema: PromptSchema) -> int:
    return sum(len(message.text.encode()) for message in schema.messages)


RULE = Rule(
    summary="A prompt's messages changed: their number, their roles or their order",
    cls=ChangeClass.PROMPT_VISIBLE,
    severity=Severity.INFO,
    find=find,
)
