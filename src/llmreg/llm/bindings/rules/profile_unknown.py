"""The binding names a provider profile that does not exist.

Why it breaks:
    What nobody checks looks as if it passed.

Example:
    `profiles: [openai-stirct]`, or a date that no profile of that name has.

Instead:
    Write the name of a profile, with or without its date: `anthropic-strict`, `openai-strict@2026-08`.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.llm.bindings.resolve import Case, Hit
from llmreg.model.finding import ChangeClass, Severity


def find(case: Case) -> Iterator[Hit]:
    for _, error in case.unknown_profiles:
        yield Hit("/profiles", f"`profiles`: {error.message}", {"fix": error.hint})


RULE = Rule("A profile does not exist.", ChangeClass.INTEGRITY, Severity.ERROR, find)
