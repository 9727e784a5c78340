"""Fields as a contract: a field may not go, not become required, and not change its type.

For teams who think in fields and not in documents: whoever reads a field finds it, of the type that it had.

What it says:
    Three changes are breaks, at every depth: a declared field that the reader does not declare (`field_removed`), a
    name that only the reader requires (`new_required_field`), and a type that is not the same on both sides
    (`type_changed`; integer to number as well). Everything else passes: narrowed enums, lowered limits, patterns.

Rules from:
    The compatibility module of LLM-Dev-Ops/schema-registry's architecture document (§3.5, December 2025), whose code
    was never shipped. Read from its three sentences, not from its listing, which compares top-level names only.

Known limits:
    Members of `allOf`, `anyOf` and `oneOf` are compared position by position; `not`, `if` and `contains` are not looked
    at. A list of values without `type` has the types of its values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from llmreg.formats.json.explain_site import listed
from llmreg.formats.json.localise_references import Spot
from llmreg.formats.json.policies._side import field_name, types_of
from llmreg.formats.json.policies._walk import Difference, Pair, Walk
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity

_REMOVED = frozenset({"property_removed_from_closed_reader"})
_RETYPED = frozenset({"type_changed", "type_narrowed", "enum_narrowed", "const_changed"})
_SINGLE = ("items", "additionalItems", "additionalProperties")
_LISTS = ("prefixItems", "items")


class _Fields(Walk):
    def look(self, pair: Pair) -> Iterator[Difference | Pair]:
        yield from _retyped(pair)
        yield from _required(pair)
        declared, known = pair.writer.map_of("properties"), pair.reader.map_of("properties")
        for name in declared:
            if name in known:
                yield self.below(pair, "properties", name, label=pair.member(name))
            else:
                yield _removed(pair, name)
        yield from self._inside(pair)
        for keyword in ("anyOf", "oneOf"):
            yield from self._side_by_side(pair, self.union(pair.writer, keyword), self.union(pair.reader, keyword))
        yield from self._side_by_side(pair, self.product(pair.writer), self.product(pair.reader))

    def _inside(self, pair: Pair) -> Iterator[Pair]:
        for keyword in _SINGLE:
            if all(isinstance(said, dict) for said in pair.both(keyword)):
                yield self.below(pair, keyword, label=f"{pair.label}[]" if "tems" in keyword else pair.member("*"))
        for keyword in _LISTS:
            for index, _ in enumerate(zip(pair.writer.list_of(keyword), pair.reader.list_of(keyword), strict=False)):
                yield self.below(pair, keyword, index, label=f"{pair.label}[{index}]")
        patterns = pair.reader.map_of("patternProperties")
        for pattern in (text for text in pair.writer.map_of("patternProperties") if text in patterns):
            yield self.below(pair, "patternProperties", pattern, label=pair.member(pattern))

    def _side_by_side(self, pair: Pair, writer: Sequence[Spot], reader: Sequence[Spot]) -> Iterator[Pair]:
        for one, two in zip(writer, reader, strict=False):
            yield self.pair(one, two, pair.label)


def _retyped(pair: Pair) -> Iterator[Difference]:
    had, has = types_of(pair.writer), types_of(pair.reader)
    if had != has:
        message = f"{field_name(pair.label)}: the writer says {_kind(had)}, the reader {_kind(has)}"
        yield Difference("type_changed", message, False, pair.writer.place, pair.reader.place, _RETYPED)


def _kind(types: frozenset[str]) -> str:
    return listed(sorted(types)).replace('"', "") if types else "any type"


def _required(pair: Pair) -> Iterator[Difference]:
    had = pair.writer.list_of("required")
    for name in (name for name in pair.reader.list_of("required") if name not in had):
        message = f"`{pair.member(name)}`: the reader requires it, the writer does not"
        rules = frozenset({"required_added"})
        yield Difference("new_required_field", message, False, pair.writer.place, pair.reader.place, rules)


def _removed(pair: Pair, name: str) -> Difference:
    message = f"`{pair.member(name)}`: the writer declares it, the reader does not"
    place = pair.writer.child("properties", name).place
    return Difference("field_removed", message, False, place, pair.reader.place, _REMOVED)


def differences(writer: JsonSchema, reader: JsonSchema, deadline: float) -> list[Difference]:
    """What the policy sees between two schemas; everything it sees it forbids."""
    return _Fields(writer, reader, deadline).differences()


RULE = Rule(
    summary="a removed field, a new required field and a changed type are breaks, nothing else",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    find=differences,
    reads=frozenset({"type", "properties", "required"}),
)
