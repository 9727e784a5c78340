"""The prompt's variables refuse a document that the binding's input allows.

Why it breaks:
    The application fills in what the input's schema allows, and the prompt was written for less: it renders wrongly, or
    not at all.

Example:
    The input's `passages` may be left out, the prompt's variables require it.

Instead:
    Bind a narrower input, or let the prompt take more: a new version of its variables, and of the template.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.llm.bindings.given import given
from llmreg.llm.bindings.resolve import Case, Hit
from llmreg.model.finding import ChangeClass, Severity


def find(case: Case) -> Iterator[Hit]:
    found = given(case)
    for finding in found.comparison.findings if found is not None else ():
        if found is not None and finding.cls is ChangeClass.BREAKING:
            message = f"`{found.input.name}` writes, `{found.variables.name}` reads for the prompt: {finding.message}"
            proof = {"witness": finding.witness, "status": finding.status, "claim": finding.claim}
            yield Hit("/input", message, proof)


RULE = Rule("The prompt's variables refuse what the input allows.", ChangeClass.INVALID, Severity.ERROR, find)
