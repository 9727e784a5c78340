"""Whether closing a writer surely leaves it something to write, seen from the text alone.

A closed writer that can write nothing is told about instead of called compatible; most are seen not to be such. If an
open writer has a document, so has the closed one when the members that nothing declares can be left out of it: when
every keyword that holds of a value goes on to hold of the value without them.
"""

from __future__ import annotations

from typing import Any, Final

from llmreg.formats.json.dialects import ANNOTATIONS
from llmreg.formats.json.index import Index

# what may come to fail by leaving out: it counts members, needs them, tells values apart, or holds where others do not
_MAY_FAIL: Final = frozenset((
    "minProperties", "dependencies", "dependentRequired", "dependentSchemas", "unevaluatedProperties",
    "unevaluatedItems", "contains", "not", "if", "$dynamicRef", "$recursiveRef",
))  # fmt: skip
_OF_SCALARS: Final = ANNOTATIONS | frozenset((
    "type", "enum", "const", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minLength", "maxLength", "pattern", "minItems", "maxItems",
))  # fmt: skip


def stays_nonempty(index: Index) -> bool:
    """Whether the closed writer surely has a document if the open one has; False says nothing."""
    return all(_leaves_out(node.value) for node in index.nodes.values() if isinstance(node.value, dict))


def _leaves_out(schema: dict[str, Any]) -> bool:
    if not _MAY_FAIL.isdisjoint(schema) or _lists_containers(schema):
        return False
    if "uniqueItems" in schema and not _judges_no_member(schema.get("items", True)):
        return False
    return all(_judges_no_member(branch) for branch in schema.get("oneOf", ()))


def _judges_no_member(schema: Any) -> bool:
    """Whether a schema says nothing of what is inside a value, so that nothing is left out because of it."""
    return isinstance(schema, bool) or (isinstance(schema, dict) and schema.keys() <= _OF_SCALARS)


def _lists_containers(schema: dict[str, Any]) -> bool:
    values = [*schema.get("enum", ()), schema.get("const")]
    return any(isinstance(value, (dict, list)) for value in values)
