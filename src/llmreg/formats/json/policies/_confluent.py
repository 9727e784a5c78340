"""The differences between two schemas as Confluent's documentation describes them, place by place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from llmreg.formats.json.equality import key_of
from llmreg.formats.json.localise.references import Spot
from llmreg.formats.json.policies._confluent_combined import combined
from llmreg.formats.json.policies._confluent_content import Content, items, properties
from llmreg.formats.json.policies._confluent_rows import LOWER, ROWS, UPPER
from llmreg.formats.json.policies._side import accepts_all, covers, field_name, is_plain, types_of, values_of
from llmreg.formats.json.policies._walk import Difference, Pair, Walk
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.json.values import MISSING

_Seen = Iterator[Difference | Pair]


class Confluent(Walk):
    """`lenient` lets properties come to open objects and go from closed ones."""

    def __init__(self, writer: JsonSchema, reader: JsonSchema, deadline: float, *, lenient: bool) -> None:
        super().__init__(writer, reader, deadline)
        self._lenient = lenient

    def told(
        self, identity: str, pair: Pair, label: str, writer: Spot | None = None, reader: Spot | None = None
    ) -> Any:
        """One difference; the places are those of the pair where no others are given."""
        row = ROWS[identity]
        return Difference(
            id=identity,
            message=f"{field_name(label)}: {row.phrase}",
            compatible=row.allowed(lenient=self._lenient),
            writer=(writer or pair.writer).place,
            reader=(reader or pair.reader).place,
            rules=row.rules,
            deep=row.deep,
        )

    def look(self, pair: Pair) -> _Seen:
        writer, reader = pair.writer.schema, pair.reader.schema
        if writer is False or accepts_all(reader):
            if not (accepts_all(writer) or writer == reader):
                yield self.told("schema_removed", pair, pair.label)
            return
        if reader is False or accepts_all(writer):
            yield self.told("schema_added", pair, pair.label)
            return
        for identity in combined(self, pair):
            yield self.told(identity, pair, pair.label)
        if not (is_plain(pair.reader) and is_plain(pair.writer)):
            return  # one side is nothing but combined schemas, which have been compared as a whole
        disjoint = False
        for identity in _types(pair):
            disjoint = identity == "type_changed"
            yield self.told(identity, pair, pair.label)
        if not disjoint:
            yield from self._keywords(pair)

    def _keywords(self, pair: Pair) -> _Seen:
        for identity in (*_values(pair), *_bounds(pair), *_other_limits(pair)):
            yield self.told(identity, pair, pair.label)
        yield from self._required(pair)
        for content in (properties(self, pair), items(self, pair)):
            if content is not None:
                yield from self._content(pair, content)
        yield from self._dependencies(pair)
        yield from self._negation(pair)

    def _required(self, pair: Pair) -> _Seen:
        """Names that both sides declare; a name that stands nowhere among the properties is never compared."""
        had, has = pair.writer.list_of("required"), pair.reader.list_of("required")
        ours, theirs = pair.writer.map_of("properties"), pair.reader.map_of("properties")
        for name in (name for name in theirs if name in ours):
            if name in has and name not in had:
                with_default = isinstance(theirs[name], dict) and "default" in theirs[name]
                identity = "required_attribute_with_default_added" if with_default else "required_attribute_added"
                yield self.told(identity, pair, pair.member(name))
            elif name in had and name not in has:
                yield self.told("required_attribute_removed", pair, pair.member(name))

    def _content(self, pair: Pair, content: Content) -> _Seen:
        for identity, label, writer, reader in content.changes:
            yield self.told(identity, pair, label, writer, reader)
        yield from content.below

    def _dependencies(self, pair: Pair) -> _Seen:
        (had, ours), (has, theirs) = _dependencies(pair.writer), _dependencies(pair.reader)
        for name in dict.fromkeys([*had, *has]):
            identity = _names_changed(had.get(name), has.get(name))
            if identity:
                yield self.told(f"dependency_array_{identity}", pair, pair.member(name))
        for name in dict.fromkeys([*ours, *theirs]):
            if name not in theirs:
                yield self.told("dependency_schema_removed", pair, pair.member(name))
            elif name not in ours:
                yield self.told("dependency_schema_added", pair, pair.member(name), None, theirs[name])
            else:
                yield self.pair(ours[name], theirs[name], pair.label)

    def _negation(self, pair: Pair) -> _Seen:
        had, has = pair.both("not")
        if has is MISSING and had is not MISSING:
            yield self.told("not_type_narrowed", pair, pair.label)
        elif had is MISSING and has is not MISSING:
            yield self.told("not_type_extended", pair, pair.label)
        elif had is not MISSING and key_of(had) != key_of(has):
            narrower = self.fits(pair.reader.child("not"), pair.writer.child("not"))
            yield self.told("not_type_narrowed" if narrower else "not_type_extended", pair, pair.label)


def _types(pair: Pair) -> Iterator[str]:
    had, has = types_of(pair.writer), types_of(pair.reader)
    if had == has:
        return
    if covers(has, had):
        yield "type_extended"
    elif covers(had, has):
        yield "type_narrowed"
    else:
        yield "type_changed"


def _values(pair: Pair) -> Iterator[str]:
    had, has = values_of(pair.writer), values_of(pair.reader)
    if had is None and has is None:
        return
    if has is None:
        yield "enum_array_extended"
    elif had is None:
        yield "enum_array_narrowed"
    else:
        ours, theirs = {key_of(value) for value in had}, {key_of(value) for value in has}
        if ours != theirs:
            yield (
                "enum_array_extended"
                if ours < theirs
                else "enum_array_narrowed"
                if theirs < ours
                else "enum_array_changed"
            )


def _bounds(pair: Pair) -> Iterator[str]:
    for keyword, stem in (UPPER | LOWER).items():
        had, has = (_bound(said) for said in pair.both(keyword))
        if had == has:
            continue
        if had is None or has is None:
            yield f"{stem}_{'added' if had is None else 'removed'}"
        elif not isinstance(had, bool) and not isinstance(has, bool):
            yield f"{stem}_{'increased' if had < has else 'decreased'}"


def _bound(said: Any) -> Any:
    """A number, draft 4's `true`, or None where there is no bound."""
    return None if said is MISSING or said is False else said


def _other_limits(pair: Pair) -> Iterator[str]:
    had, has = pair.both("pattern")
    if had != has:
        yield "pattern_added" if had is MISSING else "pattern_removed" if has is MISSING else "pattern_changed"
    unique = [said is True for said in pair.both("uniqueItems")]
    if unique[0] != unique[1]:
        yield "unique_items_added" if unique[1] else "unique_items_removed"
    had, has = pair.both("multipleOf")
    if had is MISSING or has is MISSING:
        if had is not has:
            yield "multiple_of_added" if had is MISSING else "multiple_of_removed"
    elif had != has:
        ratio = _fraction(has) / _fraction(had)
        whole = "multiple_of_expanded" if ratio.denominator == 1 else "multiple_of_changed"
        yield "multiple_of_reduced" if ratio.numerator == 1 else whole


def _fraction(number: int | Decimal) -> Fraction:
    return Fraction(number)


def _dependencies(side: Spot) -> tuple[dict[str, list[str]], dict[str, Spot]]:
    """The names that a property brings with it, and the schemas; before 2019-09 both stood in `dependencies`."""
    arrays: dict[str, list[str]] = {}
    schemas: dict[str, Spot] = {}
    for keyword in ("dependencies", "dependentRequired", "dependentSchemas"):
        for name, value in side.map_of(keyword).items():
            if isinstance(value, list):
                arrays[name] = value
            else:
                schemas[name] = side.child(keyword, name)
    return arrays, schemas


def _names_changed(had: Sequence[str] | None, has: Sequence[str] | None) -> str | None:
    if had is None or has is None:
        return None if had is has else "added" if had is None else "removed"
    ours, theirs = set(had), set(has)
    if ours == theirs:
        return None
    return "extended" if ours < theirs else "narrowed" if theirs < ours else "changed"
