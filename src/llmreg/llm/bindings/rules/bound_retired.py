"""The binding names a retired version exactly.

Why it breaks:
    A retired version was withdrawn for a reason, such as a leak. Ranges pass over it; an exact number does not.

Example:
    `tools: [tools/ticket@1.1.0]`, which was retired because it showed an e-mail address.

Instead:
    Bind a later version, or a range.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.llm.bindings.resolve import Case, Hit
from llmreg.model.finding import ChangeClass, Severity


def find(case: Case) -> Iterator[Hit]:
    for bound in case.bound:
        status = bound.subject.config.status.get(str(bound.version))
        if status is not None and status.retired is not None:
            yield Hit(f"/{bound.role}", f"`{bound.role}`: `{bound.name}` is retired: {status.retired}")


RULE = Rule("A retired version is bound.", ChangeClass.INTEGRITY, Severity.ERROR, find)
