"""Nobody could decide in time whether the prompt takes everything that the binding's input allows.

Why it breaks:
    It may hold: neither a proof nor a document that breaks was found.

Example:
    The input is JSON Schema and the prompt's variables are Avro, or a schema is too complex for the budget.

Instead:
    Bind the subject of the prompt's variables itself as input, or simplify the schemas at that place.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.llm.bindings.given import given, rendered
from llmreg.llm.bindings.resolve import Case, Hit
from llmreg.model.finding import ChangeClass, Severity


def find(case: Case) -> Iterator[Hit]:
    found = given(case)
    for item in found.comparison.undecided if found is not None else ():
        yield Hit("/input", f"`input`: not decided whether the prompt takes it: {item.message}")
    report = rendered(case)
    for reason in report.undecided if report is not None else ():
        yield Hit("/prompt", f"`prompt`: not decided whether it renders with the input: {reason}")


RULE = Rule("Not decided whether the prompt takes the input.", ChangeClass.INVALID, Severity.WARN, find)
