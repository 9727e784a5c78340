"""Rewrite a schema of an older draft as draft 2020-12, for a peer that knows no other: the same documents are valid.

Only what the schemas of published corpora need; a reference into a rewritten place would dangle, and none was seen.
"""

from __future__ import annotations

from typing import Any

from llmreg.formats.json.dialects import DIALECT_URIS, REF_IS_ALONE

_MAPS = ("properties", "patternProperties", "definitions", "$defs", "dependentSchemas")
_LISTS = ("allOf", "anyOf", "oneOf")
_SCHEMAS = ("not", "additionalProperties", "contains", "propertyNames", "if", "then", "else")


def upgraded(schema: Any, draft: str) -> Any:
    """The same schema for draft 2020-12; `draft` is its own.

    An identifier that no reference needs goes too: some peers take `#/…` below it for a remote reference."""
    if not isinstance(schema, dict):
        return schema
    out = dict(schema) if draft == "2020-12" else _schema(schema, draft)
    if all(reference.startswith("#") for reference in _references(schema)):
        out.pop("$id", None)
    return {**out, "$schema": DIALECT_URIS["2020-12"]}


def _references(value: Any) -> list[str]:
    """Every `$ref`, and what only looks like one."""
    if isinstance(value, list):
        return [found for part in value for found in _references(part)]
    if not isinstance(value, dict):
        return []
    own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
    return own + [found for part in value.values() for found in _references(part)]


def _schema(schema: Any, draft: str) -> Any:
    if not isinstance(schema, dict):
        return schema
    if draft in REF_IS_ALONE and isinstance(schema.get("$ref"), str):
        kept = {key: schema[key] for key in ("definitions",) if key in schema}
        schema = {"$ref": schema["$ref"]} | kept
    out = {key: part for key, part in schema.items() if key != "$schema"}
    if isinstance(out.get("id"), str) and draft == "draft4":
        out["$id"] = out.pop("id")
    for key in _MAPS:
        if isinstance(out.get(key), dict):
            out[key] = {name: _schema(part, draft) for name, part in out[key].items()}
    for key in _LISTS:
        if isinstance(out.get(key), list):
            out[key] = [_schema(part, draft) for part in out[key]]
    for key in _SCHEMAS:
        if key in out:
            out[key] = _schema(out[key], draft)
    _bounds(out)
    _items(out, draft)
    _dependencies(out, draft)
    return out


def _bounds(out: dict[str, Any]) -> None:
    for key, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(out.get(key), bool) and out.pop(key) and bound in out:
            out[key] = out.pop(bound)


def _items(out: dict[str, Any], draft: str) -> None:
    rest = out.pop("additionalItems", None)
    items = out.pop("items", None)
    if isinstance(items, list):
        if items:
            out["prefixItems"] = [_schema(part, draft) for part in items]
        items = rest
    if items is not None:
        out["items"] = _schema(items, draft)


def _dependencies(out: dict[str, Any], draft: str) -> None:
    for name, part in (out.pop("dependencies", None) or {}).items():
        if isinstance(part, list):
            out.setdefault("dependentRequired", {})[name] = part
        else:
            out.setdefault("dependentSchemas", {})[name] = _schema(part, draft)
