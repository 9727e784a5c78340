"""A provider generates the properties of an object in another order, although the schema lists them as before.

Why it breaks:
    No document becomes invalid. A model that is held to a schema writes the properties one after the other, in an
    order that the provider chooses: an answer before its reasoning is another answer, and who reads a stream meets the
    fields in another order. Anthropic puts required properties first; Gemini follows `propertyOrdering`, and its
    models before 2.5 promise no order without it. The profiles of the subject, or of the binding, say who is meant.

Example:
    Profile: `anthropic-strict`
    Old: `{"properties": {"reasoning": true, "answer": true}, "required": ["reasoning"]}`
    New: `{"properties": {"reasoning": true, "answer": true}, "required": ["answer"]}`

Instead:
    Make the properties that come first required too, or list them in `propertyOrdering`; else run your evals.

Known limits:
    Told only where `profiles:` names a provider. Where the schema lists the properties in another order as well,
    `property_order_changed` says which providers follow. Properties that only one version has do not count.
    What a short `propertyOrdering` leaves out is taken to come last, as the schema lists it.

Reference:
    The source of each profile's rule is in the finding, and in docs/reference/profiles.md
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.rule import Rule
from llmreg.llm.profiles.generation import Moved
from llmreg.model.finding import ChangeClass, Finding, Severity


def find(moved: Moved) -> Iterator[Finding]:
    if moved.now is None:
        what = f"the order {moved.before} is no longer promised"
    else:
        what = f"a model now generates {moved.after}, no longer {moved.before}"
    message = f"{moved.field}: under {moved.names} {what}: {moved.why}"
    yield RULE.finding(message, writer=moved.writer, reader=moved.reader, claim=moved.claim, fix=moved.advice)


RULE = Rule(
    summary="A provider generates the properties in another order",
    cls=ChangeClass.ORDER,
    severity=Severity.WARN,
    find=find,
    reads=frozenset({"properties", "required", "propertyOrdering"}),
)
