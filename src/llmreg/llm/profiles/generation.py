"""The order in which a provider generates the properties of an object, and where a change moves it.

`generated` computes it for one object; `order_findings` compares two versions of a schema under profiles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from llmreg.formats.interface import Schema
from llmreg.formats.json.changes.twin import Twin
from llmreg.formats.json.changes.view import View
from llmreg.formats.json.changes.walk import twins
from llmreg.formats.json.localise.references import Spot
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.json.values import listed
from llmreg.formats.rule import rulebook
from llmreg.llm.profiles.profile import ORDERS, Generation, Profile
from llmreg.model.finding import Finding, Place, Status
from llmreg.model.record import dataclass, replace

RULES = "llmreg.llm.profiles.rules"
_PLAIN = "property_order_changed"
Names = tuple[str, ...]


class Listed(NamedTuple):
    """What the rules look at in an object: its properties as the schema lists them, which of them are required, and
    `propertyOrdering`, None where there is none."""

    properties: Names
    required: frozenset[str] = frozenset()
    ordering: Names | None = None


def generated(order: str, listed_: Listed) -> Names | None:
    """The order of an object's properties under one of the rules in `ORDERS`; None where none is promised."""
    return _ORDERS[order](listed_)


def _required_first(listed_: Listed) -> Names:
    return tuple(sorted(listed_.properties, key=lambda name: name not in listed_.required))


def _as_ordered(listed_: Listed) -> Names | None:
    if listed_.ordering is None:
        return None
    first = dict.fromkeys(name for name in listed_.ordering if name in listed_.properties)
    return tuple(dict.fromkeys((*first, *listed_.properties)))


_ORDERS: Mapping[str, Callable[[Listed], Names | None]] = {
    "schema": lambda listed_: listed_.properties,
    "required-first": _required_first,
    "listed": lambda listed_: _as_ordered(listed_) or listed_.properties,
    "listed-only": _as_ordered,
}


@dataclass(frozen=True, slots=True)
class Said:
    """One rule of one profile on an object that both versions have: the properties of both in the order `was`, then
    `now`; `whole` are all of the new version's. None where none is promised."""

    profile: Profile
    generation: Generation
    was: Names | None
    now: Names | None
    whole: Names | None = None

    @property
    def moved(self) -> bool:
        """Whether an order that was promised is another one now, or promised no more."""
        return self.was is not None and self.was != self.now

    @property
    def name(self) -> str:
        models = f" ({self.generation.models})" if self.generation.models else ""
        return self.profile.label + models


@dataclass(frozen=True, slots=True)
class Moved:
    """What the rule `generation_order_changed` tells of: the profiles that move the properties of one object alike,
    while the schema lists them as before. `whole`: every property of the new version as it is generated, also those
    that the old one does not have."""

    field: str
    said: tuple[Said, ...]
    writer: Place
    reader: Place
    whole: Names = ()

    @property
    def now(self) -> Names | None:
        return self.said[0].now

    @property
    def names(self) -> str:
        return _named(self.said)

    @property
    def before(self) -> str:
        return _order(self.said[0].was or (), self.now or ())

    @property
    def after(self) -> str:
        return _order(self.now or (), self.said[0].was or ())

    @property
    def why(self) -> str:
        return "; ".join(dict.fromkeys(ORDERS[item.generation.order] for item in self.said))

    @property
    def claim(self) -> str:
        return "; ".join(f"{item.name}: {item.generation.evidence}" for item in self.said)

    @property
    def advice(self) -> str | None:
        """What to do, where it is plainer than what the rule's page says."""
        return "keep `propertyOrdering` as it was" if self.said[0].generation.order.startswith("listed") else None


def order_findings(old: Schema | None, new: Schema | None, profiles: Sequence[Profile]) -> list[Finding]:
    """Where the generation order of a profile moves the properties of an object that the schema lists as before.

    Nothing for schemas that are no JSON Schema. Default severities; no policy is applied."""
    (rule,) = rulebook(RULES).values()
    found: dict[tuple[object, ...], Finding] = {}
    for place in _places(old, new, profiles):
        if not place.relisted:
            for moved in place.moved():
                for finding in rule.find(moved):
                    told = _shown(replace(finding, rule=rule.id, fix=finding.fix or rule.instead), moved, new)
                    found.setdefault((finding.message, finding.reader), told)
    return list(found.values())


def _shown(finding: Finding, moved: Moved, new: Schema | None) -> Finding:
    """With a document that a decoder refuses, where the object is the root and the decoder is at hand."""
    if moved.reader.pointer or moved.now is None or not isinstance(new, JsonSchema):
        return finding
    from llmreg.llm.profiles.confirmed import witness

    before = iter(moved.said[0].was or ())
    was = tuple(next(before) if name in moved.now else name for name in moved.whole)
    found = witness(new, was, moved.whole)
    return finding if found is None else replace(finding, status=Status.WITNESSED, witness=found)


def with_followers(
    findings: Sequence[Finding], old: Schema | None, new: Schema | None, profiles: Sequence[Profile]
) -> tuple[Finding, ...]:
    """The findings; each of the rule `property_order_changed` says what the profiles make of the new order."""
    if not any(finding.rule == _PLAIN for finding in findings):
        return tuple(findings)
    places = {(place.writer.pointer, place.reader.pointer): place for place in _places(old, new, profiles)}
    told = []
    for finding in findings:
        key = tuple(side.pointer for side in (finding.writer, finding.reader) if side is not None)
        place = places.get(key) if finding.rule == _PLAIN and len(key) == 2 else None
        told.append(replace(finding, message=finding.message + place.followed()) if place is not None else finding)
    return tuple(told)


@dataclass(frozen=True, slots=True)
class _Object:
    """One object of both versions under every rule that applies. `relisted`: the schema lists it in another order."""

    field: str
    writer: Place
    reader: Place
    relisted: bool
    order: Names
    said: tuple[Said, ...]

    def moved(self) -> Iterator[Moved]:
        groups: dict[tuple[Names | None, Names | None], list[Said]] = {}
        for item in self.said:
            if item.moved:
                groups.setdefault((item.was, item.now), []).append(item)
        for group in groups.values():
            yield Moved(self.field, tuple(group), self.writer, self.reader, group[0].whole or ())

    def followed(self) -> str:
        """`; a model generates them so under openai-strict@2026-08, as before under anthropic-strict@2026-10`."""
        groups: dict[str, list[Said]] = {}
        for item in self.said:
            if item.was is not None and not item.moved:
                groups.setdefault("as before", []).append(item)
            elif item.was is not None:
                how = "in no promised order" if item.now is None else f"as {listed(item.now, 'then')}"
                groups.setdefault("so" if item.now == self.order else how, []).append(item)
        told = [f"{how} under {_named(group)}" for how, group in groups.items()]
        return f"; a model generates them {', '.join(told)}" if told else ""


def _places(old: Schema | None, new: Schema | None, profiles: Sequence[Profile]) -> Iterator[_Object]:
    """The objects that both versions have, each as the profiles generate it."""
    rules = [(profile, generation) for profile in profiles for generation in profile.generation]
    if not (rules and isinstance(old, JsonSchema) and isinstance(new, JsonSchema)):
        return
    for twin in twins(old, new):
        for one, other in twin.holders("properties"):
            yield _object(twin, one, other, rules)


def _object(twin: Twin, one: Spot, other: Spot, rules: Sequence[tuple[Profile, Generation]]) -> _Object:
    old, new = _listed(twin.old, one), _listed(twin.new, other)
    shared = frozenset(old.properties) & frozenset(new.properties)

    def kept(names: Names | None) -> Names | None:
        return None if names is None else tuple(name for name in names if name in shared)

    said = tuple(
        Said(profile, rule, kept(generated(rule.order, old)), kept(whole := generated(rule.order, new)), whole)
        for profile, rule in rules
        if len(shared) > 1
    )
    order = kept(new.properties) or ()
    relisted = kept(old.properties) != kept(new.properties)
    return _Object(twin.field, Place(one.place), Place(other.place), relisted, order, said)


def _listed(view: View, holder: Spot) -> Listed:
    required = (name for spot in view.holders("required") for name in spot.list_of("required"))
    ordering = view.holder("propertyOrdering").says("propertyOrdering")
    return Listed(
        tuple(holder.map_of("properties")),
        frozenset(name for name in required if isinstance(name, str)),
        tuple(name for name in ordering if isinstance(name, str)) if isinstance(ordering, list) else None,
    )


def _named(said: Sequence[Said]) -> str:
    names = [item.name for item in said]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _order(names: Names, other: Names) -> str:
    """The names from the first to the last that stand elsewhere in the other order, all where there is none."""
    if len(names) == len(other):
        places = [place for place, pair in enumerate(zip(names, other, strict=True)) if pair[0] != pair[1]]
        names = names[places[0] : places[-1] + 1] if places else names
    return listed(names, "then")
