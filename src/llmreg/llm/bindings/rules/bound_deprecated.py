"""The binding resolves to a deprecated version.

Why it breaks:
    It does not break yet: whoever deprecated the version asks its users to leave it.

Example:
    `output: chat/reply@^1`, whose highest version 1.2.0 is deprecated in favour of ^2.

Instead:
    Widen or move the range to a version that is not deprecated.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.llm.bindings.resolve import Case, Hit
from llmreg.model.finding import ChangeClass, Severity


def find(case: Case) -> Iterator[Hit]:
    for bound in case.bound:
        status = bound.subject.config.status.get(str(bound.version))
        if status is not None and status.deprecated is not None and status.retired is None:
            yield Hit(f"/{bound.role}", f"`{bound.role}`: `{bound.name}` is deprecated: {status.deprecated}")


RULE = Rule("A deprecated version is bound.", ChangeClass.INTEGRITY, Severity.WARN, find)
