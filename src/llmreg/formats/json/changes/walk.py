"""What changed without a data break: order, what a model reads, hints; a comparison of the two texts, no verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from llmreg.formats.interface import CompareOptions
from llmreg.formats.json.changes.branches import Matching, Union
from llmreg.formats.json.changes.still import Still
from llmreg.formats.json.changes.twin import Twin
from llmreg.formats.json.changes.view import View, view
from llmreg.formats.json.localise.references import References, Spot
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.rule import rulebook
from llmreg.model.finding import Finding
from llmreg.model.record import replace

RULES = "llmreg.formats.json.change_rules"
_MAPS = ("properties", "patternProperties", "dependentSchemas", "dependencies")
_SINGLE = (
    *("items", "additionalItems", "contains", "additionalProperties", "propertyNames", "unevaluatedItems"),
    *("unevaluatedProperties", "if", "then", "else", "not"),
)
_ABSENT_IS_TRUE = frozenset(_SINGLE) - {"contains", "if", "not"}
_LISTS = ("prefixItems", "items")
_BRANCHES = ("allOf", "anyOf", "oneOf")
_LABELS = {"items": "[]", "additionalItems": "[]", "unevaluatedItems": "[]", "contains": "[]"}


def changes(old: JsonSchema, new: JsonSchema, options: CompareOptions) -> Sequence[Finding]:
    """One finding per changed annotation or order, in the order of the new text; places that both versions hold."""
    del options
    if not (old.resources or new.resources) and repr(old.document) == repr(new.document):
        return []
    book = rulebook(RULES)
    found: dict[tuple[object, ...], Finding] = {}
    for twin in _Walk(old, new).twins():
        said = twin.keywords()
        for rule in book.values():
            # a rule finds nothing where neither version says what it reads; one that names nothing reads everything
            for finding in rule.find(twin) if not (rule.reads and rule.reads.isdisjoint(said)) else ():
                what = finding.message.removeprefix(twin.field)
                found.setdefault((rule.id, finding.writer, finding.reader, what), replace(finding, rule=rule.id))
    return list(found.values())


def twins(old: JsonSchema, new: JsonSchema) -> Iterator[Twin]:
    """Every place that both versions have and that may differ, the root first; each definition once."""
    return _Walk(old, new).twins()


class _Walk:
    """Both texts at once, along the places that both have; a definition counts where it is referred to, once."""

    def __init__(self, old: JsonSchema, new: JsonSchema) -> None:
        self._names = References(old.index, old.resources), References(new.index, new.resources)
        self._still = Still(self._names[0].root, self._names[1].root)
        self._matching = Matching(self._names)

    def twins(self) -> Iterator[Twin]:
        seen: set[tuple[object, ...]] = set()
        todo = [self._twin(self._names[0].root, self._names[1].root, "")]
        while todo:
            twin = todo.pop()
            start = twin.old.key, twin.new.key
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
        twin = Twin(view(old, self._names[0]), view(new, self._names[1]), label)
        return twin if twin.keywords().isdisjoint(_BRANCHES) else twin._replace(unions=tuple(self._unions(twin)))

    def _unions(self, twin: Twin) -> Iterator[Union]:
        for keyword in _BRANCHES:
            for one, other in twin.holders(keyword):
                old, new = one.members(keyword), other.members(keyword)
                yield Union(keyword, old, new, self._matching.matched(old, new))

    def _below(self, twin: Twin) -> Iterator[tuple[Spot, Spot, str]]:
        said = twin.keywords()
        for keyword in (word for word in _MAPS if word in said):
            for old, new in twin.holders(keyword):
                for name in (name for name in new.map_of(keyword) if name in old.map_of(keyword)):
                    step = name if keyword in ("properties", "patternProperties") else ""
                    yield old.child(keyword, name), new.child(keyword, name), _labelled(twin.label, step)
        for keyword in (word for word in _SINGLE if word in said):
            step = "*" if keyword.endswith("Properties") else _LABELS.get(keyword, "")
            for old, new in zip(*_single(twin, keyword), strict=False):
                yield old, new, _labelled(twin.label, step)
        for index, (old, new) in enumerate(zip(_positions(twin.old), _positions(twin.new), strict=False)):
            yield old, new, _labelled(twin.label, f"[{index}]")
        for union in twin.unions:
            for first, second in sorted(union.matched.items(), key=lambda pair: pair[1]):
                yield union.old[first], union.new[second], twin.label


def _single(twin: Twin, keyword: str) -> tuple[list[Spot], list[Spot]]:
    """What stands below a keyword in both versions; where only one has it, the other lets everything through."""
    sides = [
        [spot.child(keyword) for spot in side.holders(keyword) if isinstance(spot.says(keyword), dict | bool)]
        for side in (twin.old, twin.new)
    ]
    if keyword in _ABSENT_IS_TRUE and bool(sides[0]) != bool(sides[1]):
        for side, found in zip((twin.old, twin.new), sides, strict=True):
            if not found and not side.holders(keyword):
                found.append(replace(side.chain[0], schema=True))
    return sides[0], sides[1]


def _positions(side: View) -> list[Spot]:
    for keyword in _LISTS:
        for spot in side.holders(keyword):
            if spot.list_of(keyword):
                return spot.members(keyword)
    return []


def _labelled(label: str, step: str) -> str:
    if not step or step.startswith("[") or not label:
        return label + step
    return f"{label}.{step}"
