"""A JSON Schema as what it lets a value be: alternatives, each a set of schemas that hold together.

References are followed, `allOf` is joined, `anyOf`, `oneOf` and conditions are told apart. What is not understood
allows more than the schema does: documents made from it are judged by validators before they prove anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import Any, Final, NamedTuple

from llmreg.formats.json.schema import JsonSchema
from llmreg.model.pointer import lookup

_MOST: Final = 48  # alternatives of one value
_DEEPEST: Final = 24  # references and unions inside each other, without a step into the value
TYPES: Final = ("object", "array", "string", "integer", "number", "boolean", "null")
_OBJECT: Final = frozenset({"properties", "required", "additionalProperties", "patternProperties", "minProperties"})
_ARRAY: Final = frozenset({"items", "prefixItems", "minItems", "maxItems", "contains", "uniqueItems"})


class Node(NamedTuple):
    """A subschema, and the document that its references count from."""

    value: Any
    document: Any


class Shape(NamedTuple):
    """One alternative: schemas that all hold, with references and unions taken out."""

    parts: tuple[Node, ...]

    @property
    def types(self) -> tuple[str, ...]:
        """The types that a value may have, in a fixed order; those that its keywords speak of where none is said."""
        allowed = set(TYPES)
        for part in self.parts:
            allowed &= _types(part.value)
        return tuple(name for name in TYPES if name in allowed and not (name == "integer" and "number" in allowed))

    @property
    def free(self) -> bool:
        """Whether nothing at all is said."""
        return not any(isinstance(part.value, dict) and _TELLING & part.value.keys() for part in self.parts)

    def says(self, keyword: str) -> Iterator[tuple[Any, Any]]:
        """(value, document) of a keyword in every part that has it."""
        for part in self.parts:
            if isinstance(part.value, dict) and keyword in part.value:
                yield part.value[keyword], part.document


_TELLING: Final = frozenset({"type", "enum", "const"}) | _OBJECT | _ARRAY


class Shapes:
    """The alternatives of any place in one schema."""

    def __init__(self, schema: JsonSchema) -> None:
        self._pinned = {uri: resource.document for uri, resource in schema.resources.items()}
        self.root = Node(schema.document, schema.document)

    def of(self, nodes: Sequence[Node]) -> list[Shape]:
        """What a value may be that all the nodes judge."""
        return self._expand(nodes, _DEEPEST)

    def _expand(self, nodes: Sequence[Node], depth: int) -> list[Shape]:
        sides = [self._alternatives(node, depth) for node in nodes]
        joined = (Shape(tuple(part for shape in choice for part in shape.parts)) for choice in product(*sides))
        return list(islice((shape for shape in joined if shape.types), _MOST))

    def _alternatives(self, node: Node, depth: int) -> list[Shape]:
        value, document = node
        if value is False:
            return []
        if not isinstance(value, dict) or depth <= 0:
            return [Shape((Node(True, document),))]
        sides = [[Shape((node,))]]
        reference = value.get("$ref")
        if isinstance(reference, str):
            sides.append(self._alternatives(self._target(reference, document), depth - 1))
        for part in _schemas(value.get("allOf")):
            sides.append(self._alternatives(Node(part, document), depth - 1))
        for keyword in ("anyOf", "oneOf"):
            if branches := _schemas(value.get(keyword)):
                found = [shape for one in branches for shape in self._alternatives(Node(one, document), depth - 1)]
                sides.append(found[:_MOST])
        if "if" in value and ("then" in value or "else" in value):
            arms = [Node(value.get(arm, True), document) for arm in ("then", "else")]
            sides.append([shape for arm in arms for shape in self._alternatives(arm, depth - 1)])
        joined = (Shape(tuple(part for shape in choice for part in shape.parts)) for choice in product(*sides))
        return list(islice(joined, _MOST))

    def _target(self, reference: str, document: Any) -> Node:
        """Where a reference leads; anything where that is not known."""
        uri, _, fragment = reference.partition("#")
        if uri:
            document = self._pinned.get(uri)
        if document is None:
            return Node(True, True)
        if not fragment:
            return Node(document, document)
        try:
            return Node(lookup(document, fragment), document)
        except (LookupError, ValueError):
            return Node(_anchored(document, fragment), document)


def _types(schema: Any) -> frozenset[str]:
    if not isinstance(schema, dict):
        return frozenset(TYPES)
    if "const" in schema or "enum" in schema:
        values = [schema["const"]] if "const" in schema else schema["enum"]
        return frozenset(name for item in values for name in _names(item)) if isinstance(values, list) else frozenset()
    said = schema.get("type")
    names = [said] if isinstance(said, str) else said
    if isinstance(names, list):
        return frozenset(names) | ({"integer"} if "number" in names else frozenset())
    if _OBJECT & schema.keys():  # legal for any other type, too, but nobody writes that
        return frozenset({"object"})
    return frozenset({"array"}) if _ARRAY & schema.keys() else frozenset(TYPES)


def _names(value: Any) -> tuple[str, ...]:
    """A number is both, so that it meets either word."""
    name = type_of(value)
    return ("integer", "number") if name in ("integer", "number") else (name,)


def type_of(value: Any) -> str:
    """The JSON type of a value."""
    if isinstance(value, bool):
        return "boolean"
    names = {dict: "object", list: "array", str: "string", int: "integer", type(None): "null"}
    return names.get(type(value), "number")


def _schemas(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _anchored(document: Any, name: str) -> Any:
    stack = [document]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            if name in (value.get("$anchor"), value.get("$dynamicAnchor")):
                return value
            stack += value.values()
        elif isinstance(value, list):
            stack += value
    return True


class Member(NamedTuple):
    """What a shape says of a member: `nodes` judge it (None: it cannot be there), `sure`: it is always there,
    `declared`: by name, by pattern or as any other; else the object is simply open."""

    nodes: tuple[Node, ...] | None
    sure: bool = False
    declared: bool = True


def member(shape: Shape, name: str) -> Member:
    """A property of an object; a closed writer writes none that is not declared, where it lists any or none."""
    nodes: list[Node] = []
    listed = False
    for part in shape.parts:
        found, lists, closed = _of_part(part, name)
        if closed:
            return Member(None)
        nodes += found
        listed = listed or lists
    required = any(name in names for names, _ in shape.says("required") if isinstance(names, list))
    if nodes:
        return Member(tuple(nodes), required)
    return Member(None) if listed and not required else Member((Node(True, True),), required, declared=False)


def _of_part(part: Node, name: str) -> tuple[list[Node], bool, bool]:
    """(what judges the member, whether any is listed, whether this one is refused)."""
    value, document = part
    if not isinstance(value, dict):
        return [], False, False
    found = [Node(value["properties"][name], document)] if name in (value.get("properties") or {}) else []
    for pattern, schema in (value.get("patternProperties") or {}).items():
        if _matches(pattern, name):
            found.append(Node(schema, document))
    rest = value.get("additionalProperties")
    if not found and isinstance(rest, dict):
        found.append(Node(rest, document))
    refused = not found and rest is False
    return found, "properties" in value, refused


def _matches(pattern: str, name: str) -> bool:
    try:
        return re.search(pattern, name) is not None
    except re.error:
        return False


def values(shape: Shape) -> list[Node]:
    """What judges the members of an object, whatever their names."""
    found = [Node(each, document) for listed, document in shape.says("properties") for each in listed.values()]
    found += [Node(each, document) for listed, document in shape.says("patternProperties") for each in listed.values()]
    found += [Node(rest, document) for rest, document in shape.says("additionalProperties") if isinstance(rest, dict)]
    return found or [Node(True, True)]


def items(shape: Shape, index: int | None = None) -> tuple[Node, ...]:
    """What judges an element; `index` None: any of those behind the fixed ones."""
    nodes = []
    for part in shape.parts:
        if not isinstance(part.value, dict):
            continue
        own = part.value.get("items")
        fixed = part.value.get("prefixItems", own if isinstance(own, list) else [])
        rest = part.value.get("additionalItems", True) if isinstance(own, list) else part.value.get("items", True)
        if index is None and fixed and rest in (True, False):
            rest = {"anyOf": list(fixed)}
        chosen = fixed[index] if index is not None and 0 <= index < len(fixed) else rest
        nodes.append(Node(chosen, part.document))
    return tuple(nodes)


def bound(shape: Shape, keyword: str, default: int) -> int:
    """The tightest of a lower bound (`minItems`, `minLength`)."""
    return max([int(value) for value, _ in shape.says(keyword) if isinstance(value, (int, float))], default=default)
