"""What search looks through in a JSON Schema: its title, its properties and the names of its definitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llmreg.formats.interface import Symbol
from llmreg.formats.json.dialects import subschemas
from llmreg.formats.json.index import Index
from llmreg.model.pointer import join

_KINDS = {"properties": "field", "$defs": "type", "definitions": "type"}


def outline(index: Index) -> Iterator[Symbol]:
    """In document order; the root's title first."""
    for node in index.nodes.values():
        if node.pointer == "" and (_text(node.value, "title") or _text(node.value, "description")):
            yield Symbol("title", _text(node.value, "title"), "", _text(node.value, "description"))
        if not isinstance(node.value, dict) or _KINDS.keys().isdisjoint(node.value):
            continue
        for keyword, path, value in subschemas(node.value, node.draft):
            kind = _KINDS.get(keyword.name)
            if kind is not None:
                text = _text(value, "description") or _text(value, "title")
                yield Symbol(kind, str(path[-1]), join(node.pointer, *path), text)


def _text(schema: Any, name: str) -> str:
    found = schema.get(name, "") if isinstance(schema, dict) else ""
    return found if isinstance(found, str) else ""
