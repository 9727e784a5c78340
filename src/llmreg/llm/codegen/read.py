"""From a JSON Schema to types. What types cannot say is left open and noted, never narrowed: every document that the
schema accepts has the generated type, unless a note says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from llmreg.formats.json.schema import JsonSchema
from llmreg.llm.codegen.names import RESERVED, free, one_line, type_name
from llmreg.llm.codegen.types import (
    Alias,
    Anything,
    Field,
    ListOf,
    Literal,
    MapOf,
    Model,
    Module,
    Named,
    Scalar,
    Type,
    Union,
)
from llmreg.model.pointer import join, lookup

_ORDER = ("string", "integer", "number", "boolean", "array", "object", "null")
_LIMITS = {
    "string": ("minLength", "maxLength", "pattern"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("minItems", "maxItems"),
}
_ANNOTATIONS = ("title", "description", "default", "examples", "format", "deprecated", "readOnly", "writeOnly")
_NAMES = ("$schema", "$id", "id", "$comment", "$anchor", "$defs", "definitions")
_TYPES = ("type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "oneOf", "$ref")
_SAID = frozenset((*_ANNOTATIONS, *_NAMES, *_TYPES, *(limit for limits in _LIMITS.values() for limit in limits)))


def read(schema: JsonSchema, name: str) -> Module:
    """The types of a schema; `name` is the root's where the schema has no title."""
    reader = _Reader(schema)
    root = reader.named("", "", type_name(name))
    return Module(root.name, tuple(reader.definitions), tuple(reader.notes))


class _Reader:
    """`definitions` grow as types are met; a place that is referred to gets one name."""

    def __init__(self, schema: JsonSchema) -> None:
        self._schema = schema
        self._names: dict[tuple[str, str], Named] = {}
        self._taken: set[str] = set(RESERVED)
        self.definitions: list[Model | Alias] = []
        self.notes: list[str] = []

    def named(self, document: str, pointer: str, name: str) -> Named:
        """The definition of a place: `document` is "" or a pinned resource. Recursion ends here."""
        key = (document, pointer)
        if key not in self._names:
            value = lookup(self._document(document), pointer)
            title = value.get("title") if isinstance(value, dict) else None
            wanted = type_name(title) if isinstance(title, str) and title else name
            self._names[key] = Named(free(wanted, self._taken))
            self._define(self._names[key].name, _Place(self, document, pointer, value))
        return self._names[key]

    def _define(self, name: str, place: _Place) -> None:
        description = place.text("description")
        if place.is_model():
            self.definitions.append(place.model(name))
        else:
            self.definitions.append(Alias(name, place.type(name), description))

    def inline(self, place: _Place, name: str) -> Type:
        """The type of a place that has no name of its own; a model gets one."""
        if not place.is_model():
            return place.type(name)
        title = place.text("title")
        unique = free(type_name(title) if title else name, self._taken)
        self.definitions.append(place.model(unique))
        return Named(unique)

    def note(self, document: str, pointer: str, text: str) -> None:
        where = f"{document}#{pointer}" if document else pointer or "(root)"
        self.notes.append(one_line(f"{where}: {text}"))

    def resolve(self, document: str, reference: str) -> tuple[str, str] | None:
        """(document, pointer) of a `$ref`; None where it names something else than a place by pointer."""
        uri, _, fragment = reference.partition("#")
        target = uri or document
        if (fragment and not fragment.startswith("/")) or (uri and uri not in self._schema.resources):
            return None
        try:
            lookup(self._document(target), fragment)
        except (LookupError, ValueError):
            return None
        return target, fragment

    def _document(self, document: str) -> Any:
        return self._schema.resources[document].document if document else self._schema.document


class _Place:
    """One subschema: where it is, and what types say of it."""

    def __init__(self, reader: _Reader, document: str, pointer: str, value: Any) -> None:
        self._reader = reader
        self._document = document
        self._pointer = pointer
        self._value: Mapping[str, Any] = value if isinstance(value, dict) else {}
        self._never = value is False

    def text(self, key: str) -> str:
        found = self._value.get(key)
        return found if isinstance(found, str) else ""

    def is_model(self) -> bool:
        """An object with declared keys and nothing beside it that would need another type."""
        other = ("$ref", "enum", "const", "anyOf", "oneOf")
        declares = isinstance(self._value.get("properties"), dict)
        return declares and self._value.get("type", "object") == "object" and not any(k in self._value for k in other)

    def model(self, name: str) -> Model:
        self._note_unsaid()
        required = set(self._value.get("required", ()))
        fields = [
            self._field(name, key, self._below(("properties", key), value), key in required)
            for key, value in self._value["properties"].items()
        ]
        fields += [Field(key, Anything(), required=True) for key in sorted(required - set(self._value["properties"]))]
        extra = self._value.get("additionalProperties", True)
        if isinstance(extra, dict) and extra:
            self._note("`additionalProperties`: other keys may hold any value")
        return Model(name, tuple(fields), self.text("description"), closed=extra is False)

    def type(self, name: str) -> Type:
        self._note_unsaid()
        if self._never:
            self._note("`false` accepts nothing; read as any value")
            return Anything()
        if "$ref" in self._value:
            return self._referenced(name)
        if "const" in self._value:
            return self._literal((self._value["const"],))
        if "enum" in self._value:
            return self._literal(tuple(self._value["enum"]))
        for keyword in ("anyOf", "oneOf"):
            if keyword in self._value:
                return self._branches(keyword, name)
        return self._by_type(name)

    def _field(self, model: str, key: str, place: _Place, required: bool) -> Field:
        found = self._reader.inline(place, f"{model}{type_name(key)}")
        has = "default" in place._value and not required
        return Field(key, found, required, place.text("description"), has, place._value.get("default"))

    def _referenced(self, name: str) -> Type:
        found = self._reader.resolve(self._document, str(self._value["$ref"]))
        if found is None:
            self._note(f"`$ref` {self._value['$ref']!r} is not followed")
            return Anything()
        document, pointer = found
        last = pointer.rpartition("/")[2] or document.rpartition("@")[0].rpartition("/")[2] or name
        return self._reader.named(document, pointer, type_name(last))

    def _literal(self, values: tuple[Any, ...]) -> Type:
        if all(value is None or isinstance(value, (str, bool, int)) for value in values):
            return Literal(tuple(dict.fromkeys(values)) if not _mixed(values) else values)
        self._note("an `enum` or `const` of numbers with fractions, lists or objects: read as any value")
        return Anything()

    def _branches(self, keyword: str, name: str) -> Type:
        branches = self._value[keyword]
        options = [
            self._reader.inline(self._below((keyword, str(number)), branch), f"{name}Option{number + 1}")
            for number, branch in enumerate(branches)
        ]
        beside = {"properties", "required", "items", "type"} & set(self._value)
        if beside:
            self._note(f"{', '.join(f'`{key}`' for key in sorted(beside))} beside `{keyword}`")
        return options[0] if len(options) == 1 else Union(tuple(options))

    def _by_type(self, name: str) -> Type:
        said = self._value.get("type")
        names = [said] if isinstance(said, str) else list(said) if isinstance(said, list) else []
        if not names:
            return Anything()
        options = [self._one(type_, name) for type_ in sorted(names, key=_ORDER.index)]
        return options[0] if len(options) == 1 else Union(tuple(options))

    def _one(self, type_: str, name: str) -> Type:
        limits = {key: self._value[key] for key in _LIMITS.get(type_, ()) if key in self._value}
        if type_ == "array":
            items = self._value.get("items")
            if isinstance(items, list):
                self._note("`items` of one schema a place: read as a list of anything")
            item = (
                self._reader.inline(self._below(("items",), items), f"{name}Item")
                if isinstance(items, dict)
                else Anything()
            )
            return ListOf(item, limits)
        if type_ == "object":
            return self._map(name)
        return Scalar(type_, limits)

    def _map(self, name: str) -> Type:
        if isinstance(self._value.get("properties"), dict):
            value = {**self._value, "type": "object"}
            return self._reader.inline(_Place(self._reader, self._document, self._pointer, value), f"{name}Object")
        extra = self._value.get("additionalProperties", True)
        if isinstance(extra, dict) and extra:
            return MapOf(self._reader.inline(self._below(("additionalProperties",), extra), f"{name}Value"))
        return MapOf(Anything())

    def _below(self, path: Iterable[str], value: Any) -> _Place:
        return _Place(self._reader, self._document, join(self._pointer, *path), value)

    def _note_unsaid(self) -> None:
        for keyword in sorted(set(self._value) - _SAID):
            if not keyword.startswith("x-"):
                self._note(f"`{keyword}`")

    def _note(self, text: str) -> None:
        self._reader.note(self._document, self._pointer, text)


def _mixed(values: tuple[Any, ...]) -> bool:
    """Whether equal values of two types (1 and true) are among them."""
    return len(set(values)) != len(values)


def exact(value: Any) -> Any:
    """A JSON number as Python's own, for what is written into code."""
    return float(value) if isinstance(value, Decimal) else value
