"""The five drafts: how `$schema` names them, and which keyword has which shape and role in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

DRAFTS: Final = ("draft4", "draft6", "draft7", "2019-09", "2020-12")
DEFAULT_DRAFT: Final = "2020-12"
DIALECT_URIS: Final = {
    "draft4": "http://json-schema.org/draft-04/schema#",
    "draft6": "http://json-schema.org/draft-06/schema#",
    "draft7": "http://json-schema.org/draft-07/schema#",
    "2019-09": "https://json-schema.org/draft/2019-09/schema",
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
}
# Snowplow's self-describing metaschema: draft 4 plus annotations (github.com/snowplow/iglu-central)
_CUSTOM: Final = {
    "iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0": "draft4",
}
_BY_URI: Final = {uri.split("//", 1)[1].rstrip("#"): draft for draft, uri in DIALECT_URIS.items()} | _CUSTOM

# Draft 2019-09 gave `$ref` siblings a meaning; before it they are ignored (draft-07 core, §8.3).
LEGACY: Final = frozenset({"draft4", "draft6", "draft7"})
REF_IS_ALONE: Final = LEGACY
REFERENCE_KEYWORDS: Final = ("$ref", "$dynamicRef", "$recursiveRef")
_IN_PLACE: Final = frozenset(
    {"allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependencies"}
)
ANNOTATIONS: Final = frozenset(
    {"title", "description", "default", "examples", "$comment", "deprecated", "readOnly", "writeOnly"}
)
_INERT: Final = {
    "2019-09": frozenset({"dependencies"}),
    "2020-12": frozenset({"dependencies", "$recursiveRef", "$recursiveAnchor"}),
}
_NESTING_SHAPES: Final = frozenset({"schema", "schema-list", "schema-or-list", "schema-map", "dependencies"})
# Keywords that a draft does not know, yet nobody is misled when they stand there.
_HARMLESS: Final = ANNOTATIONS | {"$defs", "definitions", "contentEncoding", "contentMediaType", "contentSchema", "id"}

# shape, first draft, last draft, keywords; read off the metaschemas that json-schema.org publishes
_TABLE: Final = (
    ("string", "draft4", "2020-12", "$schema title description format"),
    ("string", "draft7", "2020-12", "$comment contentEncoding contentMediaType"),
    ("any", "draft4", "2020-12", "default"),
    ("any", "draft6", "2020-12", "const"),
    ("array", "draft6", "2020-12", "examples"),
    ("boolean", "draft4", "2020-12", "uniqueItems"),
    ("boolean", "draft4", "draft4", "exclusiveMaximum exclusiveMinimum"),
    ("boolean", "draft7", "2020-12", "readOnly writeOnly"),
    ("boolean", "2019-09", "2020-12", "deprecated"),
    ("boolean", "2019-09", "2019-09", "$recursiveAnchor"),
    ("number", "draft4", "2020-12", "maximum minimum"),
    ("number", "draft6", "2020-12", "exclusiveMaximum exclusiveMinimum"),
    ("positive", "draft4", "2020-12", "multipleOf"),
    ("count", "draft4", "2020-12", "maxLength minLength maxItems minItems maxProperties minProperties"),
    ("count", "2019-09", "2020-12", "maxContains minContains"),
    ("pattern", "draft4", "2020-12", "pattern"),
    ("names", "draft4", "2020-12", "required"),
    ("enum", "draft4", "2020-12", "enum"),
    ("type", "draft4", "2020-12", "type"),
    ("schema", "draft4", "2020-12", "not"),
    ("schema", "draft4", "2019-09", "additionalItems"),
    ("schema", "draft4", "2020-12", "additionalProperties"),
    ("schema", "draft6", "2020-12", "contains propertyNames"),
    ("schema", "draft7", "2020-12", "if then else"),
    ("schema", "2019-09", "2020-12", "unevaluatedItems unevaluatedProperties contentSchema"),
    ("schema", "2020-12", "2020-12", "items"),
    ("schema-or-list", "draft4", "2019-09", "items"),
    ("schema-list", "draft4", "2020-12", "allOf anyOf oneOf"),
    ("schema-list", "2020-12", "2020-12", "prefixItems"),
    ("schema-map", "draft4", "2020-12", "properties patternProperties definitions"),
    ("schema-map", "2019-09", "2020-12", "$defs dependentSchemas"),
    ("dependencies", "draft4", "2020-12", "dependencies"),
    ("name-lists", "2019-09", "2020-12", "dependentRequired"),
    ("reference", "draft4", "2020-12", "$ref"),
    ("reference", "2020-12", "2020-12", "$dynamicRef"),
    ("reference", "2019-09", "2020-12", "$recursiveRef"),
    ("legacy-id", "draft4", "draft4", "id"),
    ("legacy-id", "draft6", "draft7", "$id"),
    ("id", "2019-09", "2020-12", "$id"),
    ("anchor", "2019-09", "2020-12", "$anchor"),
    ("anchor", "2020-12", "2020-12", "$dynamicAnchor $recursiveAnchor"),
    ("vocabulary", "2019-09", "2020-12", "$vocabulary"),
)


class Keyword(NamedTuple):
    """One keyword in one draft. `in_place`: its schemas judge the same value as the schema that holds it.
    `inert`: the draft's metaschema still describes it, but it has no effect any more."""

    name: str
    shape: str
    in_place: bool
    inert: bool


@cache
def vocabulary(draft: str) -> Mapping[str, Keyword]:
    """The keywords of one draft by name."""
    rank = DRAFTS.index(draft)
    inert = _INERT.get(draft, frozenset())
    return {
        name: Keyword(name, shape, name in _IN_PLACE and name not in inert, name in inert)
        for shape, first, last, names in _TABLE
        if DRAFTS.index(first) <= rank <= DRAFTS.index(last)
        for name in names.split()
    }


@cache
def nesting(draft: str) -> frozenset[str]:
    """The keywords of a draft that schemas stand below."""
    return frozenset(name for name, row in vocabulary(draft).items() if row.shape in _NESTING_SHAPES)


@cache
def effective(draft: str) -> frozenset[str]:
    """The keywords of a draft that are not inert."""
    return frozenset(name for name, row in vocabulary(draft).items() if not row.inert)


@cache
def in_place_keywords(draft: str) -> frozenset[str]:
    """The keywords of a draft whose schemas judge the same value as the schema that holds them."""
    return frozenset(name for name, row in vocabulary(draft).items() if row.in_place)


@cache
def drafts_of(keyword: str) -> tuple[str, ...]:
    """The drafts that know a keyword and give it an effect; () for a keyword of none."""
    if keyword in _HARMLESS:
        return ()
    return tuple(draft for draft in DRAFTS if (row := vocabulary(draft).get(keyword)) and not row.inert)


def draft_of(uri: str) -> str | None:
    """The draft that a `$schema` value names, with either scheme, with or without the final `#`."""
    for scheme in ("http://", "https://"):
        if uri.startswith(scheme):
            return _BY_URI.get(uri[len(scheme) :].rstrip("#"))
    return None


def identifier(schema: Mapping[str, Any], draft: str) -> str | None:
    """The text of `$id` (draft 4: `id`) where it counts; before 2019-09 a `$ref` beside it switches it off."""
    found = schema.get("id" if draft == "draft4" else "$id")
    if not isinstance(found, str) or (draft in REF_IS_ALONE and "$ref" in schema):
        return None
    return found


def subschemas(schema: Any, draft: str) -> Iterator[tuple[Keyword, tuple[str | int, ...], Any]]:
    """The direct subschemas of a schema: keyword, path below the schema, value; malformed values are passed over."""
    if not isinstance(schema, dict):
        return
    known = vocabulary(draft)
    nests = nesting(draft)
    for name, value in schema.items():
        if name in nests:
            yield from _inside(known[name], value)


def _inside(keyword: Keyword, value: Any) -> list[tuple[Keyword, tuple[str | int, ...], Any]]:
    shape, name = keyword.shape, keyword.name
    if shape == "schema-map":
        return [(keyword, (name, key), item) for key, item in value.items()] if isinstance(value, dict) else []
    if shape == "schema" or (shape == "schema-or-list" and not isinstance(value, list)):
        return [(keyword, (name,), value)]
    if shape == "dependencies" and isinstance(value, dict):
        return [(keyword, (name, key), item) for key, item in value.items() if not isinstance(item, list)]
    if shape != "dependencies" and isinstance(value, list):
        return [(keyword, (name, index), item) for index, item in enumerate(value)]
    return []
