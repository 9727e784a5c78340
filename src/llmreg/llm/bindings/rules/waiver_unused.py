"""A waiver of the binding exempts nothing.

Why it breaks:
    It does not break: what it was for is mended. The next finding of that rule would pass by a reason that was given
    for another.

Example:
    `waivers: [{allow: [bound_retired], …}]` on a binding whose versions are all in use again.

Instead:
    Take the waiver out.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.llm.bindings.resolve import Case, Hit
from llmreg.model.finding import ChangeClass, Severity


def find(case: Case) -> Iterator[Hit]:
    for number in case.idle:
        waiver = case.binding.waivers[number]
        yield Hit(f"/waivers/{number}", f"the waiver of {', '.join(waiver.allow)} exempts nothing: {waiver.reason}")


RULE = Rule("A waiver exempts nothing.", ChangeClass.INTEGRITY, Severity.WARN, find)
