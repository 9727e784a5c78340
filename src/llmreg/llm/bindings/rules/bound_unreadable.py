"""The version that a range resolves to cannot be read.

Why it breaks:
    Nobody can say whether the binding holds, and the application meets the same file.

Example:
    The version's file is missing, or refers to a subject that is gone.

Instead:
    Mend the registry first: `llmreg check SUBJECT` says what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.llm.bindings.resolve import Case, Hit
from llmreg.model.finding import ChangeClass, Severity


def find(case: Case) -> Iterator[Hit]:
    for role, target, error in case.unbound:
        if error.code != "not-found":
            yield Hit(f"/{role}", f"`{role}`: `{target}` cannot be read: {error.message}")


RULE = Rule("The bound version cannot be read.", ChangeClass.INTEGRITY, Severity.ERROR, find)
