"""Findings for properties that the reading code silently drops, each shown by a document that both sides accept.

No inclusion question can see them, because the reader accepts them. A document that holds the property is found by
asking the engine for one that a schema "without the property" refuses.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from llmreg.errors import SchemaError
from llmreg.formats.json.compare_judges import Validators
from llmreg.formats.json.explain import RULES, position
from llmreg.formats.json.explain_dropped import Dropped
from llmreg.formats.json.inclusion.answers import Contained, Counterexample, Resource, Side
from llmreg.formats.json.inclusion.decide import Question
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.json.shrink import Shrinker
from llmreg.formats.rule import rulebook
from llmreg.model.finding import Finding, Severity, Status, Witness

_READER = "llmreg://reader/schema"
_MOST_STEPS = 5_000  # a quarter of a second at most; schemas in public use need up to 250
_NOT_FOUND = "no document with the property was found that both validators accept on both sides"


def ignored(found: Sequence[Dropped], judges: Validators, deadline: float, *, fails: bool) -> Iterator[Finding]:
    """One finding per property that some document loses, in the order of the writer's text; `fails` makes them
    errors."""
    rule = rulebook(RULES)["property_ignored"]
    for site in sorted(found, key=lambda site: position(judges.writer.document, site.writer.place)):
        try:
            proof = _witness(site, judges, deadline)
        except SchemaError:  # the validators cannot compile one of the schemas
            proof = _NOT_FOUND
        for finding in rule.find(site) if proof is not None else ():
            yield replace(
                finding,
                rule=rule.id,
                severity=Severity.ERROR if fails else finding.severity,
                status=Status.WITNESSED if isinstance(proof, Witness) else Status.CLAIMED,
                witness=proof if isinstance(proof, Witness) else None,
                claim=proof if isinstance(proof, str) else None,
            )


def _witness(site: Dropped, judges: Validators, deadline: float) -> Witness | str | None:
    """The smallest document with the property that both validators accept on both sides, or why none was found; None
    when there is surely none, because the reader refuses each of them."""
    question = Question(
        judges.writer.side(closed=judges.closed), _refusing(site, judges.reader), deadline=deadline, steps=_MOST_STEPS
    )
    answer = question.decide()
    if isinstance(answer, Contained):
        return None
    if not isinstance(answer, Counterexample):
        return _NOT_FOUND

    def keeps(candidate: Any) -> bool:
        return _holds(candidate, site) and judges.written(candidate) and judges.accepted(candidate)

    document = Shrinker(keeps, running=lambda: time.monotonic() < deadline).shrink(answer.document)
    engines = judges.confirm(document, refused=False)
    if engines is None or not _holds(document, site):
        return _NOT_FOUND
    return Witness(document, expected=f"accepted, and {site.field} is dropped", confirmed_by=engines)


def _refusing(site: Dropped, reader: JsonSchema) -> Side:
    """What refuses exactly the documents that the reader accepts and that hold the property at its place."""
    holds: dict[str, Any] = {"type": "object", "required": [site.name]}
    for token in reversed(site.path):
        if token is None:
            holds = {"type": "array", "contains": holds}
        else:
            holds = {"type": "object", "required": [token], "properties": {token: holds}}
    document = {"anyOf": [{"not": holds}, {"not": {"$ref": _READER}}]}
    resources = {**reader.resources, _READER: Resource(reader.document, reader.draft)}
    return Side(document, "2020-12", resources=resources)


def _holds(document: Any, site: Dropped) -> bool:
    values = [document]
    for token in site.path:
        if token is None:
            values = [item for value in values if isinstance(value, list) for item in value]
        else:
            values = [value[token] for value in values if isinstance(value, dict) and token in value]
    return any(isinstance(value, dict) and site.name in value for value in values)
