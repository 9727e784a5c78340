"""Where an error of jsonschema-rs is: pointers into the document, and into the schema as it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from llmreg.formats.json.canonical import canonical
from llmreg.formats.json.index import build
from llmreg.model.pointer import join, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from llmreg.formats.json.schema import JsonSchema

_Key = tuple[str, tuple[str, ...], tuple[str, ...]]


class Places:
    """The places of the errors that one document gave."""

    def __init__(self, schema: JsonSchema, compiled: Any, document: Any) -> None:
        self._schema = schema
        self._repairs: Mapping[_Key, list[tuple[str, str]]] = {}
        if _has_empty_key(document) or b'"":' in canonical(schema.document):
            self._repairs = _by_key(compiled.evaluate(document).errors())

    def of(self, error: Any) -> tuple[str, str]:
        """Pointer into the document, pointer into the schema (`llmreg:…#…` where that is a pinned document)."""
        location = error.absolute_keyword_location or join("", *error.schema_path)
        written = self._repairs.get(_key(error.message, join("", *error.instance_path), location))
        if written:
            place, location = written.pop(0)
            return place, self._written(location)
        return join("", *error.instance_path), self._written(location)

    def _written(self, location: str) -> str:
        """A location relative to some resource as a pointer into the document that holds the resource."""
        uri, mark, fragment = location.partition("#")
        if not mark:
            return location
        pointer = unquote(fragment)
        own = self._schema.index.resources.get(uri)
        if own is not None:
            return own.pointer + pointer
        for pinned, resource in self._schema.resources.items():
            if uri == pinned:
                return f"{pinned}#{pointer}"
            inside = build(resource.document, resource.draft).resources.get(uri)
            if inside is not None:
                return f"{pinned}#{inside.pointer}{pointer}"
        return pointer


def _by_key(entries: Iterable[Any]) -> dict[_Key, list[tuple[str, str]]]:
    """jsonschema-rs drops empty keys from the paths of `iter_errors`, but not from those of `evaluate`."""
    found: dict[_Key, list[tuple[str, str]]] = {}
    for entry in entries:
        place, location = entry["instanceLocation"], entry["schemaLocation"]
        found.setdefault(_key(entry["error"], place, location), []).append((place, location))
    return found


def _key(message: str, place: str, location: str) -> _Key:
    pointer = unquote(location.partition("#")[2]) if "#" in location else location
    return message, tuple(filter(None, split(place))), tuple(filter(None, split(pointer)))


def _has_empty_key(document: Any) -> bool:
    stack = [document]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            if "" in value:
                return True
            stack += value.values()
        elif isinstance(value, (list, tuple)):
            stack += value
    return False
