"""What changed without a data break: order, what a model reads, hints; a comparison of the two texts, no verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from llmreg.formats.interface import CompareOptions
from llmreg.formats.json.changes_still import Still
from llmreg.formats.json.changes_twin import Twin, View, view
from llmreg.formats.json.localise_branch import pairs
from llmreg.formats.json.localise_references import References, Spot
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.rule import rulebook
from llmreg.model.finding import Finding

RULES = "llmreg.formats.json.change_rules"
_MAPS = ("properties", "patternProperties", "dependentSchemas", "dependencies")
_SINGLE = (
    *("items", "additionalItems", "contains", "additionalProperties", "propertyNames", "unevaluatedItems"),
    *("unevaluatedProperties", "if", "then", "else", "not"),
)
_LISTS = ("prefixItems", "items")
_BRANCHES = ("allOf", "anyOf", "oneOf")
_LABELS = {"items": "[]", "additionalItems": "[]", "unevaluatedItems": "[]", "contains": "[]"}


def changes(old: JsonSchema, new: JsonSchema, options: CompareOptions) -> Sequence[Finding]:
    """One finding per changed annotation or order, in the order of the new text; places that both versions hold."""
    del options
    if not (old.resources or new.resources) and repr(old.document) == repr(new.document):
        return []
    book = rulebook(RULES)
    return [
        replace(finding, rule=rule.id)
        for twin in _Walk(old, new).twins()
        for rule in book.values()
        for finding in rule.find(twin)
    ]


class _Walk:
    """Both texts at once, along the places that both have; a definition counts where it is referred to, once."""

    def __init__(self, old: JsonSchema, new: JsonSchema) -> None:
        self._names = References(old.index, old.resources), References(new.index, new.resources)
        self._still = Still(self._names[0].root, self._names[1].root)

    def twins(self) -> Iterator[Twin]:
        seen: set[tuple[object, ...]] = set()
        todo = [self._twin(self._names[0].root, self._names[1].root, "")]
        while todo:
            twin = todo.pop()
            start = (twin.old.chain[-1].pointer, twin.new.chain[-1].pointer, twin.old.key[:-1] != twin.new.key[:-1])
            if start in seen:
                continue
            seen.add(start)
            yield twin
            todo += reversed(
                [
                    self._twin(old, new, label)
                    for old, new, label in self._below(twin)
                    if not self._still.holds(old, new)
                ]
            )

    def _twin(self, old: Spot, new: Spot, label: str) -> Twin:
        return Twin(view(old, self._names[0]), view(new, self._names[1]), label)

    def _below(self, twin: Twin) -> Iterator[tuple[Spot, Spot, str]]:
        for keyword in _MAPS:
            old, new = twin.old.holder(keyword), twin.new.holder(keyword)
            for name in (name for name in new.map_of(keyword) if name in old.map_of(keyword)):
                step = name if keyword in ("properties", "patternProperties") else ""
                yield old.child(keyword, name), new.child(keyword, name), _labelled(twin.label, step)
        for keyword in _SINGLE:
            old, new = twin.old.holder(keyword), twin.new.holder(keyword)
            if isinstance(old.says(keyword), dict) and isinstance(new.says(keyword), dict):
                step = "*" if keyword.endswith("Properties") else _LABELS.get(keyword, "")
                yield old.child(keyword), new.child(keyword), _labelled(twin.label, step)
        yield from self._positions(twin)
        yield from self._branches(twin)

    def _positions(self, twin: Twin) -> Iterator[tuple[Spot, Spot, str]]:
        old, new = (_positions(side) for side in (twin.old, twin.new))
        for index, (one, two) in enumerate(zip(old, new, strict=False)):
            yield one, two, _labelled(twin.label, f"[{index}]")

    def _branches(self, twin: Twin) -> Iterator[tuple[Spot, Spot, str]]:
        for keyword in _BRANCHES:
            old, new = branches(twin.old, keyword), branches(twin.new, keyword)
            for first, second in sorted(pairs(old, new, self._names).items(), key=lambda pair: pair[1]):
                yield old[first], new[second], twin.label


def branches(side: View, keyword: str) -> list[Spot]:
    """The branches of a union as a person reads them; a lone `allOf` member is part of the view itself."""
    spot = side.holder(keyword)
    found = [spot.child(keyword, index) for index, _ in enumerate(spot.list_of(keyword))]
    return [] if keyword == "allOf" and len(found) == 1 else found


def _positions(side: View) -> list[Spot]:
    for keyword in _LISTS:
        spot = side.holder(keyword)
        if spot.list_of(keyword):
            return [spot.child(keyword, index) for index, _ in enumerate(spot.list_of(keyword))]
    return []


def _labelled(label: str, step: str) -> str:
    if not step or step.startswith("[") or not label:
        return label + step
    return f"{label}.{step}"
