"""Where a schema stands: a document, a JSON pointer into it, and the base URI that holds there."""

from __future__ import annotations

from typing import Final, NamedTuple

from llmreg.formats.json.inclusion.answers import JsonValue
from llmreg.formats.json.inclusion.uris import percent_decoded

# Keywords whose value is a schema, a list of schemas, or a map of schemas: nowhere else does a schema live.
SINGLE: Final = frozenset((
    "additionalItems", "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not",
    "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties",
))  # fmt: skip
LISTS: Final = frozenset(("allOf", "anyOf", "items", "oneOf", "prefixItems"))
MAPS: Final = frozenset((
    "$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties",
))  # fmt: skip


class Place(NamedTuple):
    """`uri` names the document in the side's table, "" being its root document."""

    uri: str
    pointer: str
    value: JsonValue
    base: str
    draft: str

    @property
    def key(self) -> tuple[str, str]:
        return (self.uri, self.pointer)


def escape(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1") if "~" in step or "/" in step else step


def descend(document: JsonValue, pointer: str) -> JsonValue:
    """The value at a JSON pointer; raises LookupError."""
    value = document
    for raw in pointer.split("/")[1:]:
        step = raw.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list):
            if not step.isdigit():
                raise LookupError(pointer)
            value = value[int(step)]
        elif isinstance(value, dict):
            value = value[step]
        else:
            raise LookupError(pointer)
    return value


def normal_pointer(fragment: str) -> str:
    """A JSON pointer from a URI fragment, with one spelling per place."""
    steps = percent_decoded(fragment).split("/")
    return "/".join(escape(step.replace("~1", "/").replace("~0", "~")) for step in steps)


def children(value: dict[str, JsonValue], pointer: str, base: str) -> list[tuple[JsonValue, str, str]]:
    """The subschemas of a schema object, each with its pointer and the base given."""
    out: list[tuple[JsonValue, str, str]] = []
    for keyword, inner in value.items():
        if keyword in MAPS and isinstance(inner, dict):
            start = f"{pointer}/{keyword}/"
            out += [(item, start + escape(name), base) for name, item in inner.items()]
        elif keyword in LISTS and isinstance(inner, list):
            out += [(item, f"{pointer}/{keyword}/{index}", base) for index, item in enumerate(inner)]
        elif keyword in SINGLE:
            out.append((inner, f"{pointer}/{keyword}", base))
    return out
