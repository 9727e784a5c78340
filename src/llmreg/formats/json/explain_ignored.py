"""Properties that the writer declares and an open reader does not: accepted, and silently dropped by the reading code.

No inclusion question can see them, because the reader accepts them. Both schemas are walked along the same places; a
document that holds the property is found by asking the engine for one that a schema "without the property" refuses.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from llmreg.errors import SchemaError
from llmreg.formats.json.compare_judges import Validators
from llmreg.formats.json.dialects import REFERENCE_KEYWORDS
from llmreg.formats.json.explain import RULES, position
from llmreg.formats.json.explain_dropped import Dropped
from llmreg.formats.json.inclusion.answers import Contained, Counterexample, Resource, Side
from llmreg.formats.json.inclusion.decide import Question
from llmreg.formats.json.localise_references import MISSING, Spot
from llmreg.formats.json.localise_walk import Ground, Walker
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.json.shrink import Shrinker
from llmreg.formats.rule import rulebook
from llmreg.model.finding import Finding, Severity, Status, Witness

_MAX_PLACES = 2000
_READER = "llmreg://reader/schema"
_NOT_FOUND = "no document with the property was found that both validators accept on both sides"
_ITEMS = ("items", "prefixItems", "additionalItems", "unevaluatedItems")
_LEADING = frozenset((*_ITEMS, *REFERENCE_KEYWORDS, "properties", "allOf", "anyOf", "oneOf", "if", "dependentSchemas"))
_BOUNDS = ("additionalProperties", "unevaluatedProperties")


def ignored(
    schemas: tuple[JsonSchema, JsonSchema], judges: Validators, deadline: float, *, fails: bool
) -> Iterator[Finding]:
    """One finding per property that some document loses, in the order of the writer's text; `fails` makes them
    errors."""
    rule = rulebook(RULES)["property_ignored"]
    found = _Pairing(*schemas).dropped()
    for site in sorted(found, key=lambda site: position(schemas[0].document, site.writer.place)):
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


class _Pairing:
    """Walks both schemas over the places that both speak of; every branch of a union counts as possible."""

    def __init__(self, writer: JsonSchema, reader: JsonSchema) -> None:
        self._writer = Walker(writer, _possible)
        self._reader = Walker(reader, _possible)
        self._done: set[tuple[Any, ...]] = set()

    def dropped(self) -> list[Dropped]:
        found: dict[tuple[str, str, str], Dropped] = {}
        todo: list[tuple[tuple[str | None, ...], list[Spot], list[Spot]]] = [((), *self._roots())]
        while todo and len(self._done) < _MAX_PLACES:
            path, writer, reader = todo.pop(0)
            key = tuple((id(spot.index), spot.pointer) for spot in (*writer, *reader))
            if key in self._done or not writer or not reader:
                continue
            self._done.add(key)
            for site in _dropped_here(path, writer, reader):
                found.setdefault((site.name, site.writer.place, site.reader.place), site)
            todo.extend(self._below(path, writer, reader))
        return list(found.values())

    def _roots(self) -> tuple[list[Spot], list[Spot]]:
        return (
            self._writer.in_place(self._writer.references.root, MISSING),
            self._reader.in_place(self._reader.references.root, MISSING),
        )

    def _below(
        self, path: tuple[str | None, ...], writer: Sequence[Spot], reader: Sequence[Spot]
    ) -> Iterator[tuple[tuple[str | None, ...], list[Spot], list[Spot]]]:
        shared = _declared(reader)
        for name in (name for name, spot in _declared(writer).items() if name in shared and _leads_on(spot.schema)):
            yield (*path, name), self._writer.step(writer, name), self._reader.step(reader, name)
        if any(spot.says(keyword) is not MISSING for spot in writer for keyword in _ITEMS):
            yield (*path, None), self._writer.step(writer, 0), self._reader.step(reader, 0)


def _leads_on(schema: Any) -> bool:
    """Whether a schema can lead to properties at all: most are plain values."""
    return isinstance(schema, dict) and not _LEADING.isdisjoint(schema)


def _possible(pointer: str, value: Any) -> bool:
    del pointer, value
    return True


def _dropped_here(path: tuple[str | None, ...], writer: Sequence[Spot], reader: Sequence[Spot]) -> Iterator[Dropped]:
    known = _declared(reader)
    if not known or any(spot.says(bound) not in (MISSING, True) for spot in reader for bound in _BOUNDS):
        return
    patterns = [pattern for spot in reader for pattern in spot.map_of("patternProperties")]
    for name, declaration in _declared(writer).items():
        if name not in known and declaration.schema is not False and not _matched(name, patterns):
            yield Dropped(path, name, declaration, Ground(tuple(reader), True, "").primary())


def _declared(spots: Iterable[Spot]) -> dict[str, Spot]:
    found: dict[str, Spot] = {}
    for spot in spots:
        for name in spot.map_of("properties"):
            found.setdefault(name, spot.child("properties", name))
    return found


def _matched(name: str, patterns: Iterable[str]) -> bool:
    """A pattern that Python cannot read counts as matching: no finding is better than a wrong one."""
    for pattern in patterns:
        try:
            if re.search(pattern, name):
                return True
        except re.error:
            return True
    return False


def _witness(site: Dropped, judges: Validators, deadline: float) -> Witness | str | None:
    """The smallest document with the property that both validators accept on both sides, or why none was found; None
    when there is surely none, because the reader refuses each of them."""
    question = Question(
        judges.writer.side(closed=judges.closed), _refusing(site, judges.reader), deadline=min(deadline, _soon())
    )
    answer = question.decide()
    if isinstance(answer, Contained):
        return None
    if not isinstance(answer, Counterexample):
        return _NOT_FOUND

    def keeps(candidate: Any) -> bool:
        return _holds(candidate, site) and judges.written(candidate) and judges.accepted(candidate)

    document = Shrinker(keeps).shrink(answer.document)
    engines = judges.confirm(document, refused=False)
    if engines is None or not _holds(document, site):
        return _NOT_FOUND
    return Witness(document, expected=f"accepted, and {site.field} is dropped", confirmed_by=engines)


def _soon() -> float:
    return time.monotonic() + 0.25


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
