"""The way back for schemas: what `decode` gives of every answer that a projection admits, as a schema of its own.

The steps that change documents are undone where they stand: a property whose null means absence is optional again, a
wrapped document stands alone, `nullable` and closed objects are written out. The result may admit more than `decode`
gives (a union's branches are undone each by itself), never less: what it is contained in, every decoded document is.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from llmreg.llm.export.decode import Reader, element, member
from llmreg.llm.export.export import WRAPPED, Export
from llmreg.model.pointer import join, lookup

_MAPS = ("properties", "$defs")
_LISTS = ("anyOf", "prefixItems")
_SINGLE = ("items", "additionalProperties")
_NULL = {"type": "null"}
_DRAFT_4 = "draft-04"
_STRICT = (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum"))


def decoded_schema(export: Export, draft: str | None = None) -> Any:
    """The schema of decoded documents, in JSON Schema's own words. `draft`: the original's `$schema`; one in draft 4 is
    answered in draft 4, where an integer is written without a fraction, as `decode` writes it."""
    if export.plain:
        return _plain(export)
    pointer = join("", "properties", WRAPPED) if export.wrapped else ""
    result = _decoded(lookup(export.schema, pointer), pointer, export.drops)
    if export.wrapped and "$defs" in export.schema:
        result = {**result, "$defs": _members(export.schema["$defs"], "/$defs", export.drops)}
    return {"$schema": draft, **_in_draft_4(result)} if draft is not None and _DRAFT_4 in draft else result


def _plain(export: Export) -> Any:
    """Nothing is projected there: at most the document is wrapped."""
    if not export.wrapped:
        return export.schema
    around = {key: export.schema[key] for key in ("$schema", "$defs") if key in export.schema}
    return {**around, **export.schema["properties"][WRAPPED]}


def _decoded(schema: Any, pointer: str, drops: Mapping[str, tuple[str, ...]]) -> Any:
    if not isinstance(schema, dict):
        return schema
    result = {key: _keyword(key, value, join(pointer, key), drops) for key, value in schema.items()}
    if result.get("type") == "object":
        result.setdefault("additionalProperties", False)
    dropped = drops.get(pointer, ())
    if dropped:
        result["required"] = [name for name in result.get("required", ()) if name not in dropped]
        for name in dropped:
            result["properties"][name] = _without_null(result["properties"][name])
    return {"anyOf": [result, _NULL]} if result.pop("nullable", False) else result


def _keyword(key: str, value: Any, pointer: str, drops: Mapping[str, tuple[str, ...]]) -> Any:
    if key in _MAPS:
        return _members(value, pointer, drops)
    if key in _LISTS:
        return [_decoded(item, join(pointer, index), drops) for index, item in enumerate(value)]
    return _decoded(value, pointer, drops) if key in _SINGLE else value


def _members(value: Mapping[str, Any], pointer: str, drops: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    return {name: _decoded(item, join(pointer, name), drops) for name, item in value.items()}


def _in_draft_4(value: Any) -> Any:
    """The few words of a projection that draft 4 says otherwise: bounds that exclude, and tuples."""
    if isinstance(value, list):
        return [_in_draft_4(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = {key: item if key == "enum" else _in_draft_4(item) for key, item in value.items()}
    if isinstance(result.get("prefixItems"), list):
        result["additionalItems"] = result.get("items", {})
        result["items"] = result.pop("prefixItems")
    if result.get("required") == []:
        del result["required"]
    strict = [(word, side) for word, side in _STRICT if isinstance(result.get(word), int | Decimal)]
    if strict:
        result["allOf"] = [{side: result.pop(word), word: True} for word, side in strict]
    return result


def _without_null(schema: Any) -> Any:
    """The union without the null that was added to it; other nulls stay, which only says more than there is."""
    if not isinstance(schema, dict) or _NULL not in schema.get("anyOf", ()):
        return schema
    return {**schema, "anyOf": [branch for branch in schema["anyOf"] if branch != _NULL]}


def answer_for(export: Export, document: Any) -> Any:
    """An answer that may decode to a document: the nulls put back, the document wrapped. Whoever asks has to try it."""
    pointer = join("", "properties", WRAPPED) if export.wrapped else ""
    answer = _Writer(export).value(lookup(export.schema, pointer), pointer, document)
    return {WRAPPED: answer} if export.wrapped else answer


class _Writer:
    """Walks a document along the projection."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._reader = Reader(export)

    def value(self, schema: Any, pointer: str, document: Any) -> Any:
        schema, pointer = self._reader.opened(schema, pointer)
        if isinstance(schema.get("anyOf"), list):
            for index, branch in enumerate(schema["anyOf"]):
                written = self.value(branch, join(pointer, "anyOf", index), document)
                if self._reader.fits(branch, written):
                    return written
            return document
        if isinstance(document, dict):
            written = {name: self.value(*member(schema, pointer, name), item) for name, item in document.items()}
            absent = (name for name in self._export.drops.get(pointer, ()) if name not in written)
            return written | dict.fromkeys(absent)
        if isinstance(document, list):
            return [self.value(*element(schema, pointer, index), item) for index, item in enumerate(document)]
        return document
