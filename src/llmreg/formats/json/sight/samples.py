"""Plain values that a schema surely accepts, built from its text: for schemas that judge a value by their own words.

A value is only offered where every keyword that judges it is understood here; None of them may be missed. What is not
understood gives no value, which only means that the engine must look for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from llmreg.formats.json.equality import key_of

NOTHING: Final[Any] = object()
_TYPES: Final = ("null", "boolean", "integer", "number", "string", "array", "object")
_PLAIN: Final[Mapping[str, Any]] = {
    "null": None,
    "boolean": False,
    "integer": 0,
    "number": Decimal("0.5"),
    "string": "",
}
# With `type`, `enum`, `const`, `properties`, `required`, `items`, `additionalProperties`: all that is understood here.
_SIZES: Final[Mapping[str, type[Any]]] = {"minLength": str, "maxLength": str, "minItems": list, "maxItems": list}
# And the whole number beside each that it may allow.
_BOUNDS: Final = {"minimum": 0, "exclusiveMinimum": 1, "maximum": 0, "exclusiveMaximum": -1}
_UNIONS: Final = frozenset({"anyOf", "oneOf"})
_WITH_MEMBERS: Final = frozenset({"properties", "required", "dependentRequired", "items", "additionalProperties"})
_HOLDERS: Final = frozenset({"$schema", "$id", "$defs", "definitions"})
_NUMBERS: Final[tuple[Any, ...]] = (int, Decimal)
_LONGEST: Final = 300
_DEEPEST: Final = 12
_MOST: Final = 300  # schemas looked at for one pair: recursive ones would never end


class Samples:
    """Values of one document's schemas; `definitions` by the reference that leads to them, `judging` the keywords that
    judge anything in its draft."""

    def __init__(self, definitions: Mapping[str, Any], judging: frozenset[str], *, smallest: bool = False) -> None:
        """`smallest`: of several values the shortest counts as the plainest, not the first."""
        self._smallest = smallest
        self._definitions = definitions
        self._judging = judging - _HOLDERS
        self._depth = 0
        self._left = _MOST
        self._open: set[int] = set()  # the schemas of which a value is being built: the plainest holds none inside

    def of(self, schema: Any) -> Any:
        """The plainest value with the fewest members, or NOTHING."""
        if self._smallest:
            return min(self.all(schema), key=lambda value: len(repr(value)), default=NOTHING)
        return next(self.all(schema), NOTHING)

    def all(self, schema: Any) -> Iterator[Any]:
        """One value of each type that the schema allows, and each that it lists."""
        schema = self.resolved(schema)
        if schema is True:
            yield from (*_PLAIN.values(), [], {})
        self._left -= 1
        if not isinstance(schema, dict) or self._depth > _DEEPEST or self._left < 0 or id(schema) in self._open:
            return
        self._depth += 1
        self._open.add(id(schema))
        try:
            for value in self._candidates(schema):
                if value is not NOTHING and self.accepts(schema, value):
                    self._open.discard(id(schema))  # while others go on with the value
                    yield value
                    self._open.add(id(schema))
        finally:
            self._depth -= 1
            self._open.discard(id(schema))

    def with_member(self, schema: Any, name: str, value: Any) -> Any:
        """The plainest object with a certain member, or NOTHING; the member itself is known to be right."""
        schema = self.resolved(schema)
        if not isinstance(schema, dict) or "object" not in self._types(schema):
            return NOTHING
        bare = self._object(schema)
        return NOTHING if bare is NOTHING or not self.accepts(schema, bare) else {**bare, name: value}

    def with_item(self, schema: Any, value: Any) -> Any:
        """The shortest array with a certain item, or NOTHING."""
        schema = self.resolved(schema)
        if not isinstance(schema, dict) or "array" not in self._types(schema) or not self._judged_by(schema, list):
            return NOTHING
        length = max(1, schema.get("minItems", 0))
        if length > (1 if schema.get("uniqueItems") else _LONGEST) or length > schema.get("maxItems", length):
            return NOTHING
        return [value] * int(length)

    def accepts(self, schema: Any, value: Any) -> bool:
        """Whether a schema, closed or open, surely accepts a value."""
        schema = self.resolved(schema)
        self._left -= 1
        if not isinstance(schema, dict):
            return schema is True
        if self._left < 0 or not self._judged_by(schema, type(value)):
            return False
        if "type" in schema and not _is_of(value, self._types(schema)):
            return False
        return self._listed(schema, value) and self._of_union(schema, value) and self._fits(schema, value)

    def _fits(self, schema: dict[str, Any], value: Any) -> bool:
        """Whether what a schema says of the values of one type holds."""
        if isinstance(value, dict):
            return self._accepts_object(schema, value)
        if isinstance(value, list):
            unique = not schema.get("uniqueItems") or len(value) < 2
            return unique and _in_size(schema, value) and all(self.accepts(schema.get("items", True), v) for v in value)
        if isinstance(value, str):
            return _in_size(schema, value) and ("pattern" not in schema or value == _text(schema))
        return isinstance(value, bool) or value is None or _in_bounds(schema, value)

    def _accepts_object(self, schema: dict[str, Any], value: dict[str, Any]) -> bool:
        declared, rest = schema.get("properties", {}), schema.get("additionalProperties")
        if not schema.get("minProperties", 0) <= len(value) <= schema.get("maxProperties", len(value)):
            return False
        if not _UNIONS.isdisjoint(schema):
            return True  # the branch that holds has judged the members
        if "dependentRequired" in schema and "dependentRequired" in self._judging:
            needed = (names for name, names in schema["dependentRequired"].items() if name in value)
            if not all(name in value for names in needed for name in names):
                return False
        return all(name in value for name in schema.get("required", ())) and all(
            self.accepts(declared.get(name, rest if isinstance(rest, dict) else False), member)
            for name, member in value.items()
        )

    def _of_union(self, schema: dict[str, Any], value: Any) -> bool:
        if "anyOf" in schema and not any(self.accepts(branch, value) for branch in schema["anyOf"]):
            return False
        branches = schema.get("oneOf")
        if branches is None:
            return True
        others = [branch for branch in branches if not self.refuses(branch, value)]
        return len(others) == 1 and self.accepts(others[0], value)

    def refuses(self, schema: Any, value: Any) -> bool:
        """Whether a schema surely refuses a value."""
        schema = self.resolved(schema)
        self._left -= 1
        if not isinstance(schema, dict) or self._left < 0:
            return schema is False
        if any(keyword in self._judging and refused(keyword, schema, value) for keyword in schema):
            return True
        declared = schema.get("properties", {}) if isinstance(value, dict) else {}
        return any(name in value and self.refuses(inner, value[name]) for name, inner in declared.items())

    def _judged_by(self, schema: dict[str, Any], kind: type) -> bool:
        """Whether every keyword that may judge values of a type is understood here."""
        for keyword in schema:
            if keyword not in self._judging or keyword in _UNDERSTOOD:
                continue
            # A union alone says what its branches say; beside others it may declare what they do not.
            if keyword not in _UNIONS or not _WITH_MEMBERS.isdisjoint(schema):
                return False
        if kind in (int, Decimal):
            return "multipleOf" not in schema and not any(isinstance(schema.get(word), bool) for word in _BOUNDS)
        return not isinstance(schema.get("items", True), list)

    def _listed(self, schema: dict[str, Any], value: Any) -> bool:
        if "const" in schema and "const" in self._judging and key_of(schema["const"]) != key_of(value):
            return False
        return "enum" not in schema or key_of(value) in {key_of(one) for one in schema["enum"]}

    def _types(self, schema: dict[str, Any]) -> tuple[str, ...]:
        named = schema.get("type", _TYPES)
        return (named,) if isinstance(named, str) else tuple(named)

    def _candidates(self, schema: dict[str, Any]) -> Iterator[Any]:
        for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
            yield from self.all(branch)
        if "const" in schema:
            yield schema["const"]
        yield from schema.get("enum", ())
        for name in self._types(schema):
            if name == "object":
                yield self._object(schema)
            elif name == "array":
                yield self._array(schema)
            elif name == "string":
                yield _text(schema)
            elif name in ("integer", "number"):
                yield _PLAIN[name]
                yield from (int(schema[word]) + shift for word, shift in _BOUNDS.items() if word in schema)
            else:
                yield _PLAIN[name]

    def _array(self, schema: dict[str, Any]) -> Any:
        length = schema.get("minItems", 0)
        if length == 0:
            return []
        item = self.of(schema.get("items", True))
        return NOTHING if item is NOTHING or length > _LONGEST else [item] * int(length)

    def _object(self, schema: dict[str, Any]) -> Any:
        """The required members alone, each declared."""
        declared = schema.get("properties", {})
        members = {name: self.of(declared.get(name, False)) for name in schema.get("required", ())}
        for name in declared if len(members) < schema.get("minProperties", 0) else ():
            if name not in members and len(members) < schema["minProperties"]:
                members[name] = self.of(declared[name])
        rest = schema.get("additionalProperties")
        if isinstance(rest, dict) and schema.get("minProperties", 0) == 1 and not members:
            members["a"] = self.of(rest)
        return NOTHING if any(member is NOTHING for member in members.values()) else members

    def resolved(self, schema: Any) -> Any:
        """The schema itself, references followed; None where more than the reference speaks, or it leads nowhere."""
        for _ in range(_DEEPEST):
            if not isinstance(schema, dict) or "$ref" not in schema:
                return schema
            if len(schema.keys() & self._judging) > 1:
                return None
            schema = self._definitions.get(schema["$ref"])
        return None


_UNDERSTOOD: Final = (
    _BOUNDS.keys()
    | _SIZES.keys()
    | {
        *("type", "enum", "const", "properties", "required", "items", "additionalProperties", "uniqueItems", "pattern"),
        *("minProperties", "maxProperties", "dependentRequired"),
        *("multipleOf", "format"),
    }
)


def _text(schema: dict[str, Any]) -> Any:
    """The shortest text that fits the lengths and the pattern, or NOTHING."""
    low, high = schema.get("minLength", 0), schema.get("maxLength")
    if low > _LONGEST:
        return NOTHING
    if "pattern" not in schema:
        return "a" * int(low)
    from llmreg.formats.json.regex import quick_word  # not at start-up

    found = quick_word(schema["pattern"], int(low), None if high is None else int(high))
    return NOTHING if found is None else found


def _is_of(value: Any, types: tuple[str, ...]) -> bool:
    if value is None or isinstance(value, (bool, str, list, dict)):
        kind = {type(None): "null", bool: "boolean", str: "string", list: "array", dict: "object"}[type(value)]
        return kind in types
    return "number" in types or (isinstance(value, int) and "integer" in types)


def _in_size(schema: dict[str, Any], value: str | list[Any]) -> bool:
    low, high = ("minLength", "maxLength") if isinstance(value, str) else ("minItems", "maxItems")
    return bool(schema.get(low, 0) <= len(value) <= schema.get(high, len(value)))


def _in_bounds(schema: dict[str, Any], value: int | Decimal) -> bool:
    return bool(
        schema.get("minimum", value) <= value <= schema.get("maximum", value)
        and schema.get("exclusiveMinimum", value - 1) < value < schema.get("exclusiveMaximum", value + 1)
    )


def refused(keyword: str, schema: dict[str, Any], value: Any) -> bool:
    """Whether one keyword of a schema surely refuses a value."""
    said = schema[keyword]
    if keyword == "type":
        return not _is_of(value, (said,) if isinstance(said, str) else tuple(said))
    if keyword in ("enum", "const"):
        return key_of(value) not in {key_of(one) for one in (said if keyword == "enum" else [said])}
    if keyword in _BOUNDS:
        numbers = type(value) in _NUMBERS and type(said) in _NUMBERS
        return numbers and not _in_bounds({keyword: said}, value)
    if keyword in _SIZES:
        return isinstance(value, _SIZES[keyword]) and not _in_size({keyword: said}, value)
    if keyword == "required":
        return isinstance(value, dict) and not all(name in value for name in said)
    if keyword == "uniqueItems":
        return said is True and isinstance(value, list) and len(value) > 1 and len({*map(key_of, value)}) < len(value)
    return False
