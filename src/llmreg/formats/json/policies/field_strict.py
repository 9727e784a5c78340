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
    Branches of `anyOf` and `oneOf` are compared with the branch that is most like them, and one that goes is no removed
    field; `not`, `if` and `contains` are not looked at. A list of values without `type` has the types of its values.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmreg.formats.json.localise.references import Spot
from llmreg.formats.json.policies._side import field_name, types_of
from llmreg.formats.json.policies._walk import Difference, Pair, Walk
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.json.values import listed
from llmreg.formats.rule import Rule
from llmreg.model.finding import ChangeClass, Severity

_REMOVED = frozenset({"property_removed_from_closed_reader"})
_RETYPED = frozenset({"type_changed", "type_narrowed", "enum_narrowed", "const_changed"})
_MAX_NESTED = 4
_SINGLE = ("items", "additionalItems", "additionalProperties")
_LISTS = ("prefixItems", "items")


class _Fields(Walk):
    def look(self, pair: Pair) -> Iterator[Difference | Pair]:
        yield from self._retyped(pair)
        yield from _required(pair)
        declared, known = pair.writer.map_of("properties"), pair.reader.map_of("properties")
        for name in declared:
            if name in known:
                yield self.below(pair, "properties", name, label=pair.member(name))
            else:
                yield _removed(pair, name)
        yield from self._inside(pair)
        for ours, theirs in (
            (self.union(pair.writer, "anyOf"), self.union(pair.reader, "anyOf")),
            (self.union(pair.writer, "oneOf"), self.union(pair.reader, "oneOf")),
            (self.product(pair.writer), self.product(pair.reader)),
        ):
            for first, second in self.alike(ours, theirs).items():
                if self._kinds(ours[first]) == self._kinds(theirs[second]):
                    yield self.pair(ours[first], theirs[second], pair.label)

    def _retyped(self, pair: Pair) -> Iterator[Difference]:
        had, has = self._kinds(pair.writer), self._kinds(pair.reader)
        if had != has:
            message = f"{field_name(pair.label)}: the writer says {_named(had)}, the reader {_named(has)}"
            yield Difference("type_changed", message, False, pair.writer.place, pair.reader.place, _RETYPED)

    def _kinds(self, side: Spot, depth: int = 0) -> frozenset[str]:
        """The types of a field, those of its combined schemas too; empty: any."""
        found = types_of(side)
        if depth < _MAX_NESTED and not found:
            members = [self._kinds(member, depth + 1) for member in self.product(side)]
            found = next((kinds for kinds in members if kinds), found)
            for keyword in () if found else ("anyOf", "oneOf"):
                branches = [self._kinds(branch, depth + 1) for branch in self.union(side, keyword)]
                found = found or (frozenset().union(*branches) if all(branches) else frozenset())
        return found - {"integer"} if "number" in found else found

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


def _named(types: frozenset[str]) -> str:
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
