"""Whether a reader surely accepts what a writer writes, seen from the two texts: most compatible versions are such.

Each keyword of the reader must follow from what the writer says in the same place. A Yes is a proof by the structure of
the documents; a No only means that more must be asked. Pairs of definitions that meet again further down the document
are assumed to hold: values are finite.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from llmreg.formats.json.dialects import REF_IS_ALONE
from llmreg.formats.json.equality import key_of
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.json.sight.alike import DEFINITIONS, alike, definitions, spelled_alike
from llmreg.formats.json.sight.apart import all_apart
from llmreg.formats.json.sight.trimmed import trimmed

_AT_MOST: Final = frozenset({"maximum", "maxLength", "maxItems", "maxProperties", "exclusiveMaximum"})
_AT_LEAST: Final = frozenset({"minimum", "minLength", "minItems", "minProperties", "exclusiveMinimum"})
_FALLS_IN: Final = frozenset(
    ("allOf", "anyOf", "oneOf", "not", "if", "dependentSchemas", "dependentRequired", "dependencies")
)
# What says who may speak of a member besides `properties` and `additionalProperties`.
_MEMBERS: Final = frozenset({"patternProperties", "unevaluatedProperties"})
# Keywords that mean nothing by themselves: their neighbours tell what they judge.
_JOINT: Final = frozenset((
    "patternProperties", "unevaluatedProperties", "unevaluatedItems", "prefixItems", "additionalItems", "contains",
    "minContains", "maxContains", "if", "then", "else",
))  # fmt: skip
_DEEPEST: Final = 100  # references that lead from one to the next
_MOST: Final = 2_000  # pairs of schema objects
_FEW: Final = 5  # branches of which closing tells every set that may hold together


class Sight:
    """One pair; `comparable` is False where nothing can be seen of it, `closed` as in `CompareOptions`."""

    def __init__(self, writer: JsonSchema, reader: JsonSchema, *, turned: bool) -> None:
        self.documents: tuple[Any, Any] = trimmed(writer, reader)
        if turned:
            self.documents = self.documents[::-1]
        self._alike = alike(writer, reader)
        self._turned = turned
        self.comparable = self._alike.comparable
        self.judging = self._alike.judging
        self.saying = self.judging.difference(DEFINITIONS, ("$schema",))  # what judges a value beside a reference
        self._reference_is_alone = writer.draft in REF_IS_ALONE
        self._draft4 = writer.draft == "draft4"
        refers = writer.refers or reader.refers
        self.definitions = tuple(definitions(root) if refers else {} for root in self.documents)
        # The pairs that are being looked at, with the depth of the document where each began.
        self._open: dict[tuple[str, str, bool], int] = {}
        self._deep = 0
        self._left = _MOST
        self._apart: dict[int, bool] = {}

    def alike(self, one: Any, other: Any) -> bool:
        """Whether two schemas mean the same."""
        return self._alike.same(other, one) if self._turned else self._alike.same(one, other)

    def implies(self, one: Any, other: Any, closed: bool) -> bool:
        """Whether `one` implies `other`; `closed`: `one` alone judges the place, and is closed there."""
        if one is other or other is True or one is False:
            return True
        if not (isinstance(one, dict) and isinstance(other, dict)):
            return isinstance(other, dict) and other.keys().isdisjoint(self.judging)
        if self.alike(one, other):
            return True
        if "$ref" in one or "$ref" in other:
            return self._references(one, other, closed)
        self._left -= 1
        if self._left < 0:
            return False
        # Where others speak of the same value, they may declare what this one does not.
        closed = closed and (self._is_union(one) or _FALLS_IN.isdisjoint(one)) and _MEMBERS.isdisjoint(one)
        return all(self.follows(keyword, one, other, closed) for keyword in other if keyword in self.judging)

    def _is_union(self, one: dict[str, Any]) -> bool:
        """Whether a schema leaves everything but the type to the branches of one union."""
        said = one.keys() & self.saying
        return len(said - {"type"}) == 1 and not said.isdisjoint(("anyOf", "oneOf"))

    def _references(self, one: dict[str, Any], other: dict[str, Any], closed: bool) -> bool:
        """One of them is a reference. Only one that stands alone is followed."""
        names = []
        targets = []
        for side, schema in enumerate((one, other)):
            target: Any = schema
            text = schema.get("$ref")
            if text is not None:
                if not self._reference_is_alone and len(schema.keys() & self.saying) > 1:
                    return False
                target = self.definitions[side].get(text)
                if target is None or text == "#":
                    return False
            names.append(text or str(id(schema)))
            targets.append(target)
        key = names[0], names[1], closed
        if key in self._open:
            return self._open[key] < self._deep  # in place it would lead back to itself
        self._open[key] = self._deep
        # What is assumed of an open pair must not be taken for known once the pair turns out not to hold: nothing is
        # kept, the whole answer is No as soon as one pair fails.
        found = len(self._open) < _DEEPEST and self.implies(targets[0], targets[1], closed)
        del self._open[key]
        return found

    def _below(self, one: Any, other: Any, closed: bool = False) -> bool:
        """The same for members of the value."""
        self._deep += 1
        found = self.implies(one, other, closed)
        self._deep -= 1
        return found

    def follows(self, keyword: str, one: dict[str, Any], other: dict[str, Any], closed: bool) -> bool:
        read = _READ.get(keyword)
        if read is not None and read(self, one, other, closed):
            return True
        if keyword in _AT_LEAST or keyword in _AT_MOST:
            return self._bound(keyword, one, other)
        if keyword in DEFINITIONS:
            return True
        return read is None and keyword not in _JOINT and self._equal(keyword, one, other)

    def _equal(self, keyword: str, one: dict[str, Any], other: dict[str, Any]) -> bool:
        if keyword not in one:
            return False
        values = (other[keyword], one[keyword]) if self._turned else (one[keyword], other[keyword])
        return self._alike.same_value(keyword, *values)

    def _bound(self, keyword: str, one: dict[str, Any], other: dict[str, Any]) -> bool:
        if self._draft4 and keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
            pair = ("minimum", "exclusiveMinimum") if keyword.endswith("inimum") else ("maximum", "exclusiveMaximum")
            if keyword == pair[1] or pair[1] in one or pair[1] in other:  # a boolean that belongs to its neighbour
                return all(spelled_alike(one.get(name), other.get(name)) for name in pair)
        if keyword not in one:
            return keyword.startswith("min") and keyword != "minimum" and other[keyword] == 0
        lowest, highest = (other, one) if keyword in _AT_LEAST else (one, other)
        return bool(lowest[keyword] <= highest[keyword])

    def _type(self, one: dict[str, Any], other: dict[str, Any], closed: bool) -> bool:
        del closed
        allowed = _types(other)
        return "type" in one and all(
            name in allowed or (name == "integer" and "number" in allowed) for name in _types(one)
        )

    def _enum(self, one: dict[str, Any], other: dict[str, Any], closed: bool) -> bool:
        del closed
        values = one["enum"] if "enum" in one else [one["const"]] if "const" in one and not self._draft4 else None
        allowed = {key_of(value) for value in (other["enum"] if "enum" in other else [other["const"]])}
        if "enum" in other and "const" in other:
            return False
        return values is not None and all(key_of(value) in allowed for value in values)

    def _required(self, one: dict[str, Any], other: dict[str, Any], closed: bool) -> bool:
        del closed
        return set(other["required"]) <= set(one.get("required", ()))

    def _unique(self, one: dict[str, Any], other: dict[str, Any], closed: bool) -> bool:
        del closed
        return other["uniqueItems"] is False or one.get("uniqueItems") is True

    def _items(self, one: dict[str, Any], other: dict[str, Any], closed: bool) -> bool:
        if isinstance(other["items"], list) or isinstance(one.get("items"), list) or "prefixItems" in one:
            return False
        return "prefixItems" not in other and self._below(one.get("items", True), other["items"], closed)

    def _properties(self, one: dict[str, Any], other: dict[str, Any], closed: bool) -> bool:
        return all(self.member_follows(one, name, schema, closed) for name, schema in other["properties"].items())

    def _additional(self, one: dict[str, Any], other: dict[str, Any], closed: bool) -> bool:
        rest = other["additionalProperties"]
        if rest is True:
            return True
        if not (_MEMBERS.isdisjoint(one) and _MEMBERS.isdisjoint(other)):
            return False
        known = other.get("properties", {})
        for name, schema in one.get("properties", {}).items():
            if name not in known and not self._below(schema, rest, closed):
                return False
        if self._is_shut(one, closed):  # what is required is written, declared or not
            written = {*known, *one.get("properties", {})}
            return all(name in written for name in one.get("required", ()))
        return self._below(one.get("additionalProperties", True), rest, closed)

    def member_follows(self, one: dict[str, Any], name: str, schema: Any, closed: bool) -> bool:
        """Whether what may be written under a name satisfies a schema."""
        if schema is True:
            return True
        written = one.get("properties", {})
        if name in written:
            return self._below(written[name], schema, closed)
        if self._is_shut(one, closed):
            return name not in one.get("required", ())
        if not _MEMBERS.isdisjoint(one):
            return False
        return self._below(one.get("additionalProperties", True), schema, closed)

    def _is_shut(self, one: dict[str, Any], closed: bool) -> bool:
        """Whether nothing is written but what `properties` and `required` name."""
        if not _MEMBERS.isdisjoint(one):
            return False
        if one.get("additionalProperties") is False:
            return True
        return closed and "properties" in one and "additionalProperties" not in one

    def _branches(self, one: dict[str, Any], other: dict[str, Any], closed: bool) -> bool:
        return self._in_union(one, other["anyOf"], closed)

    def _one_branch(self, one: dict[str, Any], other: dict[str, Any], closed: bool) -> bool:
        return self._are_apart(other["oneOf"], 1) and self._in_union(one, other["oneOf"], closed)

    def _in_union(self, one: dict[str, Any], ours: list[Any], closed: bool) -> bool:
        """A union of the reader: the writer's own, branch by branch, or one branch that takes all."""
        for mine in (one[keyword] for keyword in ("anyOf", "oneOf") if keyword in one):
            # Where only one of them can hold, it is closed as any schema that judges its place alone.
            shut = closed and len(mine) <= _FEW and self._are_apart(mine, 0)
            if all(any(self.implies(branch, taking, shut) for taking in ours) for branch in mine):
                return True
        return any(self.implies(one, branch, closed) for branch in ours)

    def _are_apart(self, branches: list[Any], side: int) -> bool:
        key = id(branches)
        if key not in self._apart:
            self._apart[key] = all_apart(branches, partial(self._resolved, side), self.judging)
        return self._apart[key]

    def _resolved(self, side: int, schema: Any) -> Any:
        """The schema that a reference leads to, if it stands alone."""
        if isinstance(schema, dict) and "$ref" in schema and len(schema.keys() & self.saying) == 1:
            return self.definitions[side].get(schema["$ref"])
        return schema

    def _all(self, one: dict[str, Any], other: dict[str, Any], closed: bool) -> bool:
        mine = one.get("allOf")
        parts = mine if isinstance(mine, list) else []
        return all(
            any(self.implies(part, branch, False) for part in parts) or self.implies(one, branch, closed)
            for branch in other["allOf"]
        )


def _types(schema: dict[str, Any]) -> list[str]:
    named = schema["type"]
    return named if isinstance(named, list) else [named]


_Read = Callable[[Sight, dict[str, Any], dict[str, Any], bool], bool]
_READ: Final[dict[str, _Read]] = {
    "type": Sight._type,
    "enum": Sight._enum,
    "const": Sight._enum,
    "required": Sight._required,
    "uniqueItems": Sight._unique,
    "items": Sight._items,
    "properties": Sight._properties,
    "additionalProperties": Sight._additional,
    "anyOf": Sight._branches,
    "oneOf": Sight._one_branch,
    "allOf": Sight._all,
}
