"""Both documents without what surely cannot matter: optional properties that mean the same on both sides.

Where an object is judged by its own schema alone, a document breaks the reader with such a property exactly if it
breaks it without. So the property may be left out of both schemas (or be forbidden by both, where others would speak
of it then): the same documents without it are written and refused as before, under the same places and keywords.
"""

from __future__ import annotations

from typing import Any, Final

from llmreg.formats.json.dialects import ANNOTATIONS
from llmreg.formats.json.inclusion.answers import Side
from llmreg.formats.json.schema import JsonSchema
from llmreg.formats.json.sight.alike import DEFINITIONS, alike, definitions

# What judges members by their own names and values, or no members at all: it says the same of an object without one.
_SIMPLE: Final = ANNOTATIONS | frozenset((
    "$schema", "$id", "$defs", "definitions", "type", "properties", "required", "items", "additionalProperties", "enum",
    "const", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength",
    "maxLength", "pattern", "minItems", "maxItems", "uniqueItems",
))  # fmt: skip
_MANY: Final = 8  # subschemas; smaller documents are read sooner than trimmed
_LINK: Final = ANNOTATIONS | {"$ref"}


def trimmed(writer: JsonSchema, reader: JsonSchema) -> tuple[Any, Any]:
    """The two documents, trimmed as far as they can be."""
    side_by_side = alike(writer, reader)
    if side_by_side.trimmed is None:
        side_by_side.trimmed = writer.document, reader.document
        if side_by_side.comparable and min(len(writer.index.nodes), len(reader.index.nodes)) >= _MANY:
            side_by_side.trimmed = _Trimmer(writer, reader).documents()
    return side_by_side.trimmed


def sides(writer: JsonSchema, reader: JsonSchema, *, closed: tuple[bool, bool]) -> tuple[Side, Side]:
    """The two sides of a question, without what surely cannot matter."""
    documents = trimmed(writer, reader)
    one, other = (
        Side(document, schema.draft, shut, schema.resources)
        for document, schema, shut in zip(documents, (writer, reader), closed, strict=True)
    )
    return one, other


class _Trimmer:
    """Walks both documents at once, along the places where a schema judges its value alone. A definition is trimmed
    where all that refers to it is walked and leads to the definition of the same name on the other side."""

    def __init__(self, writer: JsonSchema, reader: JsonSchema) -> None:
        self._roots = writer.document, reader.document
        self._alike = alike(writer, reader)
        self._refers = writer.refers or reader.refers
        self._definitions = tuple(definitions(root) for root in self._roots) if self._refers else ({}, {})
        self._known = frozenset(self._alike.judging)
        # Definitions that must stay as they are, on each side, and those that were met in pairs.
        self._whole: tuple[set[str], set[str]] = set(), set()
        self._pairs: dict[str, tuple[Any, Any]] = {}

    def documents(self) -> tuple[Any, Any]:
        one, other = self._roots
        body = self._pair(one, other)
        todo = list(self._pairs)
        while todo:
            name = todo.pop()
            known = len(self._pairs)
            self._pairs[name] = self._pair(*(side.get(name) for side in self._definitions))
            todo += list(self._pairs)[known:]
        self._close()
        if "#" in self._whole[0] | self._whole[1] or "#" in self._pairs:
            return self._roots
        return self._assembled(0, body[0]), self._assembled(1, body[1])

    def _close(self) -> None:
        """What stays as it is keeps what it refers to as it is."""
        for side, names in enumerate(self._whole):
            todo = list(names)
            while todo:
                for name in self._alike.names(self._definitions[side].get(todo.pop())) - names:
                    names.add(name)
                    todo.append(name)

    def _assembled(self, side: int, body: Any) -> Any:
        """The root with the definitions that are still referred to."""
        if not isinstance(body, dict) or not self._refers:
            return body
        body = dict(body)
        for keyword in DEFINITIONS:
            if isinstance(body.get(keyword), dict):
                kept = {}
                for name, schema in body[keyword].items():
                    reference = f"#/{keyword}/{name}"
                    if reference in self._whole[side]:
                        kept[name] = schema
                    elif reference in self._pairs:
                        kept[name] = self._trimmed_definition(side, reference)
                body[keyword] = kept
        return body

    def _trimmed_definition(self, side: int, reference: str) -> Any:
        # Both sides or neither: what one side keeps, the other may have to answer.
        if reference in self._whole[0] or reference in self._whole[1]:
            return self._definitions[side][reference]
        return self._pairs[reference][side]

    def _keep(self, side: int, schema: Any) -> Any:
        """A schema as it is; the definitions in the root are looked at by themselves."""
        if self._refers and schema is self._roots[side] and isinstance(schema, dict):
            inside = [value for keyword, value in schema.items() if keyword not in DEFINITIONS]
            self._whole[side].update(*map(self._alike.names, inside), *([schema["$ref"]] if "$ref" in schema else []))
        elif self._refers:
            self._whole[side].update(self._alike.names(schema))
        return schema

    def _pair(self, one: Any, other: Any) -> tuple[Any, Any]:
        """Two schemas that each judge the same place alone."""
        if self._alike.same(one, other):
            kept = self._skeleton(one)
            return kept, kept
        if not (isinstance(one, dict) and isinstance(other, dict)):
            return self._keep(0, one), self._keep(1, other)
        if one.keys() <= _LINK and other.keys() <= _LINK and one.get("$ref") == other.get("$ref"):
            self._pairs.setdefault(one["$ref"], (True, True))
            return one, other
        if not (self._is_simple(one) and self._is_simple(other)):
            return self._keep(0, one), self._keep(1, other)
        return self._objects(one, other)

    def _objects(self, one: dict[str, Any], other: dict[str, Any]) -> tuple[Any, Any]:
        mine, others = dict(one), dict(other)
        members = one.get("properties", {}).keys() == other.get("properties", {}).keys()
        distinct = one.get("uniqueItems") is True or other.get("uniqueItems") is True
        for keyword, walked in (("items", not distinct), ("additionalProperties", members)):
            if keyword in one and keyword in other and walked:
                mine[keyword], others[keyword] = self._pair(one[keyword], other[keyword])
            else:
                self._keep(0, one.get(keyword))
                self._keep(1, other.get(keyword))
        if "properties" in one or "properties" in other:
            for side, members in zip((mine, others), self._members(one, other), strict=True):
                if "properties" in side:
                    side["properties"] = members
        return mine, others

    def _members(self, one: dict[str, Any], other: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        theirs, ours = one.get("properties", {}), other.get("properties", {})
        needed = {*one.get("required", ()), *other.get("required", ())}
        bounds = one.get("additionalProperties", True), other.get("additionalProperties", True)
        forbids = bounds[0] is not bounds[1] or not isinstance(bounds[0], bool)
        kept: tuple[dict[str, Any], dict[str, Any]] = {}, {}
        for name, schema in theirs.items():
            if name not in ours:
                kept[0][name] = self._keep(0, schema)
            elif name in needed or not self._alike.same(schema, ours[name]):
                kept[0][name], kept[1][name] = self._pair(schema, ours[name])
            elif forbids:
                kept[0][name] = kept[1][name] = self._never
        for name, schema in ours.items():
            if name not in theirs:
                kept[1][name] = self._keep(1, schema)
        return kept

    def _skeleton(self, schema: Any) -> Any:
        """A schema that means the same on both sides, without its optional properties."""
        if not isinstance(schema, dict) or not self._is_simple(schema):
            self._keep(1, schema)
            return self._keep(0, schema)
        return self._objects(schema, schema)[0]

    def _is_simple(self, schema: dict[str, Any]) -> bool:
        return is_simple(schema, self._known)

    @property
    def _never(self) -> Any:
        return False if "const" in self._known else {"not": {}}


def is_simple(schema: dict[str, Any], judging: frozenset[str]) -> bool:
    """Whether nothing but the keywords above judges a value, and no constant holds members."""
    if not all(keyword in _SIMPLE for keyword in schema if keyword in judging):
        return False
    if "enum" in schema or "const" in schema:
        constants = [*schema.get("enum", ()), schema.get("const")]
        if any(isinstance(value, (dict, list)) for value in constants):
            return False
    return not isinstance(schema.get("items"), list)
