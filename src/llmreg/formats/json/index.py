"""Walks a schema document once: every subschema with its place, draft and base URI, and every name it can be found by.

Names inside `enum`, `const`, `examples` and `default` are data and are never entered.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple
from urllib.parse import unquote, urljoin

from llmreg.formats.json import keywords
from llmreg.formats.json.dialects import REFERENCE_KEYWORDS, draft_of, identifier, nesting, subschemas, vocabulary
from llmreg.model.pointer import join, lookup
from llmreg.model.problem import Problem
from llmreg.model.record import dataclass, field

NOT_A_SCHEMA = "not-a-schema"
DUPLICATE_NAME = "duplicate-name"
NESTED_DIALECT = "nested-dialect"
_NAMING = frozenset({"$id", "id", "$schema", "$anchor", "$dynamicAnchor"})
_REFERENCES = frozenset(REFERENCE_KEYWORDS)
_BOOLEAN_IN_DRAFT4 = ("additionalProperties", "additionalItems")
_HINTS = {
    ("items", "2020-12"): "2020-12 calls the array form `prefixItems`",
    ("required", ""): "draft 3 marked the property itself; since draft 4 the object lists the names",
    ("exclusiveMinimum", ""): "draft 4 wrote a boolean beside `minimum`; since draft 6 it is the bound itself",
    ("exclusiveMaximum", ""): "draft 4 wrote a boolean beside `maximum`; since draft 6 it is the bound itself",
}


class Node(NamedTuple):
    """One subschema. `base` is its absolute base URI without fragment ("" where the document has none), `root` the
    pointer of the resource that it belongs to."""

    pointer: str
    value: Any
    draft: str
    base: str
    root: str


@dataclass(slots=True)
class Index:
    """The subschemas of one document in document order, its resources by URI, its anchors by (URI, name).

    `referring`: those of `nodes` that hold a reference keyword, in the same order."""

    document: Any
    nodes: dict[str, Node] = field(default_factory=dict)
    referring: list[Node] = field(default_factory=list)
    resources: dict[str, Node] = field(default_factory=dict)
    anchors: dict[tuple[str, str], Node] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def find(self, uri: str, fragment: str) -> Node | None:
        """The subschema that a URI and a fragment (as written, percent-encoded) name; None when there is none."""
        resource = self.resources.get(uri)
        if resource is None:
            return None
        fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            return self.anchors.get((uri, fragment))
        pointer = resource.pointer + fragment
        known = self.nodes.get(pointer)
        if known is not None:
            return known
        try:
            value = lookup(self.document, pointer)
        except (LookupError, ValueError):
            return None
        # a place that no keyword of the draft makes a schema becomes one by being referred to
        self.visit(Node(pointer, value, resource.draft, resource.base, resource.root))
        return self.nodes.get(pointer)

    def visit(self, node: Node, keyword: str = "") -> None:
        """Take in a subschema, which stands below `keyword`, and everything inside it."""
        if node.pointer in self.nodes:
            return
        if isinstance(node.value, dict):
            if notable(node.draft).isdisjoint(node.value):  # most schemas: a type, and words about it
                self._check(node)
                self.nodes[node.pointer] = node
                return
            if not _NAMING.isdisjoint(node.value):
                node = self._named(node)
            self._check(node)
            if not _REFERENCES.isdisjoint(node.value):
                self.referring.append(node)
        elif not isinstance(node.value, bool) or (node.draft == "draft4" and keyword not in _BOOLEAN_IN_DRAFT4):
            self._refuse(node, keyword)
            return
        self.nodes[node.pointer] = node
        pointer, schema, draft, base, root = node
        for row, path, value in subschemas(schema, draft):
            if len(path) == 2 and "/" not in (member := str(path[1])) and "~" not in member:
                place = f"{pointer}/{row.name}/{member}"
            else:
                place = join(pointer, *path)
            self.visit(Node(place, value, draft, base, root), row.name)

    def _named(self, node: Node) -> Node:
        """The node after its own `$id`, `$schema` and anchors had their say."""
        name = identifier(node.value, node.draft)
        dialect = node.value.get("$schema")
        if name is not None and not name.startswith("#"):
            draft = draft_of(dialect) if isinstance(dialect, str) else None
            base = self._base(node, name.removesuffix("#"))
            node = Node(node.pointer, node.value, draft or node.draft, base, node.pointer)
            self._register(self.resources, base, node, f"the identifier {base!r}")
        elif name is not None and len(name) > 1:
            self._register(self.anchors, (node.base, name[1:]), node, f"the anchor {name!r}")
        elif dialect is not None and node.pointer:
            self._tell(
                NESTED_DIALECT, "`$schema` counts only at the root or beside `$id`", join(node.pointer, "$schema")
            )
        for keyword in ("$anchor", "$dynamicAnchor"):
            anchor = node.value.get(keyword)
            if isinstance(anchor, str) and keyword in vocabulary(node.draft):
                self._register(self.anchors, (node.base, anchor), node, f"the anchor {anchor!r}")
        return node

    @staticmethod
    def _base(node: Node, name: str) -> str:
        try:
            return absolute(node.base, name)
        except ValueError:  # no URI, which the keyword's own check tells of
            return node.base

    def _register(self, table: dict[Any, Node], key: Any, node: Node, what: str) -> None:
        first = table.setdefault(key, node)
        if first.pointer != node.pointer:
            self._tell(DUPLICATE_NAME, f"{what} is already taken by {first.pointer}", node.pointer)

    def _check(self, node: Node) -> None:
        known = vocabulary(node.draft)
        sound = keywords.sound_types(node.draft)
        for name, value in node.value.items():
            kind = value.__class__
            if kind is sound.get(name) or (name == "type" and kind is str and value in keywords.TYPES):
                continue  # nearly every keyword of nearly every schema
            keyword = known.get(name)
            if keyword is not None:
                for code, message, below in keywords.check(keyword, value, node.draft):
                    self._tell(code, message, node.pointer + below, _HINTS.get((name, "")))
        if node.draft == "draft4":
            for code, message, below in keywords.companions(node.value):
                self._tell(code, message, node.pointer + below)

    def _refuse(self, node: Node, keyword: str) -> None:
        wanted = "an object" if node.draft == "draft4" else "an object, true or false"
        message = f"a schema must be {wanted}, not {keywords.describe(node.value)}"
        self._tell(NOT_A_SCHEMA, message, node.pointer, _HINTS.get((keyword, node.draft)))

    def _tell(self, code: str, message: str, pointer: str, hint: str | None = None) -> None:
        self.problems.append(Problem(code=code, message=message, pointer=pointer, hint=hint))


@cache
def notable(draft: str) -> frozenset[str]:
    """What a schema must hold to have a name, to refer, or to have schemas below it."""
    return nesting(draft) | _NAMING | _REFERENCES


def build(document: Any, draft: str) -> Index:
    """The index of a document; its `problems` hold every defect that its dialect's metaschema knows."""
    index = Index(document)
    root = Node("", document, draft, "", "")
    index.resources[""] = root
    index.visit(root)
    return index


def absolute(base: str, reference: str) -> str:
    """A URI reference resolved against a base URI (RFC 3986, §5). Raises ValueError for text that is no URI."""
    if not reference or reference.startswith("#"):
        return base + reference
    return urljoin(base, reference)
