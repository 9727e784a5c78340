"""A JSON Schema text as a tree: properties, items, branches and definitions in the order of the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from llmreg.model.pointer import join
from llmreg.render.pages.tree.node import Limits, Node, value_text, words

_MAPS = {
    "properties": "",
    "patternProperties": "names matching",
    "dependentSchemas": "when present",
    "$defs": "definition",
    "definitions": "definition",
}
_SINGLE = {
    "items": "each item",
    "additionalItems": "further items",
    "contains": "some item",
    "additionalProperties": "any other property",
    "unevaluatedProperties": "any other property",
    "unevaluatedItems": "any other item",
    "propertyNames": "every name",
    "not": "not",
    "if": "if",
    "then": "then",
    "else": "else",
    "contentSchema": "content",
}
_LISTS = {"anyOf": "any of", "oneOf": "one of", "allOf": "all of", "prefixItems": "item", "items": "item"}
_DEFINITIONS = ("$defs", "definitions")
_TOLD = frozenset(
    {"type", "title", "description", "required", "$schema", "deprecated", "$ref", "$dynamicRef", "$recursiveRef"}
)


def json_tree(schema: Any, references: Mapping[str, str], limits: Limits) -> Node:
    """`references`: URI without fragment → link."""
    anchors = {pointer: f"def-{number}" for number, pointer in enumerate(_definitions(schema, ""), start=1)}
    return _Reader(references, anchors, limits).node("", schema, "", 0)


def _definitions(schema: Any, pointer: str) -> Iterator[str]:
    for keyword in _DEFINITIONS:
        members = schema.get(keyword) if isinstance(schema, dict) else None
        if isinstance(members, dict):
            yield from (join(pointer, keyword, name) for name in members)


class _Reader:
    def __init__(self, references: Mapping[str, str], anchors: Mapping[str, str], limits: Limits) -> None:
        self._references = references
        self._anchors = anchors
        self._limits = limits

    def node(self, name: str, schema: Any, pointer: str, depth: int, label: str = "") -> Node:
        if isinstance(schema, bool):
            return Node(name, "anything" if schema else "nothing", label, anchor=self._anchors.get(pointer, ""))
        if not isinstance(schema, dict):
            return Node(name, value_text(schema), label)
        reference = next((schema[key] for key in ("$ref", "$dynamicRef", "$recursiveRef") if key in schema), None)
        children = list(self._children(schema, pointer, depth + 1))
        return Node(
            name=name,
            type=_type(schema, reference),
            label=label,
            deprecated=schema.get("deprecated") is True,
            text="\n".join(filter(None, (words(schema.get("title")), words(schema.get("description"))))),
            facts=_facts(schema),
            children=children,
            link=self._link(reference),
            anchor=self._anchors.get(pointer, ""),
        )

    def _children(self, schema: Mapping[str, Any], pointer: str, depth: int) -> Iterator[Node]:
        required = schema.get("required")
        needed = {item for item in required if isinstance(item, str)} if isinstance(required, list) else set()
        for keyword, value in schema.items():
            for name, part, path, label in _parts(keyword, value):
                if not self._limits.take(depth):
                    return
                node = self.node(name, part, join(pointer, *path), depth, label)
                node.required = keyword == "properties" and name in needed
                yield node

    def _link(self, reference: Any) -> str:
        if not isinstance(reference, str):
            return ""
        uri, _, fragment = reference.partition("#")
        if uri:
            return self._references.get(uri, "")
        anchor = self._anchors.get(fragment)
        return f"#{anchor}" if anchor else ""


def _parts(keyword: str, value: Any) -> Iterator[tuple[str, Any, tuple[str | int, ...], str]]:
    """(name, schema, path, label) of the subschemas under one keyword."""
    if keyword in _MAPS and isinstance(value, dict):
        yield from ((name, part, (keyword, name), _MAPS[keyword]) for name, part in value.items())
    elif keyword in _LISTS and isinstance(value, list):
        yield from (("", part, (keyword, at), f"{_LISTS[keyword]} {at + 1}") for at, part in enumerate(value))
    elif keyword in _SINGLE and isinstance(value, dict):
        yield "", value, (keyword,), _SINGLE[keyword]


def _type(schema: Mapping[str, Any], reference: Any) -> str:
    if isinstance(reference, str):
        return reference
    kind = schema.get("type")
    if isinstance(kind, list):
        return " or ".join(map(str, kind))
    if isinstance(kind, str):
        items = schema.get("items")
        inner = items.get("type") if isinstance(items, dict) else None
        return f"array of {inner}" if kind == "array" and isinstance(inner, str) else kind
    if "const" in schema:
        return "constant"
    return "enum" if "enum" in schema else ""


def _facts(schema: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every other keyword; what has children is not told twice."""
    facts = []
    for keyword, value in schema.items():
        if keyword == "enum" and isinstance(value, list):
            facts.append(("one of", value_text(value)[1:-1].replace(",", ", ") if _flat(value) else value_text(value)))
        elif keyword == "required" and isinstance(value, list):
            properties = schema.get("properties")
            missing = [name for name in value if not isinstance(properties, dict) or name not in properties]
            facts += [("required", value_text(missing))] if missing else []
        elif keyword not in _TOLD and not any(True for _ in _parts(keyword, value)) and value != {}:
            facts.append((keyword, value_text(value)))
    return facts


def _flat(values: list[Any]) -> bool:
    """Whether commas in the JSON of these only separate them."""
    return all(
        (isinstance(value, str) and "," not in value) or isinstance(value, (int, bool)) or value is None
        for value in values
    )
