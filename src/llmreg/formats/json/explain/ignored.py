"""Findings for properties that the reading code silently drops, each shown by a document that both sides accept.

No inclusion question can see them, because the reader accepts them. A document that holds the property is found by
asking the engine for one that a schema "without the property" refuses.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from llmreg.errors import SchemaError
from llmreg.formats.json.explain.dropped import Dropped
from llmreg.formats.json.explain.explainer import RULES, position
from llmreg.formats.json.explain.shrink import Shrinker
from llmreg.formats.json.inclusion.answers import Answer, Contained, Counterexample, Demand, Resource, Side, Unknown
from llmreg.formats.json.inclusion.decide import Question
from llmreg.formats.json.judges import Validators
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.json.sight.alike import definitions, judging
from llmreg.formats.json.sight.samples import NOTHING, Samples
from llmreg.formats.json.sight.trimmed import sides
from llmreg.formats.rule import rulebook
from llmreg.model.finding import Finding, Severity, Status, Witness
from llmreg.model.record import replace

_READER = "llmreg://reader/schema"
_MOST_STEPS = 5_000  # a quarter of a second at most; schemas in public use need up to 250
_NOT_FOUND = "no document with the property was found that both validators accept on both sides"


def ignored(
    found: Sequence[Dropped], judges: Validators, deadline: float, *, fails: bool, proved: bool
) -> Iterator[Finding]:
    """One finding per property that some document loses, in the order of the writer's text; `fails` makes them
    errors. `proved`: the reader accepts whatever the writer writes."""
    rule = rulebook(RULES)["property_ignored"]
    sites = sorted(found, key=lambda site: position(judges.writer.document, site.writer.place))
    search = _Search(sites, judges, deadline, proved=proved)
    for number, site in enumerate(sites):
        try:
            proof = _witness(site, judges, search, number)
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


class _Search:
    """One question for all sites, because reading the schemas is most of what each costs; built when first needed."""

    def __init__(self, sites: Sequence[Dropped], judges: Validators, deadline: float, *, proved: bool) -> None:
        self._sites = sites
        self._judges = judges
        self._deadline = deadline
        self._proved = proved

    def running(self) -> bool:
        return time.monotonic() < self._deadline

    def document(self, number: int) -> Answer:
        """A document with the property of a site that is written and accepted; contained: there is none."""
        question, demands = self._question
        if len(demands) != len(self._sites):
            return Unknown("budget", "the schemas could not be read")
        answer = question.ask(demands[number])
        if isinstance(answer, Contained) and self._judges.closed:
            whole = question.decide()  # says so when nothing at all is written
            return whole if isinstance(whole, Unknown) and whole.reason == "empty-writer" else answer
        return answer

    @cached_property
    def _question(self) -> tuple[Question, list[Demand]]:
        """The question and its conjuncts, one for each site; fewer when the schemas could not be read."""
        judges = self._judges
        writer = sides(judges.writer, judges.reader, closed=(judges.closed, False))[0]
        reader = _refusing(self._sites, None if self._proved else judges.reader)
        question = Question(writer, reader, deadline=self._deadline, steps=_MOST_STEPS * len(self._sites))
        return question, list(question.demands())


def _witness(site: Dropped, judges: Validators, search: _Search, number: int) -> Witness | str | None:
    """The smallest document with the property that both validators accept on both sides, or why none was found; None
    when there is surely none, because the reader refuses each of them."""

    def keeps(candidate: Any) -> bool:
        return _holds(candidate, site) and judges.written(candidate) and judges.accepted(candidate)

    document = _at_sight(site, judges.writer)
    if document is NOTHING or not keeps(document):
        answer = search.document(number)
        if not isinstance(answer, Counterexample):
            return None if isinstance(answer, Contained) else _NOT_FOUND
        document = answer.document
    document = Shrinker(keeps, running=search.running).shrink(document)
    engines = judges.confirm(document, refused=False)
    if engines is None or not _holds(document, site):
        return _NOT_FOUND
    return Witness(document, expected=f"accepted, and {site.field} is dropped", confirmed_by=engines)


def _at_sight(site: Dropped, writer: JsonSchema) -> Any:
    """A plain document with the property, or NOTHING: it saves a search, and is judged like one that was found."""
    if not writer.is_plain:
        return NOTHING
    samples = Samples(definitions(writer.document), judging(writer.draft), smallest=True)
    holder = samples.resolved(writer.document)
    above: list[tuple[Any, str | None]] = []
    for token in site.path:
        above.append((holder, token))
        holder = samples.resolved(_member(holder, token))
    value = samples.of(_member(holder, site.name))
    for schema, token in reversed([*above, (holder, site.name)]):
        if value is not NOTHING:
            value = samples.with_item(schema, value) if token is None else samples.with_member(schema, token, value)
    return value


def _member(schema: Any, token: str | None) -> Any:
    """What a schema object says of a member by name, or of any item; False where it says nothing plain."""
    if not isinstance(schema, dict):
        return False
    return schema.get("items", False) if token is None else schema.get("properties", {}).get(token, False)


def _refusing(sites: Sequence[Dropped], reader: JsonSchema | None) -> Side:
    """A conjunct for each site, which refuses exactly the documents that hold the property at its place and that the
    reader accepts (None: it accepts them all)."""
    resources = {} if reader is None else {**reader.resources, _READER: Resource(reader.document, reader.draft)}
    conjuncts = []
    for site in sites:
        holds: dict[str, Any] = {"type": "object", "required": [site.name]}
        for token in reversed(site.path):
            if token is None:
                holds = {"type": "array", "contains": holds}
            else:
                holds = {"type": "object", "required": [token], "properties": {token: holds}}
        conjuncts.append({"not": holds} if reader is None else {"anyOf": [{"not": holds}, {"not": {"$ref": _READER}}]})
    return Side({"allOf": conjuncts}, "2020-12", resources=resources)


def _holds(document: Any, site: Dropped) -> bool:
    values = [document]
    for token in site.path:
        if token is None:
            values = [item for value in values if isinstance(value, list) for item in value]
        else:
            values = [value[token] for value in values if isinstance(value, dict) and token in value]
    return any(isinstance(value, dict) and site.name in value for value in values)
