"""A JSON Schema as the predicates read it: every subschema with its place, and where references lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from llmreg.model.pointer import join, lookup, split

ANNOTATIONS = frozenset(
    [
        "title",
        "description",
        "default",
        "examples",
        "example",
        "deprecated",
        "readOnly",
        "writeOnly",
        "$comment",
        "$schema",
        "$id",
        "id",
        "$anchor",
        "$vocabulary",
        "contentMediaType",
        "contentEncoding",
        "contentSchema",
        "propertyOrdering",
        "enumNames",
    ]
)
DEFINITIONS = ("$defs", "definitions")
_MAPS = ("properties", "patternProperties", "dependentSchemas", *DEFINITIONS)
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLE = [
    "items",
    "additionalItems",
    "contains",
    "additionalProperties",
    "propertyNames",
    "not",
    "if",
    "then",
    "else",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
]
_OBJECT_KEYWORDS = frozenset(
    [
        "properties",
        "required",
        "additionalProperties",
        "patternProperties",
        "propertyNames",
        "minProperties",
        "maxProperties",
    ]
)


@dataclass(frozen=True, slots=True)
class Node:
    """One subschema. `keyword` is how its parent holds it ("" for the root), `name` the key below that keyword (of a
    property or definition), `depth` the number of objects and arrays around it."""

    pointer: str
    value: Any
    keyword: str = ""
    name: str = ""
    depth: int = 0
    parent: Node | None = None

    @property
    def schema(self) -> Mapping[str, Any]:
        """The keywords; none for a boolean schema."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def types(self) -> tuple[str, ...]:
        """What `type` says, as a list."""
        said = self.schema.get("type")
        if isinstance(said, str):
            return (said,)
        return tuple(item for item in said if isinstance(item, str)) if isinstance(said, list) else ()

    @property
    def is_object(self) -> bool:
        """Whether it describes objects: it says so, or lists properties and names no type."""
        return "object" in self.types or (not self.types and not _OBJECT_KEYWORDS.isdisjoint(self.schema))

    @property
    def required(self) -> frozenset[str]:
        said = self.schema.get("required")
        return frozenset(item for item in said if isinstance(item, str)) if isinstance(said, list) else frozenset()

    @property
    def place(self) -> str:
        """The field in words: the nearest property's name, else the pointer."""
        node: Node | None = self
        while node is not None:
            if node.keyword == "properties":
                return node.name
            node = node.parent
        return self.pointer or "(root)"

    def children(self) -> Iterator[Node]:
        """The subschemas right below, in document order."""
        inner = self.depth + (self.is_object or "array" in self.types)
        for keyword, value in self.schema.items():
            if keyword in _SINGLE and isinstance(value, (dict, bool)):
                yield Node(join(self.pointer, keyword), value, keyword, "", inner, self)
            elif (keyword in _LISTS or keyword == "items") and isinstance(value, list):
                deeper = inner if keyword in ("prefixItems", "items") else self.depth
                for index, item in enumerate(value):
                    yield Node(join(self.pointer, keyword, index), item, keyword, str(index), deeper, self)
            elif keyword in _MAPS and isinstance(value, dict):
                deeper = self.depth if keyword in DEFINITIONS else inner
                for name, item in value.items():
                    yield Node(join(self.pointer, keyword, name), item, keyword, name, deeper, self)


@dataclass(frozen=True, eq=False)
class View:
    """A document, the name it is offered under (of the tool or format; None where there is none), and its nodes."""

    document: Any
    name: str | None = None
    _targets: dict[str, Node | None] = field(default_factory=dict)
    _children: dict[str, tuple[Node, ...]] = field(default_factory=dict)

    @cached_property
    def root(self) -> Node:
        return Node("", self.document)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every subschema, parents before children, in document order."""
        found: list[Node] = []
        stack = [self.root]
        while stack:
            node = stack.pop()
            found.append(node)
            stack.extend(reversed(list(node.children())))
        return tuple(found)

    def children(self, node: Node) -> tuple[Node, ...]:
        """The subschemas right below a node of this view, found once."""
        if node.pointer not in self._children:
            self._children[node.pointer] = tuple(node.children())
        return self._children[node.pointer]

    @cached_property
    def by_pointer(self) -> Mapping[str, Node]:
        return {node.pointer: node for node in self.nodes}

    @cached_property
    def ids(self) -> Mapping[str, Node]:
        """Anchors and ids of this document, by the reference that leads to them."""
        found: dict[str, Node] = {}
        for node in self.nodes:
            for keyword in ("$id", "id", "$anchor"):
                text = node.schema.get(keyword)
                if isinstance(text, str):
                    found["#" + text if keyword == "$anchor" else text] = node
        return found

    def target(self, reference: Any) -> Node | None:
        """The subschema that a local reference leads to; None for any other reference."""
        if not isinstance(reference, str):
            return None
        if reference not in self._targets:
            self._targets[reference] = self._find(reference)
        return self._targets[reference]

    def _find(self, reference: str) -> Node | None:
        if reference in self.ids:
            return self.ids[reference]
        base, _, fragment = reference.partition("#")
        if base and not (base in self.ids and self.ids[base] is self.root):
            return None
        try:
            pointer = join("", *split(unquote(fragment)))
            return self.by_pointer.get(pointer) or Node(pointer, lookup(self.document, pointer))
        except (ValueError, LookupError):
            return None
