"""An Avro schema text as a tree: records with their fields, enums, and what a type is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from llmreg.render.pages.tree.node import MAX_VALUE, Limits, Node, value_text, words
from llmreg.render.plain import clip

_FIELD_TOLD = frozenset({"type", "name", "doc"})
_TOLD = _FIELD_TOLD | {"fields", "items", "values", "namespace", "logicalType", "precision", "scale"}


def avro_tree(schema: Any, references: Mapping[str, str], limits: Limits) -> Node:
    """`references`: full name → link; a name in the schema's own namespace may stand there without it."""
    namespace = words(schema.get("namespace")) if isinstance(schema, dict) else ""
    short = {name.removeprefix(f"{namespace}."): link for name, link in references.items()}
    references = {**short, **references}
    root = Node("", _type_text(schema))
    named = list(_named_in(schema))
    if len(named) == 1:
        _describe(root, named[0], references, limits, 0)
    else:
        root.children = [_named(part, references, limits, 1) for part in named if limits.take(1)]
    return root


def _named(schema: Mapping[str, Any], references: Mapping[str, str], limits: Limits, depth: int) -> Node:
    node = Node(words(schema.get("name")), words(schema.get("type")))
    _describe(node, schema, references, limits, depth)
    return node


def _describe(node: Node, schema: Mapping[str, Any], references: Mapping[str, str], limits: Limits, depth: int) -> None:
    node.text = words(schema.get("doc"))
    node.facts = _facts(schema, _TOLD)
    fields = schema.get("fields")
    for field in fields if isinstance(fields, list) else ():
        if isinstance(field, dict) and limits.take(depth + 1):
            node.children.append(_field(field, references, limits, depth + 1))


def _field(field: Mapping[str, Any], references: Mapping[str, str], limits: Limits, depth: int) -> Node:
    kind = field.get("type")
    node = Node(
        name=words(field.get("name")),
        type=_type_text(kind),
        text=words(field.get("doc")),
        facts=_facts(field, _FIELD_TOLD),
        link=next((references[name] for name in _names_in(kind) if name in references), ""),
    )
    named = list(_named_in(kind))
    if len(named) == 1:
        inner = _named(named[0], references, limits, depth)
        node.children = inner.children
        node.facts += inner.facts
        node.text = "\n".join(filter(None, (node.text, inner.text)))
    else:
        node.children = [_named(part, references, limits, depth + 1) for part in named if limits.take(depth + 1)]
    return node


def _facts(schema: Mapping[str, Any], told: frozenset[str]) -> list[tuple[str, str]]:
    """Every other member."""
    facts = []
    for key, value in schema.items():
        if key == "symbols" and isinstance(value, list):
            facts.append(("one of", clip(", ".join(map(str, value)), MAX_VALUE)))
        elif key not in told:
            facts.append((key, value_text(value)))
    return facts


def _type_text(schema: Any) -> str:
    """`null or string`, `array of Score`, `long (timestamp-millis)`."""
    if isinstance(schema, str):
        return schema
    if isinstance(schema, list):
        return " or ".join(_type_text(part) for part in schema)
    if not isinstance(schema, dict):
        return value_text(schema)
    kind = schema.get("type")
    if kind == "array":
        return f"array of {_type_text(schema.get('items'))}"
    if kind == "map":
        return f"map of {_type_text(schema.get('values'))}"
    if not isinstance(kind, str):
        return _type_text(kind)
    name, logical = words(schema.get("name")), words(schema.get("logicalType"))
    numbers = [value_text(schema[key]) for key in ("precision", "scale") if key in schema]
    inside = ", ".join([logical, *numbers])
    return f"{kind} {name}".rstrip() + (f" ({inside})" if logical else "")


def _named_in(schema: Any) -> Iterator[Mapping[str, Any]]:
    """The records, enums and fixed that a type defines in place, outermost first."""
    if isinstance(schema, list):
        for part in schema:
            yield from _named_in(part)
    elif isinstance(schema, dict):
        if schema.get("type") in ("record", "error", "enum", "fixed"):
            yield schema
        for key in ("items", "values", "type"):
            if isinstance(schema.get(key), (dict, list)):
                yield from _named_in(schema[key])


def _names_in(schema: Any) -> Iterator[str]:
    if isinstance(schema, str):
        yield schema
    elif isinstance(schema, list):
        for part in schema:
            yield from _names_in(part)
    elif isinstance(schema, dict):
        for key in ("type", "items", "values"):
            yield from _names_in(schema.get(key))
