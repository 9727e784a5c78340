"""A range of the binding holds no version of its subject, or there is no such subject.

Why it breaks:
    The application asks for the range when it starts, and gets nothing.

Example:
    `output: chat/reply@^3`, while the registry has 1.0.0 to 2.1.0.

Instead:
    Write a range that holds a registered version; `llmreg log SUBJECT` lists them.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.llm.bindings.resolve import Case, Hit
from llmreg.model.finding import ChangeClass, Severity


def find(case: Case) -> Iterator[Hit]:
    for role, target, error in case.unbound:
        if error.code == "not-found":
            yield Hit(f"/{role}", f"`{role}`: `{target}` resolves to nothing: {error.message}", {"fix": error.hint})


RULE = Rule("A range holds no version of its subject.", ChangeClass.INTEGRITY, Severity.ERROR, find)
