"""Where two documents surely mean the same: what judges a value is written the same in both.

Most versions change little: what did not change need not be asked about. A No only means that more must be asked.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from llmreg.formats.json.dialects import ANNOTATIONS, REFERENCE_KEYWORDS, vocabulary
from llmreg.formats.json.localise_references import Spot
from llmreg.formats.json.schema import JsonSchema

_TO_DEFINITION: Final = re.compile(r"#(?:/(?:definitions|\$defs)/[^/]+)?")
_SILENT: Final = ANNOTATIONS | {"format", "contentEncoding", "contentMediaType", "contentSchema"}
_ONE: Final = frozenset({"schema", "schema-or-list", "schema-list"})
_MAPS: Final = frozenset({"schema-map", "dependencies"})


class Alike:
    """Two schemas side by side. Only documents of one draft, one resource and plain references to definitions are ever
    found alike: there a place means what is written in it, and what the definitions say."""

    def __init__(self, writer: JsonSchema, reader: JsonSchema) -> None:
        self._roots = writer.document, reader.document
        self._indexes = writer.index, reader.index
        self._known = vocabulary(writer.draft)
        self._judging = frozenset(self._known) - _SILENT | {"definitions", "$defs"}
        self._comparable = writer.draft == reader.draft and _is_plain(writer) and _is_plain(reader)
        self._seen: dict[tuple[int, int], bool] = {}
        self._definitions: bool | None = None

    def whole(self) -> bool:
        """Whether the two documents mean the same."""
        return self._comparable and self._same(*self._roots)

    def at(self, writer: Spot, reader: Spot) -> bool:
        """Whether the two places mean the same."""
        inside = writer.index is self._indexes[0] and reader.index is self._indexes[1]
        return self._comparable and inside and self._same(writer.schema, reader.schema) and self._same_definitions()

    def _same_definitions(self) -> bool:
        if self._definitions is None:
            one, other = (root if isinstance(root, dict) else {} for root in self._roots)
            names = ("definitions", "$defs")
            self._definitions = all(self._same_members(one.get(name), other.get(name)) for name in names)
        return self._definitions

    def _same(self, one: Any, other: Any) -> bool:
        """Of two schemas."""
        if not (isinstance(one, dict) and isinstance(other, dict)):
            return one is other  # booleans; all else is no schema
        key = id(one), id(other)
        if key not in self._seen:
            self._seen[key] = self._same_keywords(one, other)
        return self._seen[key]

    def _same_keywords(self, one: dict[str, Any], other: dict[str, Any]) -> bool:
        said = one.keys() & self._judging
        return said == other.keys() & self._judging and all(
            self._same_value(name, one[name], other[name]) for name in said
        )

    def _same_value(self, name: str, one: Any, other: Any) -> bool:
        keyword = self._known.get(name)
        shape = keyword.shape if keyword is not None else ""
        if shape in _ONE:
            return self._same_schemas(one, other)
        if shape in _MAPS or name in ("definitions", "$defs"):
            return self._same_members(one, other)
        return _spelled_alike(one, other)

    def _same_schemas(self, one: Any, other: Any) -> bool:
        if isinstance(one, list) and isinstance(other, list):
            return len(one) == len(other) and all(map(self._same_schemas, one, other))
        return self._same(one, other)

    def _same_members(self, one: Any, other: Any) -> bool:
        if not (isinstance(one, dict) and isinstance(other, dict)):
            return one is other
        return one.keys() == other.keys() and all(
            self._same(value, other[name]) or (isinstance(value, list) and _spelled_alike(value, other[name]))
            for name, value in one.items()
        )


@lru_cache(maxsize=8)
def alike(writer: JsonSchema, reader: JsonSchema) -> Alike:
    """The two side by side, remembered while the pair is being compared."""
    return Alike(writer, reader)


def _spelled_alike(one: Any, other: Any) -> bool:
    """Of data: Python's own equality would take true for 1."""
    return repr(one) == repr(other)


def _is_plain(schema: JsonSchema) -> bool:
    """Whether there is one resource, and no reference that leads anywhere but to the root or a definition."""
    index = schema.index
    if schema.resources or index.anchors or any(node.pointer for node in index.resources.values()):
        return False
    return all(
        isinstance(text, str) and _TO_DEFINITION.fullmatch(text)
        for node in index.nodes.values()
        if isinstance(node.value, dict)
        for keyword in REFERENCE_KEYWORDS
        if (text := node.value.get(keyword)) is not None
    )
