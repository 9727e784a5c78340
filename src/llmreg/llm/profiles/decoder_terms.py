"""What a constrained decoder makes of a schema: a small algebra of kinds of values, with meet and disjointness.

It is as coarse as the decoder's own: numbers are never disjoint, texts only when both are one literal, references are
opaque until they are met with something.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any


class Kind(Enum):
    ANY = 0
    NEVER = 1
    NULL = 2
    BOOLEAN = 3
    NUMBER = 4
    STRING = 5
    ARRAY = 6
    OBJECT = 7
    ANY_OF = 8
    ONE_OF = 9
    REFERENCE = 10


@dataclass(frozen=True, slots=True)
class Term:
    """One set of values, built at `pointer`. Which fields count depends on `kind`.

    BOOLEAN: `literal` or both. NUMBER: `low`, `high`, `integer`. STRING: `literal`, whether it is `shaped` by anything
    else, `low` and `high` lengths, `patterns`. ARRAY: `low`, `high`, `options` for the first items, `rest`. OBJECT:
    `properties`, `patterned`, `rest`, `required`, `low` and `high` counts. Unions: `options`. REFERENCE: `target`."""

    kind: Kind
    pointer: str = ""
    literal: Any = None
    shaped: bool = False
    low: Any = None
    high: Any = None
    integer: bool = False
    patterns: tuple[str, ...] = ()
    options: tuple[Term, ...] = ()
    rest: Term | None = None
    properties: Mapping[str, Term] = field(default_factory=dict)
    patterned: Mapping[str, Term] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    target: str = ""


ANY = Term(Kind.ANY)
NEVER = Term(Kind.NEVER)
Follow = Callable[[Term, str], "Term | None"]
Matches = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Algebra:
    """Meet and normal forms. `follow` opens a reference (None: it is still being built), `matches` tells whether a
    pattern matches a name, `spend` counts one meet and may raise."""

    follow: Follow
    matches: Matches
    spend: Callable[[], None]
    max_depth: int = 128

    def normal(self, term: Term) -> Term:
        """Unions without what cannot be, flattened; a `ONE_OF` whose branches exclude each other is an `ANY_OF`."""
        if term.kind not in (Kind.ANY_OF, Kind.ONE_OF):
            return term
        if term.kind is Kind.ANY_OF and any(option.kind is Kind.ANY for option in term.options):
            return ANY
        options: list[Term] = []
        for option in term.options:
            if option.kind is term.kind:
                options.extend(option.options)
            elif option.kind is not Kind.NEVER:
                options.append(option)
        if len(options) < 2:
            return options[0] if options else replace(NEVER, pointer=term.pointer)
        apart = term.kind is Kind.ONE_OF and all(
            self.disjoint(one, other) for index, one in enumerate(options) for other in options[index + 1 :]
        )
        return replace(term, kind=Kind.ANY_OF if apart else term.kind, options=tuple(options))

    def meet(self, one: Term, other: Term, depth: int = 0) -> Term:
        """What is in both. Raises RecursionError when it nests too deep."""
        self.spend()
        if depth > self.max_depth:
            raise RecursionError
        return self.normal(self._meet(one, other, depth + 1))

    def _meet(self, one: Term, other: Term, depth: int) -> Term:
        for left, right in ((one, other), (other, one)):
            if left.kind is Kind.ANY:
                return right
        for left in (one, other):
            if left.kind is Kind.NEVER:
                return left
        for left, right in ((one, other), (other, one)):
            if left.kind is Kind.REFERENCE:
                opened = self.follow(left, right.pointer)
                return ANY if opened is None else self.meet(opened, right, depth)
        for kind in (Kind.ONE_OF, Kind.ANY_OF):
            if kind in (one.kind, other.kind):
                return self._distributed(kind, one, other, depth)
        if one.kind is not other.kind:
            return NEVER
        return self._same_kind(one, other, depth)

    def _distributed(self, kind: Kind, one: Term, other: Term, depth: int) -> Term:
        left, right = (one, other) if one.kind is kind else (other, one)
        return replace(left, options=tuple(self.meet(option, right, depth) for option in left.options))

    def _same_kind(self, one: Term, other: Term, depth: int) -> Term:
        if one.kind is Kind.BOOLEAN:
            if one.literal is None or other.literal is None or one.literal == other.literal:
                return one if one.literal is not None else other
            return NEVER
        if one.kind is Kind.ARRAY:
            return self._arrays(one, other, depth)
        if one.kind is Kind.OBJECT:
            return self._objects(one, other, depth)
        low, high = _most(one.low, other.low), _least(one.high, other.high)
        if one.kind is Kind.STRING:
            both = _is_shaped(one) and _is_shaped(other)
            return replace(
                one,
                low=low,
                high=high,
                literal=None if both else one.literal if one.literal is not None else other.literal,
                shaped=both or one.shaped or other.shaped,
                patterns=(*one.patterns, *other.patterns),
            )
        return replace(one, low=low, high=high, integer=one.integer or other.integer)

    def _arrays(self, one: Term, other: Term, depth: int) -> Term:
        length = max(len(one.options), len(other.options))
        sides = [side.options + ((side.rest or ANY),) * (length - len(side.options)) for side in (one, other)]
        first = tuple(self.meet(left, right, depth) for left, right in zip(*sides, strict=True))
        rest = _either(one.rest, other.rest, lambda left, right: self.meet(left, right, depth))
        low, high = _most(one.low, other.low), _least(one.high, other.high)
        return replace(one, options=first, rest=rest, low=low, high=high)

    def _objects(self, one: Term, other: Term, depth: int) -> Term:
        properties = {
            name: self.meet(term, self.property_of(other, name), depth) for name, term in one.properties.items()
        }
        for name, term in other.properties.items():
            if name not in properties:
                properties[name] = self.meet(self.property_of(one, name), term, depth)
        patterned = dict(one.patterned)
        for pattern, term in other.patterned.items():
            patterned[pattern] = self.meet(patterned[pattern], term, depth) if pattern in patterned else term
        required = tuple(dict.fromkeys((*one.required, *other.required)))
        low, high = _most(one.low, other.low), _least(one.high, other.high)
        if high is not None and ((low or 0) > high or len(required) > high):
            return NEVER
        return replace(
            one,
            properties=properties,
            patterned=patterned,
            rest=_either(one.rest, other.rest, lambda left, right: self.meet(left, right, depth)),
            required=required,
            low=low,
            high=high,
        )

    def property_of(self, term: Term, name: str) -> Term:
        """What an object says about one property, declared or not."""
        if name in term.properties:
            return term.properties[name]
        for pattern, inner in term.patterned.items():
            if self.matches(pattern, name):
                return inner
        return term.rest or ANY

    def disjoint(self, one: Term, other: Term) -> bool:
        """Whether the decoder sees that nothing is in both."""
        kinds = {one.kind, other.kind}
        if Kind.NEVER in kinds:
            return True
        if kinds & {Kind.ANY, Kind.REFERENCE}:
            return False
        for left, right in ((one, other), (other, one)):
            if left.kind in (Kind.ANY_OF, Kind.ONE_OF):
                return all(self.disjoint(option, right) for option in left.options)
        if one.kind is not other.kind:
            return True
        if one.kind in (Kind.BOOLEAN, Kind.STRING):
            return one.literal is not None and other.literal is not None and one.literal != other.literal
        if one.kind is Kind.OBJECT:
            names = dict.fromkeys((*one.required, *other.required))
            return any(self.disjoint(self.property_of(one, name), self.property_of(other, name)) for name in names)
        return False


def _is_shaped(term: Term) -> bool:
    return term.shaped or term.literal is not None


def _most(one: Any, other: Any) -> Any:
    return other if one is None else one if other is None else max(one, other)


def _least(one: Any, other: Any) -> Any:
    return other if one is None else one if other is None else min(one, other)


def _either(one: Term | None, other: Term | None, both: Callable[[Term, Term], Term]) -> Term | None:
    return other if one is None else one if other is None else both(one, other)
