"""Random JSON Schemas of every draft, documents to try on them, and their places."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import jsonschema_rs

from llmreg.formats.json.dialects import DIALECT_URIS, REF_IS_ALONE, subschemas, vocabulary

NAMES = ("a", "b", "c")
DATA: tuple[Any, ...] = (None, True, False, 0, 1, 2, 1.5, -1, "", "a", "ab", "b", [], [1], {}, {"a": 1})
VALIDATORS: dict[str, Any] = {
    "draft4": jsonschema_rs.Draft4Validator,
    "draft6": jsonschema_rs.Draft6Validator,
    "draft7": jsonschema_rs.Draft7Validator,
    "2019-09": jsonschema_rs.Draft201909Validator,
    "2020-12": jsonschema_rs.Draft202012Validator,
}
DOCUMENTS: tuple[Any, ...] = (
    *DATA,
    *({name: value} for name in "ab" for value in DATA[:11]),
    *([value] for value in DATA[:11]),
    *({"a": one, "b": two} for one in (0, "a", {}) for two in (0, "a", {})),
)
PATTERNS = ("^a", "b$", "^[ab]*$", "c")
TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
BRANCHES = ("anyOf", "oneOf", "allOf")


class Schemas:
    """Schemas of one draft from one source of randomness; `definitions` are shared by the whole document."""

    def __init__(self, source: random.Random, draft: str) -> None:
        self.random = source
        self.draft = draft
        self.known = vocabulary(draft)
        self.keyword = "$defs" if "$defs" in self.known and source.random() < 0.7 else "definitions"
        self.names: tuple[str, ...] = ()

    def document(self, *, recursive: bool = False) -> dict[str, Any]:
        """A whole document; its references go from earlier definitions to later ones, unless `recursive`."""
        names = ("X", "Y", "Z")[: self.random.randint(0, 3)]
        definitions: dict[str, Any] = {}
        for name in reversed(names):
            self.names = names if recursive else tuple(definitions)
            definitions[name] = self.schema(2, refers=not recursive, guarded=recursive)
        self.names = names
        root = self.schema(3)
        body = root if isinstance(root, dict) else {"not": {}} if root is False else {}
        if "$ref" in body and self.draft in REF_IS_ALONE:
            body = {"allOf": [body]}
        head = {"$schema": DIALECT_URIS[self.draft]}
        return head | body | ({self.keyword: definitions} if definitions else {})

    def schema(self, depth: int, *, refers: bool = True, guarded: bool = False) -> Any:
        """`refers`: may be a reference itself; `guarded`: references stand only below properties and items."""
        roll = self.random.random()
        if self.names and refers and roll < 0.25:
            target = {"$ref": f"#/{self.keyword}/{self.random.choice(self.names)}"}
            if self.draft in REF_IS_ALONE or self.random.random() < 0.7:
                return target
            return target | self.flat()
        if self.draft != "draft4" and roll > 0.97:
            return self.random.random() < 0.8
        if depth <= 0 or roll < 0.5:
            return self.flat()
        made = self.flat() if self.random.random() < 0.7 else {}
        for _ in range(self.random.randint(1, 2)):
            made |= self.nested(depth - 1, guarded)
        return made

    def flat(self) -> dict[str, Any]:
        pick, number = self.random.choice, self.random.randint
        options: list[Callable[[], dict[str, Any]]] = [
            lambda: {"type": pick(TYPES)},
            lambda: {"type": pick(TYPES)},
            lambda: {"type": self.random.sample(TYPES, 2)},
            lambda: {"enum": self.values()},
            lambda: {"minimum": number(0, 3)},
            lambda: {"maximum": pick((0, 1, 2.5, 3))},
            lambda: {"multipleOf": pick((1, 2, 0.5))},
            lambda: {"minLength": number(0, 2)},
            lambda: {"maxLength": number(0, 3)},
            lambda: {"pattern": pick(PATTERNS)},
            lambda: {"minItems": number(0, 2)},
            lambda: {"maxItems": number(0, 2)},
            lambda: {"uniqueItems": True},
            lambda: {"required": self.random.sample(NAMES, number(1, 2))},
            lambda: {"minProperties": number(0, 2)},
            lambda: {"maxProperties": number(0, 2)},
            lambda: {"const": pick(DATA)} if "const" in self.known else {},
            lambda: {"title": pick(("t", "u"))},
            lambda: {"description": pick(("d", "e"))},
            lambda: {"default": pick(DATA)},
        ]
        made: dict[str, Any] = {}
        for _ in range(number(1, 2)):
            made |= pick(options)()
        return made

    def values(self) -> list[Any]:
        chosen: list[Any] = []
        for value in self.random.sample(DATA, self.random.randint(1, 3)):
            if all(repr(value) != repr(other) for other in chosen):
                chosen.append(value)
        return chosen

    def nested(self, depth: int, guarded: bool) -> dict[str, Any]:
        def below() -> Any:
            return self.schema(depth)

        def beside() -> Any:
            return self.schema(depth, refers=not guarded, guarded=guarded)

        pick, known = self.random.choice, self.known
        options: list[Callable[[], dict[str, Any]]] = [
            lambda: {"properties": {name: below() for name in self.random.sample(NAMES, self.random.randint(1, 3))}},
            lambda: {"properties": {name: below() for name in self.random.sample(NAMES, self.random.randint(1, 3))}},
            lambda: {"additionalProperties": pick((False, True, below()))},
            lambda: {"patternProperties": {pick(PATTERNS): below()}},
            lambda: {"items": below()},
            lambda: {pick(BRANCHES): [beside() for _ in range(self.random.randint(1, 3))]},
            lambda: {pick(BRANCHES): [beside() for _ in range(self.random.randint(1, 3))]},
            lambda: {"not": beside()},
        ]
        if "contains" in known:
            options += [lambda: {"contains": below()}, lambda: {"propertyNames": self.flat()}]
        if "if" in known:
            options.append(lambda: {"if": beside(), "then": beside(), "else": beside()})
        if "dependentSchemas" in known:
            options.append(lambda: {"dependentSchemas": {pick(NAMES): beside()}})
            options.append(lambda: {"unevaluatedProperties": pick((False, below()))})
            options.append(lambda: {"dependentRequired": {pick(NAMES): [pick(NAMES)]}})
        else:
            options.append(lambda: {"dependencies": {pick(NAMES): pick(([pick(NAMES)], beside()))}})
        if "prefixItems" in known:
            options.append(lambda: {"prefixItems": [below() for _ in range(self.random.randint(1, 2))]})
        else:
            options.append(lambda: {"items": [below()], "additionalItems": below()})
        return pick(options)()

    def mutated(self, document: dict[str, Any]) -> dict[str, Any]:
        """The document with one schema object changed: a keyword less, one more, or one with another value."""
        self.names = tuple(document.get(self.keyword, {}))
        places = [place for place in places_of(document, self.draft) if place]
        if not places or self.random.random() < 0.3:
            return self._edited(document) | {"$schema": document["$schema"]}
        return replaced(document, self.random.choice(places), self._edited)

    def _edited(self, schema: dict[str, Any]) -> dict[str, Any]:
        made = dict(schema)
        free = [name for name in made if name not in ("$schema", "$ref", self.keyword)]
        if free and self.random.random() < 0.4:
            del made[self.random.choice(free)]
        return made if "$ref" in made and self.draft in REF_IS_ALONE else made | self.flat()


def places_of(document: Any, draft: str) -> list[tuple[str | int, ...]]:
    """The paths of all schema objects that judge something, through references, each once."""
    found: dict[tuple[str | int, ...], None] = {}
    todo: list[tuple[str | int, ...]] = [()]
    while todo:
        path = todo.pop()
        schema = at(document, path)
        if path in found or not isinstance(schema, dict):
            continue
        found[path] = None
        if "$ref" in schema:
            todo.append(tuple(schema["$ref"].removeprefix("#/").split("/")))
        below = [] if "$ref" in schema and draft in REF_IS_ALONE else list(subschemas(schema, draft))
        todo += [path + inside for row, inside, _ in below if row.name not in ("$defs", "definitions")]
    return list(found)


def at(document: Any, path: tuple[str | int, ...]) -> Any:
    """The value at a path."""
    for step in path:
        document = document[step]
    return document


def replaced(document: Any, path: tuple[str | int, ...], change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """The document with the schema object at `path` changed."""
    if not path:
        return change(document)
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[path[0]] = replaced(copy[path[0]], path[1:], change)
    return copy
