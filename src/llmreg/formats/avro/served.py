"""What Schema Registry clients are given of an Avro schema: the text as Apache Avro's Java library prints it.

Source: `Schema.toString` of Apache Avro 1.12: `type`, `name`, `namespace` where it is another than around it, `doc`,
what belongs to the type, other attributes in their order, `aliases` last; a plain primitive is its name alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from llmreg.formats.avro.schema import AvroSchema
from llmreg.formats.avro.types import PRIMITIVES
from llmreg.model import jsontext, lexemes

_RESERVED: Final = frozenset(
    {"doc", "fields", "items", "name", "namespace", "size", "symbols", "values", "type", "aliases"}
)
_FIELD_RESERVED: Final = frozenset({"default", "doc", "name", "order", "type", "aliases"})
_RECORDS: Final = frozenset({"record", "error"})
_NAMED: Final = _RECORDS | {"enum", "fixed"}
_PART: Final = {"array": "items", "map": "values"}
_Definitions = Mapping[str, tuple[dict[str, Any], str]]  # by full name: the type, and the namespace that it stands in


def served(data: bytes) -> bytes:
    """Compact text; types of referenced schemas stand there by name."""
    return _print(data, {})


def resolved(schema: AvroSchema) -> bytes:
    """The text with every referenced type written out where it is first used."""
    definitions: dict[str, tuple[dict[str, Any], str]] = {}
    for each in _closure(schema):
        for full, node, space in _defined(_value(each.data), ""):
            definitions.setdefault(full, (node, space))
    return _print(schema.data, definitions)


def same(posted: AvroSchema, registered: AvroSchema) -> bool:
    """Whether both are one content: with the same references, or one of them with its references written out."""
    if posted.references == registered.references and served(posted.data) == served(registered.data):
        return True
    return bool(registered.references) and resolved(posted) == resolved(registered)


def _print(data: bytes, definitions: _Definitions) -> bytes:
    return lexemes.write(_Printer(definitions).type(_value(data), "", "")).encode()


def _value(data: bytes) -> Any:
    return lexemes.read(jsontext.decode(data))


def _closure(schema: AvroSchema) -> Iterator[AvroSchema]:
    for each in schema.imports:
        yield each
        yield from _closure(each)


def _defined(value: Any, space: str) -> Iterator[tuple[str, dict[str, Any], str]]:
    """(full name, type, enclosing namespace) of every named type in a text."""
    if isinstance(value, list):
        for item in value:
            yield from _defined(item, space)
    elif isinstance(value, dict):
        inner = space
        if value.get("type") in _NAMED:
            inner, name = _split(value, space)
            yield (f"{inner}.{name}" if inner else name), value, space
        for part in _parts(value):
            yield from _defined(part, inner)


def _parts(value: Mapping[str, Any]) -> Iterable[Any]:
    """What stands in a type; an attribute that another kind of type would have is no part of this one."""
    kind = value.get("type")
    if isinstance(kind, (dict, list)):
        yield kind
    elif kind in _RECORDS:
        yield from (item["type"] for item in value.get("fields", ()))
    elif kind in _PART and _PART[kind] in value:
        yield value[_PART[kind]]


def _split(value: Mapping[str, Any], space: str) -> tuple[str, str]:
    """(namespace, short name) of a named type."""
    name = str(value["name"])
    if "." in name:
        space, _, name = name.rpartition(".")
        return space, name
    return str(value.get("namespace", space) or ""), name


class _Printer:
    def __init__(self, definitions: _Definitions) -> None:
        self._definitions = definitions
        self._written: set[str] = set()

    def type(self, value: Any, space: str, around: str) -> Any:
        """`space` is the namespace in which names are looked up, `around` that of what was written around it."""
        if isinstance(value, str):
            return self._name(value, space, around)
        if isinstance(value, list):
            return [self.type(item, space, around) for item in value]
        kind = value["type"]
        if not isinstance(kind, str):
            return self.type(kind, space, around)
        if kind in _NAMED:
            return self._named(value, space, around)
        if kind not in PRIMITIVES and kind not in {"array", "map"}:
            return self._name(kind, space, around)
        text = {"type": kind}
        if kind in _PART and _PART[kind] in value:
            text[_PART[kind]] = self.type(value[_PART[kind]], space, around)
        text |= _others(value, _RESERVED)
        return kind if len(text) == 1 else text

    def _name(self, name: str, space: str, around: str) -> Any:
        if name in PRIMITIVES:
            return name
        full = name if "." in name or not space else f"{space}.{name}"
        found = self._definitions.get(full) or self._definitions.get(name)
        if found and (full if full in self._definitions else name) not in self._written:
            return self._named(found[0], found[1], around)
        return _short(full if "." in name or found else name, around)

    def _named(self, value: Mapping[str, Any], space: str, around: str) -> dict[str, Any]:
        inner, name = _split(value, space)
        self._written.add(f"{inner}.{name}" if inner else name)
        text: dict[str, Any] = {"type": value["type"], "name": name}
        if inner != around:
            text["namespace"] = inner
        text |= {key: value[key] for key in ("doc",) if key in value}
        if value["type"] in _RECORDS and "fields" in value:
            text["fields"] = [self._field(item, inner) for item in value["fields"]]
        own = ("symbols", "default") if value["type"] == "enum" else ("size",)
        text |= {key: value[key] for key in own if key in value}
        text |= _others(value, _RESERVED)
        if value.get("aliases"):
            text["aliases"] = [
                _short(alias if "." in alias or not inner else f"{inner}.{alias}", inner) for alias in value["aliases"]
            ]
        return text

    def _field(self, value: Mapping[str, Any], space: str) -> dict[str, Any]:
        text = {"name": value["name"], "type": self.type(value["type"], space, space)}
        text |= {key: value[key] for key in ("doc", "default") if key in value}
        if value.get("order", "ascending") != "ascending":
            text["order"] = value["order"]
        if value.get("aliases"):
            text["aliases"] = value["aliases"]
        return text | _others(value, _FIELD_RESERVED)


def _others(value: Mapping[str, Any], reserved: frozenset[str]) -> dict[str, Any]:
    return {key: item for key, item in value.items() if key not in reserved}


def _short(full: str, space: str) -> str:
    """A full name as it is written inside `space`."""
    inner, _, name = full.rpartition(".")
    return name if inner and inner == space and name not in PRIMITIVES else full
