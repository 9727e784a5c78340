"""Where two documents surely mean the same: what judges a value is written the same in both.

Most versions change little: what did not change need not be asked about. A No only means that more must be asked.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from llmreg.formats.json.dialects import ANNOTATIONS, vocabulary
from llmreg.formats.json.localise.references import Spot
from llmreg.formats.json.schema import JsonSchema

_SILENT: Final = ANNOTATIONS | {"format", "contentEncoding", "contentMediaType", "contentSchema"}
_ONE: Final = frozenset({"schema", "schema-or-list", "schema-list"})
_MAPS: Final = frozenset({"schema-map", "dependencies"})
DEFINITIONS: Final = ("definitions", "$defs")
_NONE: Final[frozenset[str]] = frozenset()


class Alike:
    """Two schemas side by side. Only documents of one draft, one resource and plain references to definitions are ever
    found alike: there a place means what is written in it, and what the definitions that it leads to say."""

    def __init__(self, writer: JsonSchema, reader: JsonSchema) -> None:
        self._roots = writer.document, reader.document
        self._indexes = writer.index, reader.index
        self._known = vocabulary(writer.draft)
        self.judging = judging(writer.draft)
        self.comparable = writer.draft == reader.draft and writer.is_plain and reader.is_plain
        self._refers = writer.refers
        self._seen: dict[tuple[int, int], bool] = {}
        self._named: dict[int, frozenset[str]] = {}
        self._changed: frozenset[str] | None = None
        self.trimmed: tuple[Any, Any] | None = None  # kept here, because what is seen of it is remembered by identity
        self.broken = False  # whether the reader was shown to refuse what the writer writes

    def whole(self) -> bool:
        """Whether the two documents mean the same."""
        return self.comparable and self._same(*self._roots)

    def at(self, writer: Spot, reader: Spot) -> bool:
        """Whether the two places mean the same."""
        inside = writer.index is self._indexes[0] and reader.index is self._indexes[1]
        return inside and self.same(writer.schema, reader.schema)

    def same(self, writer: Any, reader: Any) -> bool:
        """Whether two schemas of the two documents mean the same, references followed."""
        if not self.comparable or not self._same(writer, reader):
            return False
        return not self._refers or self.names(writer).isdisjoint(self.changed)

    def same_value(self, keyword: str, writer: Any, reader: Any) -> bool:
        """Whether a keyword's value means the same on both sides, references followed."""
        if not self.comparable or not self._same_value(keyword, writer, reader):
            return False
        return not self._refers or self.names(writer).isdisjoint(self.changed)

    def names(self, schema: Any) -> frozenset[str]:
        """The references that stand anywhere in a schema, as written."""
        if not isinstance(schema, (dict, list)):
            return _NONE
        known = self._named.get(id(schema))
        if known is None:
            inside = schema.values() if isinstance(schema, dict) else schema
            parts = [self.names(value) for value in inside if isinstance(value, (dict, list))]
            text = schema.get("$ref") if isinstance(schema, dict) else None
            known = _NONE.union(*parts) if parts else _NONE
            if isinstance(text, str):
                known |= {text}
            self._named[id(schema)] = known
        return known

    @property
    def changed(self) -> frozenset[str]:
        """The references whose targets do not surely mean the same on both sides."""
        if self._changed is None:
            mine, others = (definitions(root) for root in self._roots)
            changed = {text for text in mine.keys() | others.keys() if not self._unchanged(text, mine, others)}
            before = -1
            while before != len(changed):
                before = len(changed)
                changed |= {text for text, schema in mine.items() if not self.names(schema).isdisjoint(changed)}
            self._changed = frozenset(changed)
        return self._changed

    def _unchanged(self, text: str, mine: dict[str, Any], others: dict[str, Any]) -> bool:
        return text in mine and text in others and self._same(mine[text], others[text])

    def _same(self, one: Any, other: Any) -> bool:
        """Of two schemas, as far as they are written."""
        if not (isinstance(one, dict) and isinstance(other, dict)):
            return one is other  # booleans; all else is no schema
        key = id(one), id(other)
        known = self._seen.get(key)
        if known is None:
            known = self._seen[key] = self._same_keywords(one, other)
        return known

    def _same_keywords(self, one: dict[str, Any], other: dict[str, Any]) -> bool:
        said = one.keys() & self.judging
        return said == other.keys() & self.judging and all(
            self._same_value(name, one[name], other[name]) for name in said
        )

    def _same_value(self, name: str, one: Any, other: Any) -> bool:
        if isinstance(one, str) and isinstance(other, str):
            return one == other
        keyword = self._known.get(name)
        shape = keyword.shape if keyword is not None else ""
        if shape in _ONE:
            return self._same_schemas(one, other)
        if shape in _MAPS or name in DEFINITIONS:
            return self._same_members(one, other)
        return spelled_alike(one, other)

    def _same_schemas(self, one: Any, other: Any) -> bool:
        if isinstance(one, list) and isinstance(other, list):
            return len(one) == len(other) and all(map(self._same_schemas, one, other))
        return self._same(one, other)

    def _same_members(self, one: Any, other: Any) -> bool:
        if not (isinstance(one, dict) and isinstance(other, dict)):
            return one is other
        return one.keys() == other.keys() and all(
            self._same(value, other[name]) or (isinstance(value, list) and spelled_alike(value, other[name]))
            for name, value in one.items()
        )


@lru_cache(maxsize=8)
def alike(writer: JsonSchema, reader: JsonSchema) -> Alike:
    """The two side by side, remembered while the pair is being compared."""
    return Alike(writer, reader)


@lru_cache(maxsize=8)
def judging(draft: str) -> frozenset[str]:
    """The keywords of a draft that judge values or hold what does."""
    return frozenset(vocabulary(draft)) - _SILENT | set(DEFINITIONS)


def definitions(document: Any) -> dict[str, Any]:
    """The definitions of a document by the reference that leads to them; "#" is the document itself."""
    found: dict[str, Any] = {"#": document}
    for keyword in DEFINITIONS if isinstance(document, dict) else ():
        members = document.get(keyword)
        if isinstance(members, dict):
            found |= {f"#/{keyword}/{name}": schema for name, schema in members.items()}
    return found


def spelled_alike(one: Any, other: Any) -> bool:
    """Of data: Python's own equality would take true for 1."""
    return type(one) is type(other) and (one is other or repr(one) == repr(other))
