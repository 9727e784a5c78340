"""Predicates over how subschemas hang together: references, recursion, branches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from llmreg.llm.profiles.hit import Arguments, Hit, Predicate, at
from llmreg.llm.profiles.view import DEFINITIONS, Node, View
from llmreg.model.pointer import join

_NO_STEP = frozenset({*DEFINITIONS, "not", "if", "contains"})


def reference_unresolved(view: View, wanted: Arguments) -> Iterator[Hit]:
    """A `$ref` that leads out of the document, or nowhere in it."""
    for node in view.nodes:
        if "$ref" in node.schema and view.target(node.schema["$ref"]) is None:
            yield at(node, join(node.pointer, "$ref"), reference=str(node.schema["$ref"])[:80])


def reference_siblings(view: View, wanted: Arguments) -> Iterator[Hit]:
    """Anything but `allowed` (and, unless `dollar` is false, keywords with a dollar) stands beside `$ref`."""
    allowed = frozenset(wanted.get("allowed", ()))
    for node in view.nodes:
        if "$ref" not in node.schema:
            continue
        for name in node.schema:
            fine = name in allowed or name in DEFINITIONS or (name.startswith("$") and wanted.get("dollar", True))
            if not fine and name != "$ref":
                yield at(node, join(node.pointer, name), keyword=name)


def reference_in(view: View, wanted: Arguments) -> Iterator[Hit]:
    """A branch of `keyword` is a reference."""
    for node in view.nodes:
        if node.keyword == wanted["keyword"] and "$ref" in node.schema:
            yield at(node, join(node.pointer, "$ref"))


def recursion(view: View, wanted: Arguments) -> Iterator[Hit]:
    """A reference that leads back to a schema around it; with `through_optional`, cycles are fine as long as an
    optional property lies on them."""
    optional = bool(wanted.get("through_optional"))
    done: set[str] = set()
    for node in view.nodes:
        target = view.target(node.schema["$ref"]) if "$ref" in node.schema else None
        if target is not None and target.pointer not in done and returns(view, target, optional):
            done.add(target.pointer)
            yield at(node, join(node.pointer, "$ref"), reference=str(node.schema["$ref"])[:80])


def returns(view: View, start: Node, skip_optional: bool = False) -> bool:
    """Whether following what is inside `start`, references included, comes back to it."""
    seen: set[str] = set()
    stack = list(_steps(view, start, skip_optional))
    while stack:
        node = stack.pop()
        if node.pointer == start.pointer:
            return True
        if node.pointer not in seen:
            seen.add(node.pointer)
            stack.extend(_steps(view, node, skip_optional))
    return False


def _steps(view: View, node: Node, skip_optional: bool) -> Iterator[Node]:
    for child in view.children(node):
        optional = child.keyword == "properties" and child.name not in node.required
        if child.keyword not in _NO_STEP and not (skip_optional and optional):
            yield child
    target = view.target(node.schema["$ref"]) if "$ref" in node.schema else None
    if target is not None:
        yield target


def first_key_shared(view: View, wanted: Arguments) -> Iterator[Hit]:
    """Two branches of one `anyOf` are objects whose first property has the same name."""
    for node in view.nodes:
        branches = node.schema.get("anyOf")
        seen: set[str] = set()
        for index, branch in enumerate(branches if isinstance(branches, list) else ()):
            first = _first_key(view, branch)
            if first is not None and first in seen:
                yield at(node, join(node.pointer, "anyOf", index), key=first)
            seen.update(() if first is None else (first,))


def _first_key(view: View, branch: object) -> str | None:
    schema = branch if isinstance(branch, dict) else {}
    target = view.target(schema["$ref"]) if "$ref" in schema else None
    schema = dict(target.schema) if target is not None else schema
    declared = schema.get("properties")
    return next(iter(declared), None) if isinstance(declared, dict) else None


PREDICATES: Mapping[str, Predicate] = {
    test.__name__: test
    for test in (reference_unresolved, reference_siblings, reference_in, recursion, first_key_shared)
}
