"""A schema is not what a profile takes as it stands, and `llmreg export-tool` writes one that is.

Why it breaks:
    It does not break when the exported schema is sent, and the model's answer is read back with `llmreg decode`. Sent
    as it stands, the request is refused.

Example:
    `limit` is optional, which `openai-strict` does not know: the export makes it a union with null.

Instead:
    Send what `llmreg export-tool` writes; `llmreg lint SUBJECT --profile PROFILE` lists every place.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.llm.bindings.provider import repaired
from llmreg.llm.bindings.resolve import Case, Hit
from llmreg.model.finding import ChangeClass, Severity


def find(case: Case) -> Iterator[Hit]:
    for profile in case.profiles:
        for bound, rules in repaired(case, profile):
            names = ", ".join(rule.removeprefix(f"{profile.id.replace('-', '_')}_") for rule in dict.fromkeys(rules))
            places = f"{len(rules)} place{'s' if len(rules) > 1 else ''}"
            message = f"`{bound.name}`: the export repairs {places} that {profile.label} does not take: {names}"
            yield Hit(f"/{bound.role}", message)


RULE = Rule("A profile takes the exported schema only.", ChangeClass.INVALID, Severity.INFO, find)
