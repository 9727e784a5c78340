"""Random JSON Schemas of every draft, and rewrites of them that change no document."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from llmreg.formats.json.dialects import DIALECT_URIS, REF_IS_ALONE, subschemas, vocabulary

NAMES = ("a", "b", "c")
DATA: tuple[Any, ...] = (None, True, False, 0, 1, 2, 1.5, -1, "", "a", "ab", "b", [], [1], {}, {"a": 1})
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


class Rewriter:
    """Rewrites of a document that change no document, by what they may be told as: nothing, or another order."""

    def __init__(self, source: random.Random, draft: str) -> None:
        self.random = source
        self.draft = draft
        self.known = vocabulary(draft)

    def through(self, document: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
        """The document with `change` applied to every schema object, the inner ones first; data is left alone."""
        return self._through(document, change)

    def _through(self, schema: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
        if not isinstance(schema, dict):
            return schema
        return change({name: self._inside(name, value, change) for name, value in schema.items()})

    def _inside(self, name: str, value: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
        row = self.known.get("definitions" if name == "$defs" else name)
        shape = row.shape if row else ""
        if shape in ("schema", "schema-or-list") and not isinstance(value, list):
            return self._through(value, change)
        if shape in ("schema-list", "schema-or-list") and isinstance(value, list):
            return [self._through(item, change) for item in value]
        if shape in ("schema-map", "dependencies") and isinstance(value, dict):
            return {key: item if isinstance(item, list) else self._through(item, change) for key, item in value.items()}
        return value

    def reordered_keys(self, document: Any) -> Any:
        """Keywords in another order; properties, enums and branches stay as they are."""

        def shuffled(schema: dict[str, Any]) -> dict[str, Any]:
            keys = list(schema)
            self.random.shuffle(keys)
            return {key: schema[key] for key in keys}

        return self.through(document, shuffled)

    def dialect(self, document: Any) -> Any:
        """`$schema` with the other scheme, or the other end."""
        uri = document["$schema"]
        uri = uri.rstrip("#") if self.random.random() < 0.5 else uri.rstrip("#") + "#"
        scheme = self.random.choice(("http", "https"))
        return {**document, "$schema": f"{scheme}:{uri.partition(':')[2]}"}

    def wrapped(self, document: Any) -> Any:
        """`$ref` as `allOf: [{$ref}]`, some of them."""

        def wrap(schema: dict[str, Any]) -> dict[str, Any]:
            alone = self.draft not in REF_IS_ALONE or len(schema) == 1
            if "$ref" not in schema or "allOf" in schema or not alone or self.random.random() < 0.5:
                return schema
            return {
                "allOf" if name == "$ref" else name: [{"$ref": value}] if name == "$ref" else value
                for name, value in schema.items()
            }

        return self.through(document, wrap)

    def renamed_container(self, document: Any) -> Any:
        """`definitions` as `$defs`, or back."""
        old, new = ("definitions", "$defs") if "definitions" in document else ("$defs", "definitions")

        def rename(schema: dict[str, Any]) -> dict[str, Any]:
            if "$ref" in schema:
                schema = {**schema, "$ref": schema["$ref"].replace(f"#/{old}/", f"#/{new}/")}
            return schema

        renamed = self.through(document, rename)
        return {new if name == old else name: value for name, value in renamed.items()}

    def renamed_definitions(self, document: Any, suffix: str = "New") -> Any:
        """Every definition under another name."""
        container = "definitions" if "definitions" in document else "$defs"

        def rename(schema: dict[str, Any]) -> dict[str, Any]:
            return {**schema, "$ref": schema["$ref"] + suffix} if "$ref" in schema else schema

        renamed = self.through(document, rename)
        if container in renamed:
            renamed[container] = {f"{name}{suffix}": value for name, value in renamed[container].items()}
        return renamed

    def moved(self, document: dict[str, Any], suffix: str) -> Any:
        """The document with its definitions in `definitions`, each name with the suffix."""
        if "$defs" in document:
            document = self.renamed_container(document)
        return self.renamed_definitions(document, suffix)

    def inlined(self, document: Any) -> Any:
        """References that stand alone, written out; only for documents without recursion."""
        container = "definitions" if "definitions" in document else "$defs"
        targets = document.get(container, {})

        def inline(schema: dict[str, Any]) -> dict[str, Any]:
            if "$ref" not in schema or len(schema) > 1 or self.random.random() < 0.3:
                return schema
            target = targets[schema["$ref"].rpartition("/")[2]]
            if isinstance(target, bool):
                return schema
            again: dict[str, Any] = self.through(target, inline)
            return again

        return self.through(document, inline)

    def constants(self, document: Any) -> Any:
        """`const` as an `enum` of one value, or back."""

        def swap(schema: dict[str, Any]) -> dict[str, Any]:
            if "const" not in self.known or {"const", "enum"} <= schema.keys():
                return schema
            made: dict[str, Any] = {}
            for name, value in schema.items():
                if name == "const" and self.random.random() < 0.7:
                    made["enum"] = [value]
                elif name == "enum" and len(value) == 1 and self.random.random() < 0.7:
                    made["const"] = value[0]
                else:
                    made[name] = value
            return made

        return self.through(document, swap)

    def reordered(self, document: Any) -> Any:
        """Properties, enums, unions and `required` in another order."""

        def shuffle(schema: dict[str, Any]) -> dict[str, Any]:
            made = dict(schema)
            for name in ("properties", "enum", "anyOf", "oneOf", "allOf", "required"):
                if name in made:
                    members = list(made[name].items() if isinstance(made[name], dict) else made[name])
                    self.random.shuffle(members)
                    made[name] = dict(members) if isinstance(made[name], dict) else members
            return made

        return self.through(document, shuffle)
