"""Two tools of a binding have the same name.

Why it breaks:
    A request with two tools of one name is refused, or one of them is never called. A tool is called by the last
    segment of its subject's name.

Example:
    `tools: [docs/search@^1, tickets/search@^1]`: both are offered as `search`.

Instead:
    Give one of the subjects another name, or bind only one of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.llm.bindings.resolve import Bound, Case, Hit
from llmreg.model.finding import ChangeClass, Severity


def find(case: Case) -> Iterator[Hit]:
    first: dict[str, Bound] = {}
    for bound in case.tools:
        held = first.setdefault(bound.offered_as, bound)
        if held is not bound:
            names = f"`{held.subject.name}` and `{bound.subject.name}`"
            yield Hit(f"/{bound.role}", f"`{bound.role}`: {names} are both offered as {bound.offered_as!r}")


RULE = Rule("Two tools have the same name.", ChangeClass.INTEGRITY, Severity.ERROR, find)
