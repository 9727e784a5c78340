"""The keywords and formats that the decoder knows, draft by draft."""

from __future__ import annotations

from typing import Any

KNOWN_FORMATS = frozenset(
    ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid", "uri", "unknown")
)
IMPLEMENTED = frozenset(
    (
        *("anyOf", "oneOf", "allOf", "$ref", "const", "enum", "type"),
        *("items", "additionalItems", "prefixItems", "minItems", "maxItems"),
        *("properties", "additionalProperties", "patternProperties", "required", "minProperties", "maxProperties"),
        *("minLength", "maxLength", "pattern", "format"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    )
)
_SINCE = (
    ("dependencies", "not", "uniqueItems"),
    ("contains", "propertyNames"),
    ("if", "then", "else"),
    (
        *("dependentRequired", "dependentSchemas", "minContains", "maxContains"),
        *("unevaluatedProperties", "unevaluatedItems", "$recursiveRef", "$recursiveAnchor"),
    ),
    ("$dynamicRef", "$dynamicAnchor"),
)
_DRAFTS = {"draft-04": 1, "draft-06": 2, "draft-07": 3, "2019-09": 4, "2020-12": 5}


def unimplemented(document: Any) -> frozenset[str] | None:
    """The keywords of the document's draft that the decoder does not implement; None for a draft it cannot find."""
    said = document.get("$schema") if isinstance(document, dict) else None
    text = said.rstrip("#") if isinstance(said, str) else "2020-12"
    known = next((number for name, number in _DRAFTS.items() if name in text), None)
    if known is None:
        return None
    return frozenset(word for words in _SINCE[:known] for word in words)
