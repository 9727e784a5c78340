"""Small random schemas over every assertion of each draft, one edit away or independent; all from one seed."""

from __future__ import annotations

import copy
import random
from typing import Any

DRAFTS = ("draft4", "draft6", "draft7", "2019-09", "2020-12")
_TYPES = ["string", "integer", "number", "boolean", "null", "object", "array"]
_SHAPES = [*_TYPES, "object", "array", ["object", "null"], ["string", "integer"], ["array", "object"]]
_VALUES = [0, 1, 2, "a", "b", True, False, None, [1], {"a": 1}, [], {}, 1.5, "ab"]
_PATTERNS = ["^a", "b$", "^[ab]*$", "a", "^(a|b)c?$", "^.{2}$", "[^a]", "^\\d+$"]
_KEY_PATTERNS = ["^a", "b", "^[ab]", "c$", "^$"]
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_EVERYWHERE = [
    *("type", "type", "properties", "properties", "minimum", "maximum", "multipleOf", *_COUNTS, "pattern", "enum"),
    *("uniqueItems", "items", "items", "additionalProperties", "not", "allOf", "anyOf", "oneOf", "patternProperties"),
    *("required", "$ref", "$ref"),
]
_SINCE_6 = ["const", "contains", "contains", "propertyNames", "exclusiveMinimum", "exclusiveMaximum"]
_SINCE_7 = ["if", "then", "else"]
_SINCE_2019 = [
    *("dependentSchemas", "dependentRequired", "minContains", "maxContains"),
    *("unevaluatedProperties", "unevaluatedItems", "unevaluatedProperties"),
]
_KEYWORDS = {
    "draft4": [*_EVERYWHERE, "additionalItems", "dependencies", "exclusiveMinimum"],
    "draft6": [*_EVERYWHERE, *_SINCE_6, "additionalItems", "dependencies"],
    "draft7": [*_EVERYWHERE, *_SINCE_6, *_SINCE_7, "additionalItems", "dependencies"],
    "2019-09": [*_EVERYWHERE, *_SINCE_6, *_SINCE_7, *_SINCE_2019, "additionalItems"],
    "2020-12": [*_EVERYWHERE, *_SINCE_6, *_SINCE_7, *_SINCE_2019, "prefixItems", "prefixItems"],
}
_ONE = (
    *("items", "additionalItems", "additionalProperties", "contains", "not", "propertyNames", "if", "then", "else"),
    *("unevaluatedProperties", "unevaluatedItems"),
)


class Maker:
    """Makes the schemas of one pair. `recursive` pairs have definitions that refer to each other and to themselves."""

    def __init__(self, seed: str, draft: str, *, recursive: bool) -> None:
        self._random = random.Random(seed)
        self._draft = draft
        self._names = ["#/definitions/p", "#/definitions/q"] if recursive else []
        self._depth = 2 if recursive else 3

    def pair(self) -> tuple[Any, Any]:
        """Two documents of the draft, the second often one edit away from the first."""
        first = self._document()
        return first, self._document() if self._random.random() < 0.35 else self._edited(first)

    def _document(self) -> Any:
        if not self._names:
            return self._schema(self._depth)
        # the definitions descend before they refer, so that no reference leads back to itself in place
        definitions = {"p": self._descending(), "q": self._descending()}
        top = self._schema(self._depth)
        if not isinstance(top, dict) or self._random.random() < 0.4:
            top = {"allOf": [{"$ref": "#/definitions/p"}]}
        return {"allOf": [top], "definitions": definitions} if "$ref" in top else {**top, "definitions": definitions}

    def _descending(self) -> dict[str, Any]:
        out: dict[str, Any] = {"type": self._random.choice([["object", "null"], "object", "array", ["array", "null"]])}
        if "array" in out["type"]:
            out["items"] = self._inner()
        else:
            out["properties"] = {name: self._inner() for name in self._random.sample("ab", self._random.randint(1, 2))}
        for keyword in self._random.sample(["required", "minItems", "uniqueItems", "maxProperties"], 2):
            out |= self._keyword(keyword, 0)
        return out

    def _inner(self) -> Any:
        """Often a reference, or one under a connective."""
        draw = self._random.random()
        if draw < 0.45:
            return {"$ref": self._random.choice(self._names)}
        if draw < 0.75:
            connective = self._random.choice(["anyOf", "oneOf", "allOf", "not"])
            return {connective: self._inner() if connective == "not" else [self._inner(), self._schema(1)]}
        return self._schema(1)

    def _schema(self, depth: int) -> Any:
        if depth <= 0 or self._random.random() < 0.12:
            return self._leaf()
        out: dict[str, Any] = {}
        for _ in range(self._random.choice([1, 1, 2, 2, 3])):
            out |= self._keyword(self._random.choice(_KEYWORDS[self._draft]), depth)
        return out

    def _leaf(self) -> Any:
        leaves: list[Any] = [{}, {"type": self._random.choice(_TYPES)}, self._keyword("enum", 0)]
        if self._draft != "draft4":
            leaves += [True, False, self._keyword("const", 0)]
        return self._random.choice(leaves)

    def _keyword(self, name: str, depth: int) -> dict[str, Any]:
        """One keyword with its value, and what it needs beside it."""
        if name in _ONE:
            return self._applicator(name, depth)
        if name in ("minContains", "maxContains"):
            return {name: self._random.randint(0, 2), "contains": self._schema(depth - 1)}
        if name in _COUNTS:
            return {name: self._random.randint(0, 3)}
        if name == "$ref":
            return {name: self._random.choice(self._names)} if self._names else {}
        if name == "exclusiveMinimum" and self._draft == "draft4":
            return {name: True, "minimum": self._random.randint(0, 2)}
        return {name: self._value(name, depth)}

    def _applicator(self, name: str, depth: int) -> dict[str, Any]:
        if (
            name in ("additionalProperties", "unevaluatedProperties", "unevaluatedItems")
            and self._random.random() < 0.5
        ):
            return {name: False}
        if name == "items" and self._draft != "2020-12" and self._random.random() < 0.4:
            return {name: self._list(depth)}
        value = self._schema(depth - 1)
        if self._draft == "draft4" and isinstance(value, bool):
            value = {}
        return {name: value}

    def _list(self, depth: int) -> list[Any]:
        return [self._schema(depth - 1) for _ in range(self._random.randint(1, 3))]

    def _value(self, name: str, depth: int) -> Any:
        pick, names = self._random.choice, self._random.sample("abc", self._random.randint(1, 2))
        if name in ("allOf", "anyOf", "oneOf", "prefixItems"):
            return self._list(depth)
        if name == "properties" and self._random.random() < 0.1:
            return {}  # it says as much of a closed writer as a long list
        if name in ("properties", "dependentSchemas"):
            return {key: self._schema(depth - 1) for key in names}
        if name == "patternProperties":
            patterns = self._random.sample(_KEY_PATTERNS, len(names))
            return {pattern: self._schema(depth - 1) for pattern in patterns}
        if name == "dependencies":
            return {key: pick([["a"], ["b", "c"], self._schema(depth - 1)]) for key in names}
        simple: dict[str, Any] = {
            "type": pick(_SHAPES),
            "multipleOf": pick([1, 2, 3, 0.5]),
            "pattern": pick(_PATTERNS),
            "enum": self._distinct(),
            "const": pick(_VALUES),
            "uniqueItems": True,
            "required": names,
            "dependentRequired": {key: [pick("abc")] for key in names},
        }
        return simple[name] if name in simple else pick([0, 1, 2, 3, 1.5, -1])

    def _distinct(self) -> list[Any]:
        return self._random.sample(_VALUES, self._random.randint(1, 4))

    def _edited(self, schema: Any) -> Any:
        """One keyword dropped, one number moved, or one keyword added, somewhere."""
        edited = copy.deepcopy(schema)
        spots = _schemas(edited)
        if not spots:
            return edited
        spot = self._random.choice(spots)
        numbers = [key for key, value in spot.items() if isinstance(value, int) and not isinstance(value, bool)]
        draw = self._random.random()
        droppable = [key for key in spot if key != "definitions"]
        if droppable and draw < 0.35:
            spot.pop(self._random.choice(droppable))
        elif numbers and draw < 0.7:
            key = self._random.choice(numbers)
            spot[key] = max(0 if key != "multipleOf" else 1, spot[key] + self._random.choice([-1, 1]))
        else:
            spot |= self._keyword(self._random.choice(_KEYWORDS[self._draft]), 1)
        return edited


def _schemas(value: Any) -> list[dict[str, Any]]:
    """Every object that may be a schema; data in `enum` and `const`, and maps from names, are not."""
    found: list[dict[str, Any]] = []
    stack = [(value, True)]
    while stack:
        item, is_schema = stack.pop()
        if isinstance(item, list):
            stack += [(part, True) for part in item]
        elif isinstance(item, dict):
            found += [item] if is_schema else []
            for key, part in item.items():
                if not (is_schema and key in ("enum", "const", "required", "dependentRequired", "type")):
                    named = ("properties", "patternProperties", "definitions", "dependentSchemas", "dependencies")
                    stack.append((part, not (is_schema and key in named)))
    return found
