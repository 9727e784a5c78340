"""From the JSON value of a schema to its graph of types; every defect is reported with its place.

Two grades of defect: without some of them no type can be built (`refuse`); the others only break a rule that keeps
schemas portable (`complain`), and a version that was registered before the rule existed stays readable.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from llmreg.formats.avro.logical import logical_type
from llmreg.formats.avro.names import is_full_name, is_name, qualify, referred
from llmreg.formats.avro.types import (
    NO_DEFAULT,
    PRIMITIVES,
    Array,
    Enum,
    Field,
    Fixed,
    Map,
    Named,
    Primitive,
    Record,
    Type,
    Union,
)
from llmreg.model.pointer import join
from llmreg.model.problem import Problem

_T = TypeVar("_T", bound=Type)
_MAX_SIZE = (1 << 31) - 1
_NAME_RULE = "letters, digits and '_' only, and no digit first"
_NAME_AND_TYPE = 2  # attributes that every field has
_ORDERS = ("ascending", "descending", "ignore")


class Builder:
    """Reads one schema. `names` starts with the types that references bring and grows as the text defines more."""

    def __init__(self, names: Mapping[str, Named], *, home: object, strict: bool) -> None:
        self.names = dict(names)
        self.borrowed = names
        self.home = home
        self.strict = strict
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.used: dict[str, str] = {}
        self.defaulted: list[Field] = []

    def refuse(self, code: str, message: str, pointer: str, hint: str | None = None) -> None:
        """A defect that leaves no type to work with."""
        self.problems.append(Problem(code, message, pointer, hint=hint))

    def complain(self, code: str, message: str, pointer: str, hint: str | None = None) -> None:
        """A defect of a new schema that an old one may have."""
        (self.problems if self.strict else self.warnings).append(Problem(code, message, pointer, hint=hint))

    def warn(self, code: str, message: str, pointer: str, hint: str | None = None) -> None:
        """Legal, but surely not meant."""
        self.warnings.append(Problem(code, message, pointer, hint=hint))

    def type_at(self, value: Any, pointer: str, namespace: str) -> Type:
        """The type that a JSON value describes."""
        if isinstance(value, str):
            known = value in PRIMITIVES
            return Primitive(value, pointer, self.home) if known else self._referred(value, pointer, namespace)
        if isinstance(value, list):
            return self._union(value, pointer, namespace)
        if isinstance(value, dict):
            return self._object(value, pointer, namespace)
        self.refuse("type-form", "a type is a name, an object or an array of types", pointer)
        return self._nothing(pointer)

    def _nothing(self, pointer: str) -> Type:
        """Stands in for a type that could not be read; it is never seen, because a problem was reported."""
        return Primitive("null", pointer, self.home)

    def _referred(self, text: str, pointer: str, namespace: str) -> Type:
        name = referred(text, namespace)
        if name in PRIMITIVES:
            return Primitive(name, pointer, self.home)
        self.used.setdefault(name, pointer)
        if name in self.names:
            return self.names[name]
        alike = sorted(known for known in self.names if known.rpartition(".")[2] == name.rpartition(".")[2])
        hint = f"did you mean {', '.join(alike)}?" if alike else None
        hint = hint or "define it before its first use, or name the subject it comes from under references:"
        self.refuse("type-unknown", f"no type is called {name!r} here", pointer, hint)
        return self._nothing(pointer)

    def _union(self, value: list[Any], pointer: str, namespace: str) -> Type:
        if not value:
            self.complain("union-empty", "a union without branches holds nothing", pointer)
        branches = tuple([self.type_at(item, f"{pointer}/{at}", namespace) for at, item in enumerate(value)])
        labels = {branch.label() for branch in branches}
        if len(labels) != len(branches) or "union" in labels:
            self._check_branches(branches, pointer)
        return Union("union", pointer, self.home, branches=branches)

    def _check_branches(self, branches: tuple[Type, ...], pointer: str) -> None:
        seen: set[str] = set()
        for index, branch in enumerate(branches):
            if isinstance(branch, Union):
                self.refuse("union-nested", "a union cannot stand directly in a union", f"{pointer}/{index}")
            elif branch.label() in seen and not self.problems:
                message = f"a second branch {branch.label()!r} in one union"
                self.refuse("branch-duplicate", message, f"{pointer}/{index}")
            seen.add(branch.label())

    def _object(self, value: dict[str, Any], pointer: str, namespace: str) -> Type:
        kind = value.get("type")
        if not isinstance(kind, str):
            return self._nested(value, pointer, namespace)
        if kind in PRIMITIVES:
            return self._logical(Primitive(kind, pointer, self.home), value)
        match kind:
            case "record" | "error":
                return self._record(value, pointer, namespace)
            case "enum":
                return self._enum(value, pointer, namespace)
            case "fixed":
                return self._fixed(value, pointer, namespace)
            case "array":
                items = self._part(value, "items", pointer, namespace)
                return self._logical(Array("array", pointer, self.home, items=items), value)
            case "map":
                values = self._part(value, "values", pointer, namespace)
                return self._logical(Map("map", pointer, self.home, values=values), value)
        return self._referred(kind, join(pointer, "type"), namespace)

    def _nested(self, value: dict[str, Any], pointer: str, namespace: str) -> Type:
        """`{"type": {…}}`: no type by the specification, but Java reads it and so may an old version hold it."""
        if "type" not in value:
            self.refuse("type-missing", "the object has no `type`", pointer)
            return self._nothing(pointer)
        place = join(pointer, "type")
        self.complain("type-form", "`type` is a name here; write its value in place of the object", place)
        return self.type_at(value["type"], place, namespace)

    def _part(self, value: dict[str, Any], key: str, pointer: str, namespace: str) -> Type:
        if key not in value:
            self.refuse(f"{key}-missing", f"the {value['type']} has no `{key}`", pointer)
            return self._nothing(pointer)
        return self.type_at(value[key], f"{pointer}/{key}", namespace)

    def _logical(self, type_: _T, value: dict[str, Any]) -> _T:
        if "logicalType" not in value:
            return type_
        size = type_.size if isinstance(type_, Fixed) else None
        type_.logical, ignored = logical_type(value, type_.kind, size)
        if ignored:
            self.warn("logical-type-ignored", f"the logical type has no effect: {ignored}", type_.pointer)
        return type_

    def _name(self, value: dict[str, Any], pointer: str, namespace: str) -> str:
        """The full name of a definition."""
        name = value.get("name")
        if not isinstance(name, str) or not name:
            self.refuse("name-missing", f"the {value['type']} has no `name`", pointer)
            return ""
        if "namespace" in value:
            namespace = self._namespace(value["namespace"], pointer)
        full = qualify(name, namespace)
        if not is_name(name) and not is_full_name(name):
            self.complain("name-invalid", f"{name!r} is no name: {_NAME_RULE}", join(pointer, "name"))
        if full in PRIMITIVES:
            self.refuse("name-reserved", f"{full!r} is the name of a primitive type", join(pointer, "name"))
        return full

    def _namespace(self, text: Any, pointer: str) -> str:
        if not isinstance(text, str):
            self.refuse("namespace-form", "`namespace` is a string", join(pointer, "namespace"))
            return ""
        if text and not is_full_name(text):
            self.complain("namespace-invalid", f"{text!r} is no namespace: names with dots between them", pointer)
        return text

    def _define(self, type_: Named, value: dict[str, Any]) -> None:
        """Enter a named type into the table, with its aliases and its text."""
        if type_.name in self.names:
            where = "a reference brings it" if type_.name in self.borrowed else "defined before"
            self.refuse("name-redefined", f"{type_.name!r} is defined twice ({where})", join(type_.pointer, "name"))
        if "aliases" in value:
            aliases = self._strings(value, "aliases", type_.pointer)
            for index, alias in enumerate(aliases):
                if not is_full_name(alias):
                    self.complain("alias-invalid", f"{alias!r} is no name", join(type_.pointer, "aliases", index))
            type_.aliases = frozenset(qualify(alias, type_.namespace) for alias in aliases)
        if "doc" in value:
            type_.doc = self._doc(value, type_.pointer)
        if type_.name:
            self.names[type_.name] = type_

    def _doc(self, value: dict[str, Any], pointer: str) -> str:
        doc = value.get("doc", "")
        if not isinstance(doc, str):
            self.complain("doc-form", "`doc` is a string", join(pointer, "doc"))
            return ""
        return doc

    def _strings(self, value: dict[str, Any], key: str, pointer: str) -> list[str]:
        items = value.get(key, [])
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            self.refuse(f"{key}-form", f"`{key}` is an array of strings", join(pointer, key))
            return []
        return items

    def _fixed(self, value: dict[str, Any], pointer: str, namespace: str) -> Type:
        size = value.get("size")
        if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= _MAX_SIZE:
            self.refuse("size-invalid", f"`size` is a number of bytes from 0 to {_MAX_SIZE}", pointer)
            size = 0
        name = self._name(value, pointer, namespace)
        type_ = Fixed("fixed", pointer, self.home, name=name, size=size)
        self._define(type_, value)
        return self._logical(type_, value)

    def _enum(self, value: dict[str, Any], pointer: str, namespace: str) -> Type:
        symbols = self._strings(value, "symbols", pointer)
        if not symbols:
            self.complain("symbols-missing", "the enum has no symbols", pointer)
        for index, symbol in enumerate(symbols):
            if not is_name(symbol):
                message = f"{symbol!r} is no symbol: {_NAME_RULE}"
                self.complain("symbol-invalid", message, join(pointer, "symbols", index))
        for index in _repeated(symbols):
            message = f"the symbol {symbols[index]!r} stands twice"
            self.refuse("symbol-duplicate", message, join(pointer, "symbols", index))
        default = value.get("default")
        if default is not None and default not in symbols:
            self.complain("enum-default-unknown", "`default` is not one of the symbols", join(pointer, "default"))
            default = None
        name = self._name(value, pointer, namespace)
        type_ = Enum("enum", pointer, self.home, name=name, symbols=tuple(symbols), default=default)
        self._define(type_, value)
        return self._logical(type_, value)

    def _record(self, value: dict[str, Any], pointer: str, namespace: str) -> Type:
        type_ = Record("record", pointer, self.home, name=self._name(value, pointer, namespace))
        self._define(type_, value)
        texts = value.get("fields")
        if not isinstance(texts, list):
            self.refuse("fields-missing", "the record has no array `fields`", pointer)
            texts = []
        space = type_.namespace
        fields = [self._field(text, f"{pointer}/fields/{at}", space) for at, text in enumerate(texts)]
        type_.fields = tuple(fields)
        type_.aliased = any(field.aliases for field in fields)
        type_.by_name = {field.name: field for field in fields}
        if len(type_.by_name) != len(fields):
            for index in _repeated([field.name for field in fields]):
                self.refuse("field-duplicate", f"a second field `{fields[index].name}`", fields[index].pointer)
        return self._logical(type_, value)

    def _field(self, text: Any, pointer: str, namespace: str) -> Field:
        value = text if isinstance(text, dict) else {}
        name = value.get("name")
        if not isinstance(name, str) or not name:
            self.refuse("field-form", "a field is an object with a `name` and a `type`", pointer)
            name = pointer  # unlike every other field's name, so that no duplicate is reported
        elif not is_name(name):
            self.complain("name-invalid", f"{name!r} is no field name: {_NAME_RULE}", join(pointer, "name"))
        if value and "type" not in value:
            self.refuse("type-missing", f"the field `{name}` has no `type`", pointer)
        type_ = self.type_at(value.get("type", "null"), f"{pointer}/type", namespace)
        field = Field(name, type_, pointer, self.home, value.get("default", NO_DEFAULT))
        if len(value) > _NAME_AND_TYPE:
            self._field_attributes(field, value)
        return field

    def _field_attributes(self, field: Field, value: dict[str, Any]) -> None:
        pointer = field.pointer
        if value.get("order", "ascending") not in _ORDERS:
            self.complain("order-invalid", f"`order` is one of {', '.join(_ORDERS)}", join(pointer, "order"))
        if "aliases" in value:
            aliases = self._strings(value, "aliases", pointer)
            for index, alias in enumerate(aliases):
                if not is_name(alias):
                    self.complain("alias-invalid", f"{alias!r} is no field name", join(pointer, "aliases", index))
            field.aliases = tuple(aliases)
        if "doc" in value:
            field.doc = self._doc(value, pointer)
        if field.default is not NO_DEFAULT:
            self.defaulted.append(field)


def _repeated(texts: list[str]) -> list[int]:
    if len(set(texts)) == len(texts):
        return []
    seen: set[str] = set()
    repeated = []
    for index, text in enumerate(texts):
        if text in seen:
            repeated.append(index)
        seen.add(text)
    return repeated
