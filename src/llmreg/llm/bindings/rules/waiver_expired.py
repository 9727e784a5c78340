"""A waiver of the binding is past its last day.

Why it breaks:
    From the day after `until` the findings that it exempted count again.

Example:
    `waivers: [{allow: [bound_retired], reason: "until the migration", until: 2026-01-31}]` in February 2026.

Instead:
    Mend what it exempted and take the waiver out, or give it a later day in a change that is reviewed.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.llm.bindings.resolve import Case, Hit
from llmreg.llm.bindings.terms import expired
from llmreg.model.finding import ChangeClass, Severity


def find(case: Case) -> Iterator[Hit]:
    for number, waiver in enumerate(case.binding.waivers):
        if expired(waiver):
            message = f"the waiver of {', '.join(waiver.allow)} ended on {waiver.until}: {waiver.reason}"
            yield Hit(f"/waivers/{number}", message)


RULE = Rule("A waiver is past its last day.", ChangeClass.INTEGRITY, Severity.WARN, find)
